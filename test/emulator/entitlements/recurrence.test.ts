import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Recurrence from "../../../src/emulator/entitlements/recurrence.ts"
import { at, int, interval, text } from "./fixtures.ts"

const every = (name: string, anchor: string): Recurrence.Recurrence => ({
  anchor: at(anchor),
  interval: interval(name).duration
})

const Name = Schema.Literals(["PT1H", "PT90M", "DAY", "P10D", "P1DT12H", "MONTH", "P1M1D", "P3M", "YEAR", "P1Y6M"])
const Minutes = int(20_000_000, 40_000_000)
const Distance = int(-4_000_000, 4_000_000)

describe("Recurrence", () => {
  it("of months from the 31st is cut to each month and never drifts", () => {
    const days = Recurrence.between(every("MONTH", "2025-01-31"), at("2025-01-31"), at("2025-06-30"))
    assert.deepStrictEqual(days.map(text), [
      "2025-02-28T00:00",
      "2025-03-31T00:00",
      "2025-04-30T00:00",
      "2025-05-31T00:00",
      "2025-06-30T00:00"
    ])
  })

  it("of years from 29 February comes back to it", () => {
    const days = Recurrence.between(every("P12M", "2024-02-29"), at("2024-02-29"), at("2028-12-31"))
    assert.deepStrictEqual(
      days.map((day) => text(day).slice(0, 10)),
      ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    )
  })

  it("goes back from its anchor as it goes on from it", () => {
    const weekly = every("WEEK", "2025-03-01")
    assert.strictEqual(text(Recurrence.atOrBefore(weekly, at("2025-01-31"))), "2025-01-25T00:00")
    assert.strictEqual(text(Recurrence.atOrAfter(weekly, at("2025-01-31"))), "2025-02-01T00:00")
    assert.strictEqual(text(Recurrence.atOrAfter(weekly, at("2025-02-01"))), "2025-02-01T00:00")
    assert.strictEqual(text(Recurrence.after(weekly, at("2025-02-01"))), "2025-02-08T00:00")
  })

  it.prop(
    "holds every instant between two neighbours",
    { anchor: Minutes, name: Name, distance: Distance },
    ({ anchor, distance, name }) => {
      const recurrence = { anchor: anchor * 60_000, interval: interval(name).duration }
      const instant = (anchor + distance) * 60_000
      const [before, after] = [Recurrence.atOrBefore(recurrence, instant), Recurrence.after(recurrence, instant)]
      assert.isAtMost(before, instant)
      assert.isAbove(after, instant)
      assert.strictEqual(Recurrence.after(recurrence, before), after)
      assert.strictEqual(Recurrence.atOrAfter(recurrence, after), after)
      assert.isTrue(Recurrence.fallsOn(recurrence, before))
      assert.strictEqual(Recurrence.fallsOn(recurrence, instant), before === instant)
    }
  )

  it.prop(
    "of months never drifts from the day of its anchor",
    { anchor: Minutes, name: Schema.Literals(["MONTH", "P3M", "YEAR"]), distance: Distance },
    ({ anchor, distance, name }) => {
      const recurrence = { anchor: anchor * 60_000, interval: interval(name).duration }
      const from = (anchor + distance) * 60_000
      const day = new Date(recurrence.anchor).getUTCDate()
      const occurrences = Recurrence.between(recurrence, from, from + 3 * 366 * 86_400_000)
      assert.isAbove(occurrences.length, 1)
      for (const occurrence of occurrences) {
        const date = new Date(occurrence)
        const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
        assert.strictEqual(date.getUTCDate(), Math.min(day, lastDay))
      }
    }
  )

  it.prop(
    "of exact time recurs at multiples of its interval",
    { anchor: Minutes, name: Schema.Literals(["PT1H", "PT90M", "DAY", "P1DT12H"]), distance: Distance },
    ({ anchor, distance, name }) => {
      const recurrence = { anchor: anchor * 60_000, interval: interval(name).duration }
      const [from, step] = [(anchor + distance) * 60_000, recurrence.interval.milliseconds]
      const occurrences = Recurrence.between(recurrence, from, from + 10 * step)
      assert.strictEqual(occurrences.length, 10)
      assert.isTrue(occurrences.every((occurrence) => (occurrence - recurrence.anchor) % step === 0))
    }
  )
})
