import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as TimeZone from "../../../src/emulator/metering/TimeZone.ts"
import type { WindowSize } from "../../../src/schemas/Window.ts"
import { windows } from "../../../src/emulator/metering/window.ts"
import { Instant, ZoneName } from "./arbitraries.ts"

const zone = (name: string): TimeZone.TimeZone => {
  const found = TimeZone.byName(name)
  assert.isDefined(found, name)
  return found
}

const windowAt = (size: WindowSize, name: string, at: string): ReadonlyArray<string> => {
  const { end, start } = windows(size, zone(name))(Date.parse(at))
  return [new Date(start).toISOString(), new Date(end).toISOString()]
}

const localTime = (name: string, instant: number): string =>
  new Date(instant + zone(name).offsetAt(instant)).toISOString().slice(11, 19)

describe("TimeZone", () => {
  it.each(["Europe/Atlantis", "+02:00", "europe/budapest", "utc", "EUROPE/BUDAPEST", "Z", "not a zone"])(
    "knows no zone %s",
    (name) => {
      assert.isUndefined(TimeZone.byName(name))
    }
  )

  it.each([
    ["", 0],
    ["UTC", 0],
    ["Etc/GMT+5", -5],
    ["US/Eastern", -5],
    ["Asia/Kathmandu", 5.75],
    ["Pacific/Chatham", 13.75]
  ])("%j is %d hours off UTC in January", (name, hours) => {
    assert.strictEqual(zone(name).offsetAt(Date.UTC(2025, 0, 15)), hours * 60 * 60 * 1000)
  })

  it.prop("agrees with Intl on the clock of every zone", { name: ZoneName, second: Instant }, ({ name, second }) => {
    const shown = new Intl.DateTimeFormat("sv-SE", { timeZone: name, timeStyle: "medium" }).format(second * 1000)
    assert.strictEqual(localTime(name, second * 1000), shown)
  })

  it("changes its offset to the second", () => {
    const budapest = zone("Europe/Budapest")
    const change = Date.parse("2025-03-30T01:00:00Z")
    assert.deepStrictEqual(
      [change - 1, change].map((instant) => budapest.offsetAt(instant) / 3_600_000),
      [1, 2]
    )
  })
})

describe("windows", () => {
  it.each<[WindowSize, string, string, string, string]>([
    ["MINUTE", "UTC", "2025-03-01T00:00:59Z", "2025-03-01T00:00:00Z", "2025-03-01T00:01:00Z"],
    ["HOUR", "Asia/Kolkata", "2025-03-31T18:29:59Z", "2025-03-31T17:30:00Z", "2025-03-31T18:30:00Z"],
    ["HOUR", "Asia/Kathmandu", "2025-03-31T18:29:59Z", "2025-03-31T18:15:00Z", "2025-03-31T19:15:00Z"],
    // 01:00 to 02:00 comes twice.
    ["HOUR", "America/New_York", "2025-11-02T05:59:59Z", "2025-11-02T05:00:00Z", "2025-11-02T06:00:00Z"],
    ["HOUR", "America/New_York", "2025-11-02T06:00:00Z", "2025-11-02T06:00:00Z", "2025-11-02T07:00:00Z"],
    ["DAY", "America/New_York", "2025-03-09T12:00:00Z", "2025-03-09T05:00:00Z", "2025-03-10T04:00:00Z"],
    ["DAY", "Europe/Budapest", "2025-10-26T12:00:00Z", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"],
    // The day of 4 November 2018 began at 01:00.
    ["DAY", "America/Sao_Paulo", "2018-11-04T02:59:59Z", "2018-11-03T03:00:00Z", "2018-11-04T02:00:00Z"],
    ["DAY", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T03:00:00Z"],
    ["DAY", "America/Sao_Paulo", "2018-02-18T02:59:59Z", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"],
    // The hour after midnight comes twice.
    ["DAY", "America/Havana", "2024-11-03T05:30:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z"],
    // 30 December 2011 did not happen.
    ["DAY", "Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"],
    ["MONTH", "America/New_York", "2025-03-15T00:00:00Z", "2025-03-01T05:00:00Z", "2025-04-01T04:00:00Z"],
    ["MONTH", "UTC", "2024-02-29T23:59:59Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
    ["MONTH", "Asia/Kolkata", "2025-12-31T18:30:00Z", "2025-12-31T18:30:00Z", "2026-01-31T18:30:00Z"]
  ])("the %s in %s that holds %s goes from %s to %s", (size, name, at, start, end) => {
    assert.deepStrictEqual(
      windowAt(size, name, at),
      [start, end].map((text) => new Date(text).toISOString())
    )
  })

  const sizes = ["MINUTE", "HOUR", "DAY", "MONTH"] as const

  it.prop(
    "hold the instant they are asked for, whatever was asked before",
    { name: ZoneName, seconds: Schema.Array(Instant), size: Schema.Literals(sizes) },
    ({ name, seconds, size }) => {
      const windowOf = windows(size, zone(name))
      for (const second of seconds) {
        const instant = second * 1000
        const { end, start } = windowOf(instant)
        assert.isAtMost(start, instant)
        // Only where the clock leaps at midnight does a day end before all of it is over.
        if (size !== "DAY") assert.isAbove(end, instant)
        assert.deepStrictEqual(windowOf(start), { start, end })
        assert.deepStrictEqual(windows(size, zone(name))(instant), { start, end })
      }
    }
  )

  it.prop("begin on the hour where offsets are whole hours", { second: Instant }, ({ second }) => {
    const { start } = windows("HOUR", zone("America/New_York"))(second * 1000)
    assert.strictEqual(start % 3_600_000, 0)
  })

  it.prop(
    "of days begin where the clock shows another date",
    { name: ZoneName, second: Instant },
    ({ name, second }) => {
      const found = zone(name)
      const { start } = windows("DAY", found)(second * 1000)
      const day = TimeZone.localDay(found, second * 1000)
      assert.strictEqual(TimeZone.localDay(found, start), day)
      assert.isBelow(TimeZone.localDay(found, start - 1000), day)
    }
  )
})
