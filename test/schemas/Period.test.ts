import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { IsoDuration, RecurringPeriod, RecurringPeriodInput } from "../../src/schemas/Period.ts"

const encode = Schema.encodeUnknownEffect(IsoDuration)
const encodePeriod = Schema.encodeUnknownEffect(Schema.toCodecJson(RecurringPeriodInput))

describe("IsoDuration", () => {
  for (const text of [
    "P1Y",
    "P1M",
    "P1W",
    "P1D",
    "PT1H",
    "PT1M",
    "PT60S",
    "P0.5Y",
    "P1Y6M",
    "P1Y2M3W4DT5H6M7.5S",
    "P0Y0M0DT0H1M",
    "P1DT12H",
    "P10Y",
    "PT0.5H",
    "P007D"
  ]) {
    it.effect(`takes ${text}`, () => Effect.map(encode(text), (sent) => assert.strictEqual(sent, text)))
  }

  for (const text of [
    "",
    "P",
    "PT",
    "P1DT",
    "P0D",
    "PT0S",
    "P0Y0M0W0DT0H0M0S",
    "P0.0D",
    "PT00.000S",
    "PT0.5S",
    "PT59S",
    "P0.0000001D",
    "-P1D",
    "P-1D",
    "+P1D",
    "p1d",
    "P1d",
    "P1H",
    "PT1D",
    "PT1Y",
    "1D",
    "P1D2W",
    "PT1M1H",
    "P1,5D",
    "P.5D",
    "P5.D",
    "P1e3D",
    "P1D ",
    " P1D",
    "P1D\n",
    "P١D",
    "DAY",
    "P2025-06-01T00:00:00"
  ]) {
    it.effect(`refuses ${JSON.stringify(text)}`, () =>
      Effect.map(Effect.flip(encode(text)), (error) =>
        assert.include(error.message, "an ISO 8601 duration of at least a minute")
      )
    )
  }

  const Amount = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 500 }))
  it.effect.prop("takes a length when it lasts a minute, whatever its parts", [Amount, Amount, Amount], (parts) =>
    Effect.gen(function* () {
      const [hours, minutes, seconds] = parts
      const taken = yield* Effect.isSuccess(encode(`PT${hours}H${minutes}M${seconds}S`))
      assert.strictEqual(taken, hours * 3600 + minutes * 60 + seconds >= 60)
    })
  )
})

describe("RecurringPeriodInput", () => {
  it.effect("takes a calendar unit or a duration, and an anchor of any form", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* encodePeriod({ interval: "MONTH" }), { interval: "MONTH" })
      assert.deepStrictEqual(yield* encodePeriod({ interval: "P1M", anchor: new Date(0) }), {
        interval: "P1M",
        anchor: "1970-01-01T00:00:00.000Z"
      })
    })
  )

  it.effect("refuses an interval that is neither, and names it", () =>
    Effect.gen(function* () {
      for (const interval of ["P0D", "month", "HOUR", "", null, 5, undefined]) {
        assert.include((yield* Effect.flip(encodePeriod({ interval }))).message, `at ["interval"]`)
      }
    })
  )
})

describe("RecurringPeriod", () => {
  it.effect("reads units, durations, and what a newer server calls a unit", () =>
    Effect.gen(function* () {
      for (const interval of ["MONTH", "P4W", "PT0S", "DECADE"]) {
        const answer = { interval, intervalISO: "P1M", anchor: "2025-06-01T00:00:00Z" }
        assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(RecurringPeriod)(answer), {
          ...answer,
          anchor: new Date("2025-06-01T00:00:00Z")
        })
      }
    })
  )
})
