import { assert, describe, it } from "@effect/vitest"
import type { Account } from "../../../src/emulator/entitlements/Account.ts"
import { type Balance, balanceAt } from "../../../src/emulator/entitlements/balance.ts"
import * as Snapshot from "../../../src/emulator/entitlements/snapshot.ts"
import { account, accountOf, ArbitraryAccount, at, grant, hour, hours, int, monthly, type Usage } from "./fixtures.ts"

const asked = (
  account: Account,
  instant: string,
  remembered: Snapshot.Remembered = [],
  now: string = instant
): { readonly balance: Balance; readonly remembered: Snapshot.Remembered } => {
  const result = balanceAt(account, remembered, at(instant), at(now))
  assert.isDefined(result)
  return result
}

const figures = ({ balance }: { readonly balance: Balance }): ReadonlyArray<number> => [
  balance.balance,
  balance.usage,
  balance.overage,
  balance.totalAvailableGrantAmount
]

const dates = (remembered: Snapshot.Remembered): ReadonlyArray<string> =>
  remembered.map(({ at }) => new Date(at).toISOString().slice(0, 10))

describe("a balance", () => {
  const minutes = account(
    [grant("g", { amount: 1000, minRolloverAmount: 1000, maxRolloverAmount: 1000 })],
    [
      [at("2025-01-15T10:25:10"), 8],
      [at("2025-01-15T10:25:59.999"), 16],
      [at("2025-01-15T10:26"), 32],
      [at("2025-02-01T00:00"), 512]
    ]
  )

  it("counts all of the minute it is asked in, and nothing of it on the minute", () => {
    assert.deepStrictEqual(figures(asked(minutes, "2025-01-15T10:25")), [1000, 0, 0, 1000])
    assert.deepStrictEqual(figures(asked(minutes, "2025-01-15T10:25:00.001")), [976, 24, 0, 1000])
    assert.deepStrictEqual(figures(asked(minutes, "2025-01-15T10:26")), [976, 24, 0, 1000])
    assert.deepStrictEqual(figures(asked(minutes, "2025-01-15T10:26:01")), [944, 56, 0, 1000])
  })

  it("is that of the next period within the last minute of a period", () => {
    assert.deepStrictEqual(figures(asked(minutes, "2025-01-31T23:59")), [944, 56, 0, 1000])
    assert.deepStrictEqual(figures(asked(minutes, "2025-01-31T23:59:00.001")), [1000, 0, 0, 1000])
    assert.deepStrictEqual(figures(asked(minutes, "2025-02-01T00:00:30")), [488, 512, 0, 1000])
  })

  it("is not known before measurement begins", () => {
    const later = { ...minutes, periods: monthly({ measureUsageFrom: at("2025-01-15") }) }
    assert.isUndefined(balanceAt(later, [], at("2025-01-14T23:58"), at("2025-01-14T23:58")))
    assert.isDefined(balanceAt(later, [], at("2025-01-14T23:59:30"), at("2025-01-14T23:59:30")))
  })

  it("lists the grants that are active, also those at 0, and sums them up as decimals", () => {
    const grants = [
      grant("a", { amount: 0.1 }),
      grant("b", { amount: 0.2, priority: 2 }),
      grant("gone", { expiresAt: at("2025-01-03") }),
      grant("begins", { effectiveAt: at("2025-01-03") }),
      grant("ahead", { effectiveAt: at("2025-01-04") })
    ]
    const { balance } = asked(account(grants, []), "2025-01-03")
    assert.deepStrictEqual(balance.grantBalances, { a: 0.1, b: 0.2, begins: 0 })
    assert.strictEqual(balance.balance, 0.3)
  })

  it.prop(
    "has in total what grants gave in the period and still have",
    { description: ArbitraryAccount, n: int(0, hours) },
    ({ description, n }) => {
      const result = balanceAt(accountOf(description), [], hour(n), hour(n))
      assert.isDefined(result)
      const { balance, grantBalances, overage, totalAvailableGrantAmount, usage } = result.balance
      assert.strictEqual(
        balance,
        Object.values(grantBalances).reduce((total, amount) => total + amount, 0)
      )
      // Grants may have given to overage from before the period too.
      assert.isAtLeast(totalAvailableGrantAmount - balance, usage - overage)
    }
  )
})

