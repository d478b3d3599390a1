import { assert, describe, it } from "@effect/vitest"
import * as Duration from "../../../src/emulator/entitlements/duration.ts"
import { unit } from "../../../src/emulator/instant.ts"
import { nameOf } from "../../../src/emulator/entitlements/interval.ts"
import { int, interval } from "./fixtures.ts"

const { day, hour, minute, second, week } = unit

describe("Duration", () => {
  it.each<[string, number, number, number]>([
    ["P1Y", 1, 0, 0],
    ["P1Y6M", 1, 6, 0],
    ["P12M", 0, 12, 0],
    ["P1M2W3D", 0, 1, 2 * week + 3 * day],
    ["PT1H", 0, 0, hour],
    ["P1DT12H", 0, 0, 36 * hour],
    ["PT90M", 0, 0, 90 * minute],
    ["PT1H2M3S", 0, 0, hour + 2 * minute + 3 * second],
    ["PT0.5S", 0, 0, 500],
    ["P1.5D", 0, 0, 36 * hour],
    ["P0.5Y", 0, 6, 0],
    ["P0D", 0, 0, 0]
  ])("reads %s", (iso, years, months, milliseconds) => {
    assert.deepStrictEqual(Duration.parse(iso), { years, months, milliseconds })
  })

  it.each(["", "P", "PT", "1D", "P1H", "P-1D", "-P1D", "p1d", "P1D ", "P1D2W", "PT1H30", "MONTH"])(
    "reads no duration from %j",
    (iso) => {
      assert.isUndefined(Duration.parse(iso))
    }
  )

  it.prop(
    "is read part by part",
    { years: int(0, 99), months: int(0, 99), weeks: int(0, 99), days: int(0, 99), minutes: int(0, 9999) },
    ({ days, minutes, months, weeks, years }) => {
      assert.deepStrictEqual(Duration.parse(`P${years}Y${months}M${weeks}W${days}DT${minutes}M`), {
        years,
        months,
        milliseconds: weeks * week + days * day + minutes * minute
      })
    }
  )
})

describe("Interval", () => {
  it.each([
    ["DAY", "DAY", "P1D"],
    ["WEEK", "WEEK", "P1W"],
    ["MONTH", "MONTH", "P1M"],
    ["YEAR", "YEAR", "P1Y"],
    ["P1M", "MONTH", "P1M"],
    ["P12M", "YEAR", "P12M"],
    ["P7D", "WEEK", "P7D"],
    ["PT24H", "DAY", "PT24H"],
    ["P4W", "P4W", "P4W"],
    ["P365D", "P365D", "P365D"],
    ["P1DT12H", "P1DT12H", "P1DT12H"]
  ])("%s is called %s and written %s", (given, name, iso) => {
    assert.deepStrictEqual([nameOf(interval(given)), interval(given).text], [name, iso])
  })
})
