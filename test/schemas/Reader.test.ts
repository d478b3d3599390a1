import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Schema, SchemaAST } from "effect"
import { HttpApi, HttpApiSchema } from "effect/http-api"
import { OpenMeterApi } from "../../src/api/OpenMeterApi.ts"
import { MeterQueryRow } from "../../src/schemas/Meter.ts"
import { jsonReader } from "../../src/schemas/Reader.ts"
import { nullableArray, nullish, UnknownMember } from "../../src/schemas/Tolerant.ts"

type Codec = Schema.Codec<unknown, unknown>

/** What a text is as a schema, by the reader and by the schema alone: a value, or what is wrong. */
const both = (schema: Codec) => {
  const read = jsonReader(schema)
  const decode = Schema.decodeUnknownExit(Schema.fromJsonString(schema))
  return (json: string) => [Effect.runSyncExit(read(json)), decode(json)] as const
}

/** Reads a text either way, and gives what came of it. */
const readEitherWay = (schema: Codec) => {
  const read = both(schema)
  return (json: string) => {
    const [mine, theirs] = read(json)
    assert.strictEqual(String(mine), String(theirs))
    assert.deepStrictEqual(mine, theirs)
    // In the same order too.
    if (Exit.isSuccess(mine) && Exit.isSuccess(theirs)) {
      assert.strictEqual(JSON.stringify(mine.value), JSON.stringify(theirs.value))
    }
    return mine
  }
}

/** What stands where something else should: other values, and members of which one is called `__proto__`. */
const Else = Schema.Union([
  Schema.Json,
  Schema.Literals(["", "yesterday", "2025-06-01T12:34:56.789+02:00"]),
  Schema.Record(Schema.Literals(["__proto__", "model"]), Schema.String)
])

/** Puts something else in the place of one value within another. */
const put = (value: unknown, path: ReadonlyArray<number>, other: unknown): unknown => {
  const [step, ...steps] = path
  if (step === undefined || typeof value !== "object" || value === null) return other
  const names = Object.keys(value)
  if (names.length === 0) return other
  const name = names[step % names.length]!
  const changed = put((value as Record<string, unknown>)[name], steps, other)
  if (Array.isArray(value)) return value.with(Number(name), changed)
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, key === name ? changed : member]))
}

const Path = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))).check(Schema.isMaxLength(4))

describe("an answer is read as by its schema", () => {
  HttpApi.reflect(OpenMeterApi, {
    onGroup() {},
    onEndpoint({ endpoint, successes }) {
      for (const [schema] of successes.values()) {
        if (HttpApiSchema.isNoContent(schema.ast) || SchemaAST.isString(SchemaAST.toEncoded(schema.ast))) continue
        // The contract's codecs need no services.
        const codec = schema as unknown as Codec
        const read = readEitherWay(codec)
        it.prop(
          `by ${endpoint.identifier}`,
          { input: Schema.toEncoded(codec), path: Path, other: Else },
          ({ input, other, path }) => {
            const json: unknown = JSON.parse(JSON.stringify(input))
            read(JSON.stringify(json))
            read(JSON.stringify(put(json, path, other)))
          },
          { arbitrary: { runs: 50 } }
        )
      }
    }
  })
})

describe("a reader", () => {
  const row = {
    value: 42,
    windowStart: "2025-01-01T00:00:00Z",
    windowEnd: "2025-01-02T00:00:00Z",
    subject: "customer-1",
    groupBy: { model: "gpt-4", region: null }
  }

  it("leaves out what is null, and what is not known", () => {
    const read = readEitherWay(Schema.toCodecJson(MeterQueryRow))
    assert.deepStrictEqual(
      read(JSON.stringify({ ...row, customerId: null, added: 1 })),
      Exit.succeed({
        ...row,
        windowStart: new Date("2025-01-01T00:00:00Z"),
        windowEnd: new Date("2025-01-02T00:00:00Z")
      })
    )
  })

  const schemas: ReadonlyArray<readonly [what: string, schema: Schema.Top, texts: ReadonlyArray<string>]> = [
    ["a list that is null when it is empty", nullableArray(Schema.String), ["null", "[]", '["a"]', "[1]", "{}"]],
    ["numbers", Schema.Array(Schema.Number), ["[1,-0.5]", "[1e999]", '["NaN"]', '["1"]', "[null]"]],
    [
      "a union by type",
      Schema.Union([Schema.Struct({ type: Schema.Literal("a"), a: Schema.Int }), UnknownMember(["a"])]),
      ['{"type":"a","a":1}', '{"type":"a","a":1.5}', '{"type":"b","c":[1]}', '{"a":1}']
    ],
    [
      "a member with a default",
      Schema.Struct({ a: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))) }),
      ["{}", '{"a":false}', '{"a":null}']
    ],
    [
      "members that may be missing",
      Schema.Struct({ a: nullish(Schema.DateFromString), b: Schema.optionalKey(Schema.Int) }),
      ["{}", '{"a":null,"b":1}', '{"a":"2025-01-01","b":null}', '{"a":"yesterday"}', '{"b":0.5}']
    ],
    ["a pair", Schema.Tuple([Schema.String, Schema.Number]), ['["a",1]', '["a"]', '["a",1,2]']],
    ["a record by pattern", Schema.Record(Schema.Literals(["a", "b"]), Schema.Int), ['{"a":1,"b":2}', '{"a":1}']],
    ["itself, a text", Schema.String, ['"a"', "1", "", "{"]]
  ]
  for (const [what, schema, texts] of schemas) {
    it(`reads ${what} as the schema does`, () => {
      const read = readEitherWay(Schema.toCodecJson(schema) as unknown as Codec)
      for (const json of texts) read(json)
    })
  }

  it("asks no schema for what is as it should be", () => {
    let asked = 0
    const Counted = Schema.String.check(
      Schema.makeFilter((value) => {
        asked++
        return value !== ""
      })
    )
    const read = both(Schema.toCodecJson(Schema.Struct({ row: MeterQueryRow, counted: Counted })) as unknown as Codec)
    read(JSON.stringify({ row, counted: "a" }))
    // Once by the reader, for this one member, and once by the schema beside it.
    assert.strictEqual(asked, 2)
  })
})
