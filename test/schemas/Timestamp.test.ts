import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { Timestamp, TimestampInput } from "../../src/schemas/Timestamp.ts"

const encode = Schema.encodeUnknownEffect(TimestampInput)
const decode = Schema.decodeUnknownEffect(Timestamp)

describe("TimestampInput", () => {
  for (const text of [
    "2025-06-01T00:00:00Z",
    "2025-06-01T00:00:00.5Z",
    "2025-06-01T00:00:00.123456789Z",
    "2025-06-01T02:00:00+02:00",
    "2025-06-01T00:00:00-00:00",
    "2024-02-29T23:59:59Z",
    "2000-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z"
  ]) {
    it.effect(`sends the text ${text} as it is`, () =>
      Effect.map(encode(text), (sent) => assert.strictEqual(sent, text))
    )
  }

  for (const text of [
    "",
    "now",
    "2025-06-01",
    "2025-06-01T00:00Z",
    "2025-06-01T00:00:00",
    "2025-06-01 00:00:00Z",
    "2025-06-01t00:00:00Z",
    "2025-06-01T00:00:00z",
    "2025-06-01T00:00:00+0200",
    "2025-06-01T00:00:00+24:00",
    "2025-06-01T00:00:00,5Z",
    "2025-06-01T24:00:00Z",
    "2025-06-01T00:60:00Z",
    "2025-06-30T23:59:60Z",
    "2025-02-29T00:00:00Z",
    "2025-02-30T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2025-04-31T00:00:00Z",
    "2025-00-01T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "2025-06-00T00:00:00Z",
    "2025-06-32T00:00:00Z",
    "+12025-06-01T00:00:00Z",
    "2025-06-01T00:00:00Z\n",
    "٢٠٢٥-06-01T00:00:00Z"
  ]) {
    it.effect(`refuses the text ${JSON.stringify(text)}`, () =>
      Effect.map(Effect.flip(encode(text)), (error) => assert.include(error.message, "RFC 3339"))
    )
  }

  it.effect("sends a Date and a DateTime.Utc as RFC 3339", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* encode(new Date(0)), "1970-01-01T00:00:00.000Z")
      assert.strictEqual(yield* encode(DateTime.makeUnsafe(0)), "1970-01-01T00:00:00.000Z")
      assert.strictEqual(yield* encode(new Date("9999-12-31T23:59:59.999Z")), "9999-12-31T23:59:59.999Z")
    })
  )

  it.effect("refuses an invalid Date, one whose year has not four digits, and every other type", () =>
    Effect.gen(function* () {
      for (const value of [
        new Date(Number.NaN),
        new Date(8.64e15),
        new Date(-8.64e15),
        DateTime.makeUnsafe(8.64e15),
        DateTime.makeZonedUnsafe(0, { timeZone: "Europe/Budapest" }),
        0,
        1n,
        null,
        undefined,
        {},
        ["2025-06-01T00:00:00Z"]
      ]) {
        assert.include((yield* Effect.flip(encode(value))).message, "RFC 3339")
      }
    })
  )

  it.effect.prop("sends every Date that it takes as the same instant", { date: Schema.Date }, ({ date }) =>
    Effect.gen(function* () {
      const sent = yield* Effect.option(encode(date))
      const year = date.getUTCFullYear()
      if (sent._tag === "None") assert.isFalse(year >= 0 && year <= 9999)
      else assert.strictEqual(new Date(sent.value).getTime(), date.getTime())
    })
  )
})

describe("Timestamp", () => {
  it.effect("reads an instant of any zone as a Date", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decode("2025-06-01T02:00:00+02:00"), new Date("2025-06-01T00:00:00Z"))
      assert.deepStrictEqual(yield* decode("2025-06-01T00:00:00.123456Z"), new Date("2025-06-01T00:00:00.123Z"))
      assert.deepStrictEqual(yield* decode("0001-01-01T00:00:00Z"), new Date("0001-01-01T00:00:00Z"))
    })
  )

  it.effect("refuses what is no instant: an invalid Date reaches no program", () =>
    Effect.gen(function* () {
      for (const value of ["", "yesterday", "2025-13-01T00:00:00Z", 0, null, {}]) yield* Effect.flip(decode(value))
    })
  )
})
