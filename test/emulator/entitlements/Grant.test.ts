import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Grant from "../../../src/emulator/entitlements/Grant.ts"
import { at, grant, int, interval, text } from "./fixtures.ts"

describe("expiry", () => {
  it.each<[string, Grant.ExpirationUnit, number, string]>([
    ["2025-02-01T12:34", "HOUR", 36, "2025-02-03T00:34"],
    ["2025-02-01T00:00", "DAY", 28, "2025-03-01T00:00"],
    ["2025-02-10T09:00", "WEEK", 1000, "2044-04-11T09:00"],
    ["2025-01-31T08:20", "MONTH", 1, "2025-03-03T08:20"],
    ["2024-01-31T10:00", "MONTH", 1, "2024-03-02T10:00"],
    ["2024-02-29T00:00", "YEAR", 1, "2025-03-01T00:00"],
    ["2025-02-28T00:00", "YEAR", 3, "2028-02-28T00:00"]
  ])("from %s in units of %s: %d of them end at %s", (effectiveAt, duration, count, expiresAt) => {
    assert.strictEqual(text(Grant.expiryOf(at(effectiveAt), { duration, count })), expiresAt)
  })
})

describe("a grant", () => {
  it("is active from where it is effective until it expires", () => {
    const short = grant("g", { effectiveAt: at("2025-01-03T06:00"), expiresAt: at("2025-01-03T09:00") })
    const active = ["05:59", "06:00", "08:59", "09:00"].map((time) => Grant.isActiveAt(short, at(`2025-01-03T${time}`)))
    assert.deepStrictEqual(active, [false, true, true, false])
  })

  it("is never active when it is voided before it is effective", () => {
    const voided = grant("g", { effectiveAt: at("2025-01-20"), voidedAt: at("2025-01-05") })
    assert.isFalse(Grant.isActiveAt(voided, at("2025-01-10")))
    assert.isFalse(Grant.isActiveAt(voided, at("2025-01-21")))
    assert.isFalse(Grant.isActiveWithin(voided, at("2025-01-01"), at("2025-02-01")))
  })

  it("is active within a range that begins before it ends and ends where it begins", () => {
    const short = grant("g", { effectiveAt: at("2025-01-03"), expiresAt: at("2025-01-05") })
    assert.isTrue(Grant.isActiveWithin(short, at("2025-01-01"), at("2025-01-03")))
    assert.isFalse(Grant.isActiveWithin(short, at("2025-01-05"), at("2025-01-09")))
  })

  it("is rolled over by a reset at which it is voided, not by one at which it expires", () => {
    const reset = at("2025-01-10")
    assert.isTrue(Grant.isRolledOverAt(grant("g", { voidedAt: reset }), reset))
    assert.isFalse(Grant.isRolledOverAt(grant("g", { expiresAt: reset }), reset))
    assert.isTrue(Grant.isRolledOverAt(grant("g", { effectiveAt: reset }), reset))
    assert.isFalse(Grant.isRolledOverAt(grant("g", { effectiveAt: reset + 1 }), reset))
  })

  it("recurs only while it is active, and not where it expires", () => {
    const recurring = grant("g", {
      effectiveAt: at("2025-01-03"),
      expiresAt: at("2025-01-23"),
      recurrence: { anchor: at("2025-01-03"), interval: interval("P10D") }
    })
    assert.deepStrictEqual(Grant.recurrencesBetween(recurring, at("2024-12-01"), at("2025-03-01")).map(text), [
      "2025-01-03T00:00",
      "2025-01-13T00:00"
    ])
    assert.strictEqual(text(Grant.nextRecurrence(recurring, at("2025-02-02")) ?? 0), "2025-02-02T00:00")
    assert.strictEqual(text(Grant.nextRecurrence(recurring, at("2024-12-21")) ?? 0), "2024-12-24T00:00")
  })
})

describe("rollOver", () => {
  it.each([
    [0, 0, 100, 0],
    [0, 30, 70, 30],
    [0, 200, 100, 100],
    [20, 100, 8, 20],
    [50, 50, 100, 50],
    [150, 300, 100, 150],
    [60, 40, 100, 40],
    [20, 0, 100, 0],
    [-9, -3, 8, -3]
  ])("between %d and %d turns %d into %d", (minRolloverAmount, maxRolloverAmount, balance, left) => {
    assert.strictEqual(Grant.rollOver(grant("g", { minRolloverAmount, maxRolloverAmount }), balance), left)
  })
})

describe("burnOrder", () => {
  it("goes by priority, then by expiry with none last, then by creation", () => {
    const grants = [
      grant("late", { priority: 1, createdAt: 9 }),
      grant("never", { priority: 1, createdAt: 1 }),
      grant("soon", { priority: 1, expiresAt: at("2025-02-01"), createdAt: 5 }),
      grant("sooner", { priority: 1, expiresAt: at("2025-01-15"), createdAt: 6 }),
      grant("first", { priority: 0, createdAt: 7 })
    ]
    assert.deepStrictEqual(
      grants.sort(Grant.burnOrder).map(({ id }) => id),
      ["first", "sooner", "soon", "never", "late"]
    )
  })

  const ArbitraryOrder = Schema.Struct({
    priority: int(0, 2),
    expiresAt: Schema.UndefinedOr(int(1, 3)),
    createdAt: int(0, 2)
  })

  it.prop("is an order", [ArbitraryOrder, ArbitraryOrder, ArbitraryOrder], (given) => {
    const [a, b, c] = given.map((order) => grant("g", order)).sort(Grant.burnOrder)
    assert.isDefined(a)
    assert.isDefined(b)
    assert.isDefined(c)
    assert.isAtMost(Grant.burnOrder(a, b), 0)
    assert.isAtMost(Grant.burnOrder(b, c), 0)
    assert.isAtMost(Grant.burnOrder(a, c), 0)
    assert.strictEqual(Math.sign(Grant.burnOrder(a, c)), -Math.sign(Grant.burnOrder(c, a)) + 0)
  })
})
