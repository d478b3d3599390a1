import { assert, describe, it } from "@effect/vitest"
import * as UsagePeriod from "../../../src/emulator/entitlements/usagePeriod.ts"
import { unit } from "../../../src/emulator/instant.ts"
import { accountOf, ArbitraryAccount, at, hour, hours, int, interval, monthly, text } from "./fixtures.ts"

const periodAt = (periods: UsagePeriod.UsagePeriods, instant: string): ReadonlyArray<string> => {
  const { from, to } = UsagePeriod.periodAt(periods, at(instant))
  return [text(from), text(to)]
}

describe("usage periods", () => {
  it("begin and end at the boundaries, which belong to the period after them", () => {
    assert.deepStrictEqual(periodAt(monthly(), "2025-01-31T23:59"), ["2025-01-01T00:00", "2025-02-01T00:00"])
    assert.deepStrictEqual(periodAt(monthly(), "2025-02-01"), ["2025-02-01T00:00", "2025-03-01T00:00"])
  })

  it("begin to be measured within a period", () => {
    const periods = monthly({ measureUsageFrom: at("2025-01-10T08:20") })
    assert.deepStrictEqual(periodAt(periods, "2025-01-20"), ["2025-01-10T08:20", "2025-02-01T00:00"])
    assert.deepStrictEqual(periodAt(periods, "2025-01-05"), ["2025-01-10T08:20", "2025-02-01T00:00"])
  })

  it("count backwards from an anchor that lies ahead", () => {
    const periods = monthly({ anchor: at("2025-06-15") })
    assert.deepStrictEqual(periodAt(periods, "2025-02-20"), ["2025-02-15T00:00", "2025-03-15T00:00"])
  })

  it("are cut to the length of a month", () => {
    const periods = monthly({ anchor: at("2025-01-31T12:00"), measureUsageFrom: at("2025-01-31T12:00") })
    assert.deepStrictEqual(periodAt(periods, "2025-02-28T12:00"), ["2025-02-28T12:00", "2025-03-31T12:00"])
    assert.deepStrictEqual(periodAt(periods, "2025-04-30T11:59"), ["2025-03-31T12:00", "2025-04-30T12:00"])
  })

  it("follow a manual reset with its anchor, or with the one in force", () => {
    const reset = at("2025-02-15T06:07")
    const moved = monthly({ manualResets: [{ at: reset, anchor: reset }] })
    assert.deepStrictEqual(periodAt(moved, "2025-02-14"), ["2025-02-01T00:00", "2025-02-15T06:07"])
    assert.deepStrictEqual(periodAt(moved, "2025-02-20"), ["2025-02-15T06:07", "2025-03-15T06:07"])
    assert.strictEqual(UsagePeriod.anchorInForce(moved), reset)
    const retained = monthly({ manualResets: [{ at: reset, anchor: at("2025-01-01") }] })
    assert.deepStrictEqual(periodAt(retained, "2025-02-20"), ["2025-02-15T06:07", "2025-03-01T00:00"])
    assert.strictEqual(text(UsagePeriod.lastReset(retained)), "2025-02-15T06:07")
  })

  it.prop(
    "follow one another without a gap",
    { description: ArbitraryAccount, n: int(0, hours) },
    ({ description, n }) => {
      const { periods } = accountOf(description)
      const period = UsagePeriod.periodAt(periods, hour(n))
      assert.isTrue(period.from <= hour(n) && hour(n) < period.to)
      assert.strictEqual(UsagePeriod.periodAt(periods, period.to).from, period.to)
      assert.deepStrictEqual(UsagePeriod.periodAt(periods, period.from), period)
      assert.deepStrictEqual(UsagePeriod.periodAt(periods, period.to - 1), period)
    }
  )

  it("are reset once where a manual reset falls on a boundary", () => {
    const boundary = at("2025-02-01")
    const periods = monthly({ manualResets: [{ at: boundary, anchor: at("2025-01-01") }] })
    assert.deepStrictEqual(UsagePeriod.resetsBetween(periods, at("2025-01-01"), at("2025-03-01")).map(text), [
      "2025-02-01T00:00",
      "2025-03-01T00:00"
    ])
  })

  it("are reset every hour for decades", () => {
    const hourly = monthly({ interval: interval("PT1H").duration })
    const resets = UsagePeriod.resetsBetween(hourly, at("2025-01-01"), at("2055-01-01"))
    assert.strictEqual(resets.length, (at("2055-01-01") - at("2025-01-01")) / unit.hour)
  })

  it.prop(
    "are reset where each of them begins, the first apart",
    { description: ArbitraryAccount, from: int(0, hours), length: int(0, hours) },
    ({ description, from, length }) => {
      const { periods } = accountOf(description)
      const begins: Array<number> = []
      for (let n = from + 1; n <= from + length; n++) {
        if (UsagePeriod.periodAt(periods, hour(n)).from === hour(n)) begins.push(hour(n))
      }
      assert.deepStrictEqual(UsagePeriod.resetsBetween(periods, hour(from), hour(from + length)), begins)
    }
  )
})
