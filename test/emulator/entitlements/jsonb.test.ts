import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { isJson, rewrite } from "../../../src/emulator/entitlements/jsonb.ts"

describe("jsonb", () => {
  it.each([
    [`{"b":1,"aa":2,"a":[1,2,{"z":null,"y":true}],"b":3}`, `{"a": [1, 2, {"y": true, "z": null}], "b": 3, "aa": 2}`],
    [`[1.50,1e3,-0.0,1E-2,12345678901234567890]`, `[1.50, 1000, 0.0, 0.01, 12345678901234567890]`],
    [`[-0,-1.5e1,0.10e2,1.25e-3,100e-1,-2e+2,0e5]`, `[0, -15, 10, 0.00125, 10.0, -200, 0]`],
    [`  {  "x" :  [ ]  ,"e":{ } }\n`, `{"e": {}, "x": []}`],
    [String.raw`"\u00e9\u4e2d\/\t\u0007 é"`, String.raw`"é中/\t\u0007 é"`],
    [`{"B":1,"a":2,"C":3,"é":4,"_":5,"zz":0}`, `{"B": 1, "C": 3, "_": 5, "a": 2, "zz": 0, "é": 4}`],
    [`{"":1,"\\"":[{"a":{}}]}`, `{"": 1, "\\"": [{"a": {}}]}`],
    ["true", "true"],
    ["null", "null"],
    [`"a, b: {c}"`, `"a, b: {c}"`]
  ])("prints %s as %s", (json, printed) => {
    assert.strictEqual(rewrite(json), printed)
  })

  it.each([String.raw`"\u0000"`, String.raw`{"a\u0000":1}`, String.raw`"\ud800"`, "1e200000"])(
    "cannot store %s",
    (json) => {
      assert.isTrue(isJson(json))
      assert.isUndefined(rewrite(json))
    }
  )

  it.each(["", `{"a":`, `{'a':1}`, `{"a":1} x`, "01", "NaN"])("is not %j", (text) => {
    assert.isFalse(isJson(text))
  })

  const Storable = Schema.String.check(Schema.isPattern(/^[^\u0000\ud800-\udfff]*$/))

  it.prop(
    "prints what means the same, and prints it once and for all",
    { value: Schema.Record(Storable, Schema.Array(Schema.Union([Storable, Schema.Int, Schema.Boolean, Schema.Null]))) },
    ({ value }) => {
      const printed = rewrite(JSON.stringify(value, undefined, 2))
      assert.isDefined(printed)
      assert.deepStrictEqual(JSON.parse(printed), JSON.parse(JSON.stringify(value)))
      assert.strictEqual(rewrite(printed), printed)
    }
  )
})
