import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { decode, decodeWhole } from "../../src/emulator/http/Json.ts"

const Container = Schema.Union([Schema.Array(Schema.Json), Schema.Record(Schema.String, Schema.Json)])

describe("reading JSON as the server does", () => {
  it.prop("gives what was written, whatever follows it", { value: Schema.Json }, ({ value }) => {
    const text = JSON.stringify(value)
    assert.deepStrictEqual(decode(`${text} tail`), { value: JSON.parse(text) })
  })

  it.prop("tells a text that breaks off before its end", { value: Container }, ({ value }) => {
    const text = JSON.stringify(value)
    for (let end = 1; end < text.length; end++) {
      assert.deepStrictEqual(decode(text.slice(0, end)), { error: "unexpected EOF" })
    }
  })

  const faults: ReadonlyArray<readonly [text: string, error: string]> = [
    ["", "EOF"],
    ["   ", "EOF"],
    ["[{]", "invalid character ']' looking for beginning of object key string"],
    ["hello", "invalid character 'h' looking for beginning of value"],
    ["'a'", String.raw`invalid character '\'' looking for beginning of value`],
    ["-x", "invalid character 'x' in numeric literal"],
    ["[1.]", "invalid character ']' after decimal point in numeric literal"],
    ["1ex", "invalid character 'x' in exponent of numeric literal"],
    ["[1 2]", "invalid character '2' after array element"],
    [`{"a" 1}`, "invalid character '1' after object key"],
    [`{"a":1 "b"}`, `invalid character '"' after object key:value pair`],
    ["trua", "invalid character 'a' in literal true (expecting 'e')"],
    ["[1e400]", "json: cannot unmarshal number 1e400 into Go value of type float64"],
    [`"a\nb"`, String.raw`invalid character '\n' in string literal`],
    [String.raw`"\x"`, "invalid character 'x' in string escape code"],
    [String.raw`"\u00g0"`, String.raw`invalid character 'g' in \u hexadecimal character escape`]
  ]

  it.each(faults)("tells what is wrong with %j", (text, error) => {
    assert.deepStrictEqual(decode(text), { error })
  })

  it("takes the last of a member given twice", () => {
    assert.deepStrictEqual(decode(`{"a":1,"a":2} `), { value: { a: 2 } })
  })

  it("refuses what follows a value that must stand alone", () => {
    assert.deepStrictEqual(decodeWhole("{} "), { value: {} })
    assert.deepStrictEqual(decodeWhole("{} x"), { error: "invalid character 'x' after top-level value" })
  })
})
