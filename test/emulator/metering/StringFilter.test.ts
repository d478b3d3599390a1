import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { compareCodePoints } from "../../../src/emulator/codePoints.ts"
import type { StringFilter } from "../../../src/emulator/metering/StringFilter.ts"
import { fault, predicate } from "../../../src/emulator/metering/StringFilter.ts"

const passing = (filter: StringFilter, ...texts: ReadonlyArray<string>) =>
  texts.filter(predicate(filter) ?? (() => true))

const Word = Schema.Literals(["", "a", "A", "ab", "b", "é", "\u{1F600}", "\uFF5E", "a%", "a_", "\\"])

describe("StringFilter", () => {
  it.each<[StringFilter, ReadonlyArray<string>]>([
    [{ $eq: "gpt" }, ["gpt"]],
    [{ $ne: "gpt" }, ["", "GPT", "llama"]],
    [{ $in: ["gpt", "llama"] }, ["gpt", "llama"]],
    [{ $in: [] }, []],
    [{ $nin: ["gpt"] }, ["", "GPT", "llama"]],
    [{ $nin: [] }, ["", "GPT", "gpt", "llama"]],
    [{ $like: "g%" }, ["gpt"]],
    [{ $like: "g" }, []],
    [{ $like: "_p_" }, ["gpt"]],
    [{ $nlike: "%a%" }, ["", "GPT", "gpt"]],
    [{ $ilike: "G%" }, ["GPT", "gpt"]],
    [{ $nilike: "G%" }, ["", "llama"]],
    [{ $gt: "gpt" }, ["llama"]],
    [{ $gte: "gpt" }, ["gpt", "llama"]],
    [{ $lt: "gpt" }, ["", "GPT"]],
    [{ $lte: "gpt" }, ["", "GPT", "gpt"]],
    [{ $and: [{ $gte: "g" }, { $lt: "h" }] }, ["gpt"]],
    [{ $or: [{ $eq: "llama" }, { $like: "g%" }] }, ["gpt", "llama"]],
    [{ $or: [{ $and: [{ $gt: "a" }, { $lt: "h" }] }, { $eq: "x" }] }, ["gpt"]],
    [{ $or: [{}, { $eq: "gpt" }] }, ["gpt"]]
  ])("%j passes %j", (filter, expected) => {
    assert.deepStrictEqual(passing(filter, "", "GPT", "gpt", "llama"), expected)
  })

  it.each<StringFilter>([{}, { $eq: null }, { $or: [] }, { $and: [] }, { $or: [{}] }])(
    "%j filters nothing",
    (filter) => {
      assert.isUndefined(predicate(filter))
    }
  )

  it("takes characters that are special to regular expressions as they are", () => {
    assert.deepStrictEqual(passing({ $like: "a.b(%" }, "a.b(c", "axb(c"), ["a.b(c"])
    assert.deepStrictEqual(passing({ $like: String.raw`100\%` }, "100%", "1000"), ["100%"])
    assert.deepStrictEqual(passing({ $like: "a%b" }, "a\nb"), ["a\nb"])
  })

  it.each<[StringFilter, string]>([
    [{ $eq: "a", $ne: "b" }, "filter is invalid: multiple operators are set"],
    [{ $eq: "a", $or: [] }, "filter is invalid: multiple operators are set"],
    [{ $eq: "" }, "filter is invalid: format mismatch"],
    [{ $in: ["a", ""] }, "filter is invalid: format mismatch"],
    [{ $or: [{ $eq: "a" }, { $like: "" }] }, "filter is invalid: format mismatch"]
  ])("refuses %j: %s", (filter, expected) => {
    assert.strictEqual(fault(filter), expected)
  })

  it("refuses nesting beyond the given depth only", () => {
    const nested = { $and: [{ $or: [{ $eq: "a" }] }] }
    assert.isUndefined(fault(nested))
    assert.isUndefined(fault(nested, 2))
    assert.strictEqual(fault(nested, 1), "filter complexity exceeds maximum allowed depth")
    assert.isUndefined(fault({ $and: [{ $eq: "a" }] }, 1))
  })

  it.prop(
    "a negated operator passes exactly what the operator does not",
    { text: Word, operand: Word },
    ({ operand, text }) => {
      const pairs: ReadonlyArray<readonly [StringFilter, StringFilter]> = [
        [{ $eq: operand }, { $ne: operand }],
        [{ $in: [operand] }, { $nin: [operand] }],
        [{ $like: operand }, { $nlike: operand }],
        [{ $ilike: operand }, { $nilike: operand }],
        [{ $gt: operand }, { $lte: operand }],
        [{ $lt: operand }, { $gte: operand }]
      ]
      for (const [filter, negation] of pairs) {
        assert.notStrictEqual(predicate(filter)?.(text), predicate(negation)?.(text), JSON.stringify(filter))
      }
    }
  )

  it.prop("an escaped pattern is equality", { text: Schema.String, operand: Schema.String }, ({ operand, text }) => {
    const pattern = operand.replaceAll(/[\\%_]/g, String.raw`\$&`)
    assert.strictEqual(predicate({ $like: pattern })?.(text), text === operand)
    assert.isTrue(predicate({ $like: pattern })?.(operand))
  })
})

describe("compareCodePoints", () => {
  it.prop("orders texts as their code points are ordered", { a: Schema.String, b: Schema.String }, ({ a, b }) => {
    // A lone surrogate is no code point.
    const [first, second] = [a.toWellFormed(), b.toWellFormed()]
    const points = (text: string) => Array.from(text, (character) => character.codePointAt(0) ?? 0)
    const [x, y] = [points(first), points(second)]
    const at = x.findIndex((point, i) => point !== y[i])
    const expected = at < 0 ? x.length - y.length : (x[at] ?? -1) - (y[at] ?? -1)
    assert.strictEqual(Math.sign(compareCodePoints(first, second)), Math.sign(expected))
  })

  it("puts an emoji above what is a greater UTF-16 unit", () => {
    assert.isAbove(compareCodePoints("\u{1F600}", "\uFF5E"), 0)
    assert.isBelow(compareCodePoints("\uFF5E", "\u{1F600}"), 0)
  })
})
