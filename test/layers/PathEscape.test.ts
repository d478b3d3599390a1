import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { escapePath } from "../../src/layers/PathEscape.ts"

const prefix = "/api/v1/subjects/"

/** A path as the contract's client builds it. */
const path = (values: ReadonlyArray<string>) => prefix + values.map(encodeURIComponent).join("/")

/** How Go writes the bytes of a decoded path. */
const written = (decoded: string) =>
  Array.from(decoded, (character) =>
    /[A-Za-z0-9\-_.~$&+,/:;=@]/.test(character)
      ? character
      : Array.from(
          new TextEncoder().encode(character),
          (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
        ).join("")
  ).join("")

/** The values that the server reads: it routes on the decoded path if Go writes that just so, else on the path as sent. */
const read = (sent: string): ReadonlyArray<string> => {
  const decoded = decodeURIComponent(sent)
  const routed = written(decoded) === sent ? decoded : sent
  return routed.slice(prefix.length).split("/").map(decodeURIComponent)
}

/** Texts of a few pieces that escape differently, so that they meet in one path. */
const Value = Schema.Array(
  Schema.Literals([
    "%",
    "%2F",
    "%zz",
    "25",
    "ü",
    "😀",
    " ",
    "?",
    "#",
    "a",
    ".",
    "~",
    "/",
    "+",
    ":",
    "!",
    "'",
    "(",
    "*",
    "\u0000"
  ])
)

const isAddressable = (value: string) => value !== "" && value !== "." && value !== ".." && value.isWellFormed()

describe("escapePath", () => {
  const table: ReadonlyArray<readonly [value: string, segment: string]> = [
    ["plain-key_1", "plain-key_1"],
    ["a b", "a%20b"],
    ["a/b", "a%2Fb"],
    ["ü", "%C3%BC"],
    ["😀", "%F0%9F%98%80"],
    ["50%", "%35%30%25"],
    ["zz%q", "%7A%7A%25%71"],
    ["a%2Fb", "%61%25%32%46%62"],
    ["%", "%2525"],
    ["ü%", "%C3%BC%2525"],
    ["%😀 ", "%2525%F0%9F%98%80%20"]
  ]
  for (const [value, segment] of table) {
    it(`writes ${value} as ${segment}`, () => {
      assert.strictEqual(escapePath(path([value])), prefix + segment)
      assert.deepStrictEqual(read(prefix + segment), [value])
    })
  }

  it("keeps a path without a percent sign as it is", () => {
    for (const value of ["a b", "a/b", "!'()*", "ü😀", "a.b~c"]) {
      assert.strictEqual(escapePath(path([value])), path([value]))
    }
  })

  it("escapes a percent sign once when another segment makes the server decode once", () => {
    assert.strictEqual(escapePath(path(["ü%", "a/b"])), `${prefix}%C3%BC%25/a%2Fb`)
    assert.strictEqual(escapePath(path(["ü%", "50%"])), `${prefix}%C3%BC%25/%35%30%25`)
    assert.strictEqual(escapePath(path(["ü%", "a!"])), `${prefix}%C3%BC%25/a!`)
    assert.strictEqual(escapePath(path(["ü%", "ü"])), `${prefix}%C3%BC%2525/%C3%BC`)
  })

  it.prop(
    "is read by the server as it was, whatever the values",
    { values: Schema.NonEmptyArray(Value) },
    ({ values }) => {
      const texts = values.map((pieces) => pieces.join("")).filter(isAddressable)
      if (texts.length > 0) assert.deepStrictEqual(read(escapePath(path(texts))), texts)
    },
    { arbitrary: { runs: 1000 } }
  )

  it.prop("is read by the server as it was, whatever the text", { value: Schema.String }, ({ value }) => {
    if (isAddressable(value)) assert.deepStrictEqual(read(escapePath(path([value]))), [value])
  })
})
