import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { parameter, routingPath } from "../../src/emulator/http/path.ts"
import { Refusal } from "../../src/emulator/Refusal.ts"

const prefix = "/subjects/"

/** The value that the server reads from the one parameter of a path. */
const read = (segment: string): string | undefined => {
  const bytes = routingPath(prefix + segment)
  return bytes === undefined ? undefined : parameter("subject", bytes.slice(prefix.length))
}

const Value = Schema.String.check(
  Schema.makeFilter((text) => text.isWellFormed() && !text.includes("%"), { identifier: "without a percent sign" })
)

describe("decoding path parameters", () => {
  it.prop(
    "gives back what encodeURIComponent escaped, as long as it holds no percent sign",
    { value: Value },
    (input) => {
      assert.strictEqual(read(encodeURIComponent(input.value)), input.value)
    }
  )

  it.prop("decodes once when every byte is escaped and one of them needs it not", { value: Schema.String }, (input) => {
    const value = `a${input.value.toWellFormed()}`
    const escaped = Array.from(new TextEncoder().encode(value), (byte) => `%${byte.toString(16).padStart(2, "0")}`)
    assert.strictEqual(read(escaped.join("").toUpperCase()), value)
  })

  const paths: ReadonlyArray<readonly [segment: string, value: string]> = [
    ["a%2525b", "a%b"],
    ["%61%25b", "a%b"],
    ["a%252Fb", "a/b"],
    ["a%2Fb", "a/b"],
    ["a+b", "a+b"],
    // An unescaped character that the server would escape has the same effect as a needless escape.
    ["a%2525b!", "a%25b!"],
    // So has an escape in lower case.
    ["%c3%a9%2525", "é%25"],
    ["%C3%A9%2525", "é%"]
  ]

  it.each(paths)("reads %s as %s", (segment, value) => {
    assert.strictEqual(read(segment), value)
  })

  it("refuses an escape that appears by the first decoding, naming the parameter", () => {
    assert.throws(() => read("a%25b"), Refusal, `error unescaping path parameter 'subject': invalid URL escape "%b"`)
  })

  it("knows no route for an escape that cannot be read", () => {
    assert.isUndefined(read("%ZZ"))
    assert.isUndefined(read("50%"))
  })
})
