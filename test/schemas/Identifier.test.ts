import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Key, PathParam, Ulid } from "../../src/schemas/Identifier.ts"
import { NumericInput } from "../../src/schemas/Numeric.ts"

const table = (
  name: string,
  schema: Schema.ConstraintDecoder<string>,
  taken: ReadonlyArray<string>,
  refused: ReadonlyArray<unknown>
) =>
  describe(name, () => {
    const is = Schema.is(schema)
    for (const value of taken) it(`takes ${JSON.stringify(value)}`, () => assert.isTrue(is(value)))
    for (const value of refused) it(`refuses ${JSON.stringify(value) ?? "undefined"}`, () => assert.isFalse(is(value)))
  })

table(
  "PathParam",
  PathParam,
  ["a", " ", "...", "a/b", "50%", "ü😀", "%2e%2e", "\u0000"],
  ["", ".", "..", "\ud800", "a\udc00b", 5, null, undefined]
)

table(
  "Key",
  Key,
  ["a", "0", "tokens_total", "a_b_c1", "a".repeat(64)],
  ["", "A", "a-b", "_a", "a_", "a__b", "a b", "ü", "a\n", "a".repeat(65), null]
)

table(
  "Ulid",
  Ulid,
  ["01J00000000000000000000000", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01j0000000000000000000abcd"],
  ["", "01J", "81J00000000000000000000000", "01J0000000000000000000000I", "01J000000000000000000000000", "tokens_total"]
)

table(
  "NumericInput",
  NumericInput,
  ["0", "0.005", "-1.5", "12345678901234567890.123", "007"],
  ["", "-", ".5", "5.", "1e3", "+1", "1,5", " 1", "1\n", "NaN", "Infinity", "0x10", 5]
)
