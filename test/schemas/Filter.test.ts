import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { EventListV2Params } from "../../src/schemas/IngestedEvent.ts"
import { FilterString, FilterTime } from "../../src/schemas/Filter.ts"
import { MeterQueryParams, MeterQueryRequest } from "../../src/schemas/Meter.ts"

const strict = { onExcessProperty: "error" } as const
const encodeString = Schema.encodeUnknownEffect(FilterString, strict)
const encodeTime = Schema.encodeUnknownEffect(FilterTime, strict)

describe("FilterString", () => {
  const operators = ["$eq", "$ne", "$like", "$nlike", "$ilike", "$nilike", "$gt", "$gte", "$lt", "$lte"]

  it.effect("takes each operator with a text, or with texts", () =>
    Effect.gen(function* () {
      for (const operator of operators) {
        assert.deepStrictEqual(yield* encodeString({ [operator]: "a" }), { [operator]: "a" })
        yield* Effect.flip(encodeString({ [operator]: ["a"] }))
        yield* Effect.flip(encodeString({ [operator]: null }))
      }
      for (const operator of ["$in", "$nin"]) {
        assert.deepStrictEqual(yield* encodeString({ [operator]: ["a", "b"] }), { [operator]: ["a", "b"] })
        yield* Effect.flip(encodeString({ [operator]: "a" }))
      }
    })
  )

  it.effect("refuses two operators, at any depth, and says how to join them", () =>
    Effect.gen(function* () {
      for (const filter of [
        { $eq: "a", $ne: "b" },
        { $gte: "a", $lt: "b" },
        { $and: [{ $eq: "a" }], $or: [{ $eq: "b" }] },
        { $or: [{ $eq: "a" }, { $and: [{ $gte: "a", $lt: "b" }] }] }
      ]) {
        assert.include(
          (yield* Effect.flip(encodeString(filter))).message,
          "one operator per object: combine several with $and"
        )
      }
    })
  )

  it.effect("counts no operator that is undefined, and sends none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* encodeString({ $eq: "a", $ne: undefined, $and: undefined }), { $eq: "a" })
      assert.deepStrictEqual(yield* encodeString({}), {})
    })
  )

  it.effect("joins filters, as deep as one likes", () =>
    Effect.gen(function* () {
      const filter = { $and: [{ $gte: "a" }, { $or: [{ $lt: "b" }, { $in: ["c"] }] }] }
      assert.deepStrictEqual(yield* encodeString(filter), filter)
    })
  )

  it.effect("refuses an operator that there is not", () =>
    Effect.gen(function* () {
      for (const filter of [{ $regex: "a" }, { eq: "a" }, { $and: [{ $exists: true }] }]) {
        yield* Effect.flip(encodeString(filter))
      }
      for (const filter of ["a", null, []]) yield* Effect.flip(encodeString(filter))
    })
  )
})

describe("FilterTime", () => {
  it.effect("takes instants of every form", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* encodeTime({ $and: [{ $gte: new Date(0) }, { $lt: DateTime.makeUnsafe(1000) }] }), {
        $and: [{ $gte: "1970-01-01T00:00:00.000Z" }, { $lt: "1970-01-01T00:00:01.000Z" }]
      })
    })
  )

  it.effect("refuses two operators, other operators, and what is no instant", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(encodeTime({ $gte: new Date(0), $lt: new Date(1) }))
      assert.include(error.message, "one operator per object: combine several with $and")
      for (const filter of [{ $eq: new Date(0) }, { $gt: "yesterday" }, { $gt: 0 }])
        yield* Effect.flip(encodeTime(filter))
    })
  )
})

describe("filters within requests", () => {
  it.effect("travel as a JSON text in a query", () =>
    Effect.gen(function* () {
      const encode = Schema.encodeUnknownEffect(EventListV2Params, strict)
      const { filter } = yield* encode({ filter: { time: { $gte: new Date(0) }, type: { $in: ["a"] } } })
      assert.deepStrictEqual(JSON.parse(filter ?? ""), {
        time: { $gte: "1970-01-01T00:00:00.000Z" },
        type: { $in: ["a"] }
      })
      const error = yield* Effect.flip(encode({ filter: { subject: { $eq: "a", $ne: "b" } } }))
      assert.include(error.message, `["filter"]["subject"]`)
    })
  )

  it.effect("travel as they are in a body", () =>
    Effect.gen(function* () {
      const request = { advancedMeterGroupByFilters: { model: { $ne: "gpt-4" } } }
      assert.deepStrictEqual(yield* Schema.encodeUnknownEffect(MeterQueryRequest, strict)(request), request)
      assert.deepStrictEqual(yield* Schema.encodeUnknownEffect(MeterQueryParams, strict)(request), {
        advancedMeterGroupByFilters: '{"model":{"$ne":"gpt-4"}}'
      })
    })
  )
})
