import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as JsonPath from "../../../src/emulator/metering/JsonPath.ts"
import { int } from "./arbitraries.ts"

const data = {
  v: 5,
  s: "text",
  no: null,
  yes: true,
  big: 1e21,
  "odd key": "odd",
  quo: { "it's": 1, '"': 2 },
  "1st": "first",
  list: [{ name: "a" }, { name: "b" }, [1, 2], "c"],
  nested: { deep: [{ deeper: { deepest: 7 } }] }
}

const text = (path: string) => {
  const parsed = JsonPath.parse(path)
  assert.isDefined(parsed, path)
  return JsonPath.text(parsed, data)
}

describe("JsonPath", () => {
  it.each([
    "",
    "tokens",
    "$tokens",
    "$.a b",
    "$.",
    "$.[",
    "$..a",
    "$.a.",
    "$[",
    "$[]",
    "$[a]",
    "$[-1]",
    "$.a-b",
    "$.é",
    "$['a'",
    "$.a$.b c",
    "a.$"
  ])("refuses %j", (path) => {
    assert.isUndefined(JsonPath.parse(path))
  })

  it.each([
    ["$.v", "5"],
    ["$.s", "text"],
    ["$.no", "null"],
    ["$.yes", "true"],
    ["$.big", "1e+21"],
    ["$['v']", "5"],
    ['$["odd key"]', "odd"],
    ['$."odd key"', "odd"],
    ["$.`odd key`", "odd"],
    [String.raw`$['quo']['it\'s']`, "1"],
    ["$['quo']['it''s']", "1"],
    [String.raw`$.quo."\""`, "2"],
    ["$.1st", "first"],
    ["$.list[0].name", "a"],
    ["$.list[1].name", "b"],
    ["$.list[3]", "c"],
    ["$.list[*].name", "a"],
    ["$.list[1 to 3].name", "b"],
    ["$.list[3, 0].name", "a"],
    ["$.nested.deep[0].deeper.deepest", "7"],
    [" $ . v ", "5"]
  ])("%s leads to %j", (path, expected) => {
    assert.strictEqual(text(path), expected)
  })

  it.each(["$.missing", "$.s.length", "$.list", "$.nested", "$", "$.list[9]", "$.list.name", "$.v[0]", "$.toString"])(
    "%s leads to no scalar, which is the empty text",
    (path) => {
      assert.strictEqual(text(path), "")
    }
  )

  it("skips arrays and objects on its way to the first scalar", () => {
    assert.strictEqual(text("$.list[*]"), "c")
  })

  it("reads nothing off absent data", () => {
    assert.strictEqual(JsonPath.text(JsonPath.parse("$") ?? [], undefined), "")
    assert.strictEqual(JsonPath.text(JsonPath.parse("$") ?? [], null), "null")
  })

  it("selects every value, scalar or not", () => {
    assert.deepStrictEqual(JsonPath.select(JsonPath.parse("$.list[0 to 3]") ?? [], data), data.list.slice(0, 3))
    assert.deepStrictEqual(JsonPath.select(JsonPath.parse("$.missing[*]") ?? [], data), [])
  })

  it("knows which paths can lead to several values", () => {
    const isMultiple = (path: string) => JsonPath.isMultiple(JsonPath.parse(path) ?? [])
    assert.deepStrictEqual(["$.a", "$.a[0]", "$.a[0 to 1]", "$.a[*]", "$.a[0, 1]", "$.a[1 to 4]"].map(isMultiple), [
      false,
      false,
      false,
      true,
      true,
      true
    ])
  })

  it.prop(
    "finds any member by its quoted name",
    { name: Schema.String, value: int(-1000, 1000), quote: Schema.Literals(["'", '"', "`"]) },
    ({ name, quote, value }) => {
      const quoted = name.replaceAll("\\", "\\\\").replaceAll(quote, quote + quote)
      const path = JsonPath.parse(`$[${quote}${quoted}${quote}]`)
      assert.isDefined(path)
      assert.strictEqual(JsonPath.text(path, Object.fromEntries([[name, value]])), String(value))
    }
  )
})
