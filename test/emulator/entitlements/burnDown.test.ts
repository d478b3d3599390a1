import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { burnDown } from "../../../src/emulator/entitlements/burnDown.ts"
import { minus, plus, sum } from "../../../src/emulator/entitlements/decimal.ts"
import { grant, int } from "./fixtures.ts"

const grants = ["a", "b", "c"].map((id) => grant(id))

describe("decimal arithmetic", () => {
  it("is exact where doubles are not", () => {
    assert.strictEqual(plus(0.1, 0.2), 0.3)
    assert.strictEqual(minus(0.3, 0.1), 0.2)
    assert.strictEqual(sum([0.05, 0.7, 0.1, 0.2]), 1.05)
    assert.strictEqual(minus(9_007_199_254_740_991, 0.75), 9_007_199_254_740_990)
    assert.strictEqual(plus(9_007_199_254_740_990, 0.75), 9_007_199_254_740_991)
  })

  it.prop("agrees with whole numbers of hundredths", { a: int(-1e9, 1e9), b: int(-1e9, 1e9) }, ({ a, b }) => {
    assert.strictEqual(plus(a / 100, b / 100), (a + b) / 100)
    assert.strictEqual(minus(a / 100, b / 100), (a - b) / 100)
  })
})

describe("burnDown", () => {
  it("takes from one grant after the other, and tells of every grant that had a balance", () => {
    assert.deepStrictEqual(burnDown(grants, { a: 10, b: 0, c: 5 }, 4), {
      balances: { a: 6, b: 0, c: 5 },
      grantUsages: [
        { grantId: "a", usage: 4 },
        { grantId: "c", usage: 0 }
      ],
      overage: 0
    })
  })

  it("leaves as overage what no grant can give", () => {
    assert.deepStrictEqual(burnDown(grants, { a: 10, c: 5 }, 22), {
      balances: { a: 0, c: 0 },
      grantUsages: [
        { grantId: "a", usage: 10 },
        { grantId: "c", usage: 5 }
      ],
      overage: 7
    })
  })

  it("adds negative usage to the first grant", () => {
    assert.deepStrictEqual(burnDown(grants, { a: 1000, b: 1 }, -1.5).balances, { a: 1001.5, b: 1 })
  })

  it("turns a negative balance into overage", () => {
    assert.deepStrictEqual(burnDown(grants, { a: 3, b: -3 }, 0), {
      balances: { a: 3, b: 0 },
      grantUsages: [
        { grantId: "a", usage: 0 },
        { grantId: "b", usage: -3 }
      ],
      overage: 3
    })
  })

  it("burns decimals exactly", () => {
    assert.deepStrictEqual(burnDown(grants, { a: 0.1, b: 0.2, c: 1 }, 1.05).balances, { a: 0, b: 0, c: 0.25 })
  })

  const Amount = int(0, 1000)

  it.prop(
    "loses nothing, and never goes below zero",
    { balances: Schema.Struct({ a: Amount, b: Amount, c: Amount }), amount: int(0, 3500) },
    ({ amount, balances }) => {
      // Halves are exact as doubles too.
      const before = { a: balances.a / 2, b: balances.b / 2, c: balances.c / 2 }
      const burnt = burnDown(grants, before, amount / 2)
      assert.strictEqual(sum(burnt.grantUsages.map(({ usage }) => usage)) + burnt.overage, amount / 2)
      for (const id of ["a", "b", "c"] as const) {
        const usage = burnt.grantUsages.find(({ grantId }) => grantId === id)?.usage ?? 0
        assert.strictEqual(burnt.balances[id], before[id] - usage)
        assert.isAtLeast(burnt.balances[id] ?? 0, 0)
      }
      assert.isTrue(burnt.overage === 0 || sum(Object.values(burnt.balances)) === 0)
    }
  )
})
