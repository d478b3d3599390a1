import { assert, describe, it } from "@effect/vitest"
import * as Calendar from "../../../src/emulator/entitlements/calendar.ts"
import { ceilToMinute, floorToMinute } from "../../../src/emulator/instant.ts"
import { at, int, interval, text } from "./fixtures.ts"

const Minutes = int(-40_000_000, 60_000_000)

describe("addMonths", () => {
  it.each([
    ["2025-01-31T12:00", 1, "2025-02-28T12:00"],
    ["2024-01-31T12:00", 1, "2024-02-29T12:00"],
    ["2025-01-31T12:00", 2, "2025-03-31T12:00"],
    ["2025-03-31T12:00", -1, "2025-02-28T12:00"],
    ["2024-02-29T00:00", 12, "2025-02-28T00:00"],
    ["2024-02-29T00:00", 48, "2028-02-29T00:00"],
    ["2025-11-30T23:59", 3, "2026-02-28T23:59"],
    ["1999-12-31T00:00", -13, "1998-11-30T00:00"]
  ])("cuts the day: %s and %d months is %s", (from, months, to) => {
    assert.strictEqual(text(Calendar.addMonths(at(from), months)), to)
  })

  it.prop(
    "reaches the month it is asked for, on the same day or on its last",
    { minutes: Minutes, months: int(-600, 600) },
    ({ minutes, months }) => {
      const from = new Date(minutes * 60_000)
      const to = new Date(Calendar.addMonths(from.getTime(), months))
      const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
      assert.strictEqual(
        to.getUTCFullYear() * 12 + to.getUTCMonth(),
        from.getUTCFullYear() * 12 + from.getUTCMonth() + months
      )
      assert.strictEqual(to.getUTCDate(), Math.min(from.getUTCDate(), lastDay))
      assert.strictEqual(to.toISOString().slice(11), from.toISOString().slice(11))
    }
  )
})

describe("addMonthsOverflowing", () => {
  it.each([
    ["2025-01-31T08:20", 1, "2025-03-03T08:20"],
    ["2024-01-31T10:00", 1, "2024-03-02T10:00"],
    ["2024-02-29T00:00", 12, "2025-03-01T00:00"],
    ["2025-01-15T00:00", 1, "2025-02-15T00:00"]
  ])("lets the day overflow: %s and %d months is %s", (from, months, to) => {
    assert.strictEqual(text(Calendar.addMonthsOverflowing(at(from), months)), to)
  })
})

describe("add", () => {
  it("adds years first and cuts the day, then months", () => {
    assert.strictEqual(text(Calendar.add(at("2024-02-29"), interval("P1Y6M").duration, 1)), "2025-08-28T00:00")
    assert.strictEqual(text(Calendar.add(at("2024-02-29"), interval("P1Y6M").duration, 2)), "2027-02-28T00:00")
  })
})

describe("minutes", () => {
  it.each([
    ["2025-01-15T10:20", "2025-01-15T10:20", "2025-01-15T10:20"],
    ["2025-01-15T10:20:00.001", "2025-01-15T10:20", "2025-01-15T10:21"],
    ["2025-01-15T10:20:59.999", "2025-01-15T10:20", "2025-01-15T10:21"]
  ])("%s begins at %s and ends at %s", (instant, floor, ceil) => {
    assert.deepStrictEqual([text(floorToMinute(at(instant))), text(ceilToMinute(at(instant)))], [floor, ceil])
  })
})
