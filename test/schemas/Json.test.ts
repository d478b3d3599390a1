import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { JsonObjectInput, JsonObjectWithoutNulls } from "../../src/schemas/Json.ts"
import { findJsonFault } from "../../src/schemas/jsonFault.ts"

const encode = Schema.encodeUnknownEffect(JsonObjectInput)

const cycle: Record<string, unknown> = { a: 1 }
cycle["list"] = [{ cycle }]

const nested = (depth: number) => {
  let value: object = {}
  for (let index = 0; index < depth; index++) value = { a: value }
  return value
}

class Instance {
  readonly a = 1
}

const throwing = () => {
  throw new Error("no value")
}

describe("findJsonFault", () => {
  const faults: ReadonlyArray<
    readonly [what: string, object: object, path: ReadonlyArray<PropertyKey>, issue: string]
  > = [
    ["a BigInt", { a: [1n] }, ["a", 0], "a BigInt is not JSON: convert it to a number or a string"],
    ["NaN", { a: { b: Number.NaN } }, ["a", "b"], "NaN is not a JSON number"],
    ["Infinity", { a: -Infinity }, ["a"], "-Infinity is not a JSON number"],
    ["a function", { a: () => 1 }, ["a"], "a function is not JSON"],
    ["a symbol", { a: Symbol.iterator }, ["a"], "a symbol is not JSON"],
    ["undefined within a list", { a: [1, undefined] }, ["a", 1], "undefined is not JSON"],
    ["a hole within a list", { a: Array(1) }, ["a", 0], "undefined is not JSON"],
    ["an invalid Date", { a: new Date(Number.NaN) }, ["a"], "the Date is invalid"],
    ["a cycle", cycle, ["list", 0, "cycle"], "the value contains itself"],
    ["an instance of a class", { a: new Instance() }, ["a"], "an instance of Instance is not JSON"],
    ["a Map", { a: new Map() }, ["a"], "an instance of Map is not JSON"],
    ["a boxed text", { a: Object("text") }, ["a"], "an instance of String is not JSON"],
    ["too deep a nesting", nested(1001), ["a"], "the value is nested more than 1000 levels deep"],
    [
      "a getter that throws",
      { a: Object.defineProperty({}, "b", { enumerable: true, get: throwing }) },
      ["a"],
      "cannot be read: no value"
    ],
    ["a toJSON that throws", { a: { toJSON: throwing } }, ["a"], "cannot be read: no value"],
    ["a toJSON that gives NaN", { a: { toJSON: () => Number.NaN } }, ["a"], "NaN is not a JSON number"],
    [
      "a toJSON that gives a cycle",
      { a: { toJSON: () => cycle } },
      ["a", "list", 0, "cycle"],
      "the value contains itself"
    ]
  ]
  for (const [what, object, path, issue] of faults) {
    it(`finds ${what}, and where it stands`, () => {
      assert.deepStrictEqual(findJsonFault(object), { path, issue })
    })
  }

  it("finds nothing in what JSON.stringify writes in full", () => {
    const shared = { a: 1 }
    class Self {
      readonly value = "1.5"
      toJSON() {
        return this
      }
    }
    for (const object of [
      {},
      { text: "\ud800", number: -0, yes: true, none: null, list: [[], {}], at: new Date(0) },
      { first: shared, second: shared, both: [shared, shared] },
      { gone: undefined, also: { toJSON: () => undefined }, url: new URL("https://openmeter.test"), self: new Self() },
      Object.assign(Object.create(null), { a: Object.create(null) }),
      nested(999)
    ]) {
      assert.isUndefined(findJsonFault(object))
      assert.isString(JSON.stringify(object))
    }
  })

  it("asks a toJSON by the key under which its value stands, as JSON.stringify does", () => {
    const keys: Array<unknown> = []
    const value = { toJSON: (key: unknown) => keys.push(key) }
    const object = { a: value, list: [value] }
    findJsonFault(object)
    JSON.stringify(object)
    assert.deepStrictEqual(keys, ["a", "0", "a", "0"])
  })

  it.prop("finds nothing in JSON", { value: Schema.Record(Schema.String, Schema.Json) }, ({ value }) => {
    assert.isUndefined(findJsonFault(value))
  })
})

describe("JsonObjectInput", () => {
  it.effect("sends a plain object as it is", () =>
    Effect.gen(function* () {
      const object = { a: [1, { b: null }], at: new Date(0) }
      assert.strictEqual(JSON.stringify(yield* encode(object)), JSON.stringify(object))
    })
  )

  it.effect("refuses what is no plain object, which would lose its members on the way", () =>
    Effect.gen(function* () {
      for (const value of [new Instance(), new Date(0), new Map([["a", 1]]), [], "text", 5, null, undefined]) {
        yield* Effect.flip(encode(value))
      }
    })
  )

  it.effect("names the place of a fault", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(encode({ a: [{ b: 1n }] }))
      assert.include(error.message, `a BigInt is not JSON: convert it to a number or a string`)
      assert.include(error.message, `["a"][0]["b"]`)
    })
  )
})

describe("JsonObjectWithoutNulls", () => {
  it.effect("refuses null directly inside, and nowhere else", () =>
    Effect.gen(function* () {
      const encode = Schema.encodeUnknownEffect(JsonObjectWithoutNulls)
      assert.deepStrictEqual(yield* encode({ a: { b: null }, c: [null] }), { a: { b: null }, c: [null] })
      assert.include((yield* Effect.flip(encode({ a: 1, b: null }))).message, `["b"]`)
    })
  )
})
