import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { compiled } from "../../src/schemas/Compiled.ts"
import { MeterQueryRow } from "../../src/schemas/Meter.ts"

/** What a row holds. What is undefined here is not there once it is JSON. */
const Text = Schema.Union([Schema.String, Schema.Null, Schema.Undefined])
const Time = Schema.Literals(["2025-01-01T00:00:00Z", "2025-06-01T12:34:56.789+02:00"])
const Groups = Schema.Record(Schema.String, Schema.NullOr(Schema.String))
const sent = {
  value: Schema.Finite,
  windowStart: Time,
  windowEnd: Time,
  subject: Text,
  customerId: Text,
  groupBy: Groups
}

/** What a server sends, more than is known, and something else in the place of one member. */
const Else = Schema.Union([Schema.Json, Schema.Undefined, Schema.Literals(["", "yesterday"])])
const Row = Schema.Union([
  Schema.Struct(sent),
  Schema.Struct({ ...sent, added: Schema.String }),
  Schema.Struct({ ...sent, groupBy: Schema.Record(Schema.Literals(["__proto__", "model"]), Schema.String) }),
  Schema.Struct({ ...sent, groupBy: Schema.Record(Schema.String, Else) }),
  ...Object.keys(sent).map((name) => Schema.Struct({ ...sent, [name]: Else }))
])

/** What a schema makes of an input: a value, or what is wrong with it. */
const read = (
  schema: Schema.Codec<unknown, unknown>,
  input: unknown,
  options?: Parameters<typeof Schema.decodeUnknownResult>[1]
) => Schema.decodeUnknownResult(schema, options)(input)

/** The schema that the rows have without a function of their own. */
const interpreted = MeterQueryRow.annotate({})

const row = {
  value: 42,
  windowStart: "2025-01-01T00:00:00Z",
  windowEnd: "2025-01-02T00:00:00Z",
  subject: "customer-1",
  groupBy: { model: "gpt-4", region: null }
}

describe("a row of a query", () => {
  it.prop("is read by its function as by its schema", { input: Row }, ({ input }) => {
    // As it comes off the wire: a member named __proto__ is one like any other.
    const json: unknown = JSON.parse(JSON.stringify(input))
    for (const [mine, theirs] of [
      [MeterQueryRow, interpreted],
      [Schema.toCodecJson(MeterQueryRow), Schema.toCodecJson(interpreted)]
    ] as const) {
      assert.deepStrictEqual(String(read(mine, json)), String(read(theirs, json)))
      assert.deepStrictEqual(read(mine, json), read(theirs, json))
    }
  })

  it("is read by its function", () => {
    const expected = {
      ...row,
      windowStart: new Date("2025-01-01T00:00:00Z"),
      windowEnd: new Date("2025-01-02T00:00:00Z")
    }
    assert.deepStrictEqual(Schema.decodeUnknownSync(MeterQueryRow)({ ...row, customerId: null, added: 1 }), expected)
  })

  it("is read strictly where that is asked for", () => {
    const options = { onExcessProperty: "error" } as const
    const strange = { ...row, added: 1 }
    assert.deepStrictEqual(read(MeterQueryRow, strange, options), read(interpreted, strange, options))
    assert.isTrue(read(MeterQueryRow, strange, options)._tag === "Failure")
    assert.isTrue(read(MeterQueryRow, row, options)._tag === "Success")
  })

  it("is written as its schema says", () => {
    const value = Schema.decodeUnknownSync(MeterQueryRow)(row)
    assert.deepStrictEqual(Schema.encodeSync(MeterQueryRow)(value), Schema.encodeSync(interpreted)(value))
  })
})

describe("compiled", () => {
  it("asks the schema only where the function tells nothing", () => {
    let read = 0
    const schema = compiled(Schema.Struct({ a: Schema.String }), (input) => {
      read++
      return input === "known" ? { a: "b" } : undefined
    })
    const decode = Schema.decodeUnknownResult(schema)
    assert.deepStrictEqual(Schema.decodeUnknownSync(schema)("known"), { a: "b" })
    assert.deepStrictEqual(Schema.decodeUnknownSync(schema)({ a: "c" }), { a: "c" })
    assert.isTrue(decode({ a: 1 })._tag === "Failure")
    assert.strictEqual(read, 3)
  })
})
