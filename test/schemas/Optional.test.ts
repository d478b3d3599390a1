import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { optional } from "../../src/schemas/Optional.ts"
import { TimestampInput } from "../../src/schemas/Timestamp.ts"

const Request = Schema.Struct({
  name: optional(Schema.String),
  note: optional(Schema.NullOr(Schema.String)),
  at: optional(TimestampInput)
})

const encode = Schema.encodeUnknownEffect(Schema.toCodecJson(Request))

describe("optional", () => {
  it.effect("sends nothing for undefined, and null where null is a value", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* encode({ name: undefined, note: undefined, at: undefined }), {})
      assert.deepStrictEqual(yield* encode({ note: null }), { note: null })
    })
  )

  it.effect("sends a value as its schema says", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* encode({ name: "a", at: new Date(0) }), {
        name: "a",
        at: "1970-01-01T00:00:00.000Z"
      })
    })
  )

  it.effect("refuses what its schema refuses, null among it", () =>
    Effect.gen(function* () {
      assert.include((yield* Effect.flip(encode({ name: null }))).message, `at ["name"]`)
      assert.include((yield* Effect.flip(encode({ at: "yesterday" }))).message, `at ["at"]`)
    })
  )

  it("declares a member that is not required and never null on the wire", () => {
    const { schema } = Schema.toJsonSchemaDocument(Schema.toCodecJson(Request))
    assert.deepStrictEqual(schema["properties"], {
      name: { type: "string" },
      note: { anyOf: [{ type: "string" }, { type: "null" }] },
      at: { type: "string", format: "date-time" }
    })
    assert.isUndefined(schema["required"])
  })
})