describe("remembered balances", () => {
  const grants = [
    grant("g0", { minRolloverAmount: 100, maxRolloverAmount: 100 }),
    grant("g1", { amount: 50, effectiveAt: at("2025-01-12"), priority: 5, maxRolloverAmount: 50 })
  ]
  const withUsage = (...usage: Usage) => account(grants, usage, { preserveOverageAtReset: true })
  const early = [at("2025-01-05"), 31] as const
  const late = [at("2025-01-07"), 2] as const

  it("begin with a segment that is a day old, not younger, and not the first", () => {
    const any = withUsage(early)
    assert.deepStrictEqual(dates(asked(any, "2025-01-10").remembered), [])
    assert.deepStrictEqual(dates(asked(any, "2025-01-12T23:59").remembered), [])
    assert.deepStrictEqual(dates(asked(any, "2025-01-13").remembered), ["2025-01-12"])
  })

  it("begin with the current period, however young it is", () => {
    const any = withUsage(early)
    assert.deepStrictEqual(dates(asked(any, "2025-02-01T00:01").remembered), ["2025-02-01"])
    assert.deepStrictEqual(dates(asked(any, "2025-02-15", [], "2025-01-10").remembered), ["2025-02-01"])
  })

  it("lose usage that comes late to every balance after them, and to none before them", () => {
    const first = asked(withUsage(early), "2025-01-13")
    assert.deepStrictEqual(figures(first), [119, 31, 0, 150])
    const again = asked(withUsage(early, late), "2025-01-13T00:01", first.remembered)
    assert.deepStrictEqual(figures(again), [119, 31, 0, 150])
    assert.deepStrictEqual(
      figures(asked(withUsage(early, late), "2025-01-11", again.remembered, "2025-01-13")),
      [67, 33, 0, 100]
    )
    const after = [at("2025-01-12T06:00"), 4] as const
    assert.deepStrictEqual(
      figures(asked(withUsage(early, late, after), "2025-01-13T00:02", again.remembered)),
      [115, 35, 0, 150]
    )
  })

  it("of a future period miss the overage that comes before it", () => {
    const ten = (...usage: Usage) =>
      account([grant("g", { amount: 10, minRolloverAmount: 10, maxRolloverAmount: 10 })], usage, {
        preserveOverageAtReset: true
      })
    const { remembered } = asked(ten(), "2025-02-15", [], "2025-01-10")
    const used = ten([at("2025-01-20"), 14])
    assert.deepStrictEqual(figures(asked(used, "2025-02-15", remembered)), [10, 0, 0, 10])
    assert.deepStrictEqual(figures(asked(used, "2025-02-15")), [6, 0, 0, 10])
  })

  it("are kept in the order of their instants, one an instant", () => {
    const snapshot = (day: string, overage = 0) => Snapshot.periodStart(at(day), {}, overage, 0)
    const days = ["2025-01-03", "2025-01-01", "2025-01-02"]
    const remembered = days.reduce<Snapshot.Remembered>((all, day) => Snapshot.remember(all, snapshot(day)), [])
    assert.deepStrictEqual(dates(remembered), ["2025-01-01", "2025-01-02", "2025-01-03"])
    assert.deepStrictEqual(Snapshot.lastAt(remembered, at("2025-01-02T12:00"))?.at, at("2025-01-02"))
    assert.isUndefined(Snapshot.lastAt(remembered, at("2024-12-31")))
    assert.deepStrictEqual(dates(Snapshot.forgetAfter(remembered, at("2025-01-02"))), ["2025-01-01", "2025-01-02"])
    assert.strictEqual(Snapshot.remember(remembered, snapshot("2025-01-02", 7))[1]?.overage, 7)
  })

  it.prop(
    "change nothing as long as no usage comes late",
    { description: ArbitraryAccount, first: int(0, hours), second: int(0, hours), now: int(0, hours) },
    ({ description, first, now, second }) => {
      const any = accountOf(description)
      const before = balanceAt(any, [], hour(first), hour(now))
      assert.isDefined(before)
      // A balance at the very instant of a snapshot already holds the grants that begin there.
      if (before.remembered.some((snapshot) => snapshot.at === hour(second))) return
      assert.deepStrictEqual(
        balanceAt(any, before.remembered, hour(second), hour(now))?.balance,
        balanceAt(any, [], hour(second), hour(now))?.balance
      )
    }
  )
})
