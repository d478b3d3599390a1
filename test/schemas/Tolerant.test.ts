import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Meter, MeterQueryResult } from "../../src/schemas/Meter.ts"
import { Timestamp } from "../../src/schemas/Timestamp.ts"
import { nullableArray, nullish, OpenEnum, UnknownMember } from "../../src/schemas/Tolerant.ts"

const instant = "2025-06-01T00:00:00Z"

const meter = {
  id: "01J00000000000000000000000",
  slug: "tokens_total",
  aggregation: "SUM",
  eventType: "prompt",
  createdAt: instant,
  updatedAt: instant
}

const decode = <S extends Schema.ConstraintDecoder<unknown>>(schema: S, answer: unknown) =>
  Schema.decodeUnknownEffect(schema)(answer)

describe("an answer", () => {
  it.effect("keeps fields that are not known out of the way", () =>
    Effect.gen(function* () {
      const read = yield* decode(Meter, { ...meter, colour: "red", nested: { a: 1 } })
      assert.deepStrictEqual(Object.keys(read).toSorted(), Object.keys(meter).toSorted())
    })
  )

  it.effect("has no member for what is null or missing", () =>
    Effect.gen(function* () {
      const nothing = { description: null, metadata: null, annotations: null, deletedAt: null, valueProperty: null }
      assert.deepStrictEqual(yield* decode(Meter, { ...meter, ...nothing }), yield* decode(Meter, meter))
      assert.notProperty(yield* decode(Meter, { ...meter, ...nothing }), "deletedAt")
      const Struct = Schema.Struct({ at: nullish(Timestamp) })
      assert.deepStrictEqual(yield* decode(Struct, { at: instant }), { at: new Date(instant) })
      assert.deepStrictEqual(yield* decode(Struct, { at: null }), {})
      yield* Effect.flip(decode(Struct, { at: "yesterday" }))
    })
  )

  it.effect("gives a literal that a newer server knows as it is", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* decode(Meter, { ...meter, aggregation: "MEDIAN" })).aggregation, "MEDIAN")
      assert.strictEqual((yield* decode(MeterQueryResult, { windowSize: "YEAR", data: [] })).windowSize, "YEAR")
      assert.strictEqual(yield* decode(OpenEnum(Schema.Literals(["A"])), "B"), "B")
      yield* Effect.flip(decode(OpenEnum(Schema.Literals(["A"])), 5))
    })
  )

  it.effect("still has to hold what it must", () =>
    Effect.gen(function* () {
      const { slug: _, ...withoutSlug } = meter
      assert.include((yield* Effect.flip(decode(Meter, withoutSlug))).message, `["slug"]`)
      assert.include((yield* Effect.flip(decode(Meter, { ...meter, slug: null }))).message, `["slug"]`)
      assert.include((yield* Effect.flip(decode(Meter, { ...meter, createdAt: "" }))).message, `["createdAt"]`)
    })
  )
})

describe("nullableArray", () => {
  it.effect("reads null as no items", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decode(nullableArray(Schema.String), null), [])
      assert.deepStrictEqual(yield* decode(nullableArray(Timestamp), [instant]), [new Date(instant)])
      yield* Effect.flip(decode(nullableArray(Schema.String), [null]))
    })
  )
})

describe("a union with unknown members", () => {
  const shared = { at: Timestamp }
  const Circle = Schema.Struct({ ...shared, type: Schema.tag("circle"), radius: Schema.Number })
  const Shape = Schema.Union([Circle, UnknownMember(["circle"], shared)])

  it.effect("reads a known member by its schema", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* decode(Shape, { type: "circle", radius: 2, at: instant, colour: "red" }), {
        type: "circle",
        radius: 2,
        at: new Date(instant)
      })
    })
  )

  it.effect("gives a member of another type raw, but for what all members share", () =>
    Effect.gen(function* () {
      const square = { type: "square", side: 2, at: instant, createdAt: instant, none: null }
      assert.deepStrictEqual<unknown>(yield* decode(Shape, square), { ...square, at: new Date(instant) })
    })
  )

  it.effect("refuses a malformed member of a known type, and one without a type", () =>
    Effect.gen(function* () {
      yield* Effect.flip(decode(Shape, { type: "circle", radius: "2", at: instant }))
      yield* Effect.flip(decode(Shape, { radius: 2, at: instant }))
      yield* Effect.flip(decode(Shape, { type: 5, at: instant }))
      yield* Effect.flip(decode(Shape, { type: "square" }))
    })
  )
})
