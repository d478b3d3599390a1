import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { balanceAt } from "../../../src/emulator/entitlements/balance.ts"
import * as Engine from "../../../src/emulator/entitlements/engine.ts"
import * as Snapshot from "../../../src/emulator/entitlements/snapshot.ts"
import { periodAt } from "../../../src/emulator/entitlements/usagePeriod.ts"
import { account, accountOf, ArbitraryAccount, at, grant, hour, int, interval, monthly, start } from "./fixtures.ts"

/** The hours of 1,100 usage periods of five days: enough for some of them to be left out. */
const long = 1100 * 5 * 24

const Aggregation = Schema.Literals(["SUM", "COUNT", "UNIQUE_COUNT", "LATEST"])

describe("a calculation over a long time", () => {
  it.prop(
    "comes to the same as one that goes through every period",
    { description: ArbitraryAccount, aggregation: Aggregation, rest: int(0, 300) },
    ({ aggregation, description, rest }) => {
      const account = accountOf(description, aggregation)
      const until = hour(long + rest)
      const begin = Snapshot.periodStart(start, {}, 0, 0)
      const through = Engine.run(account, begin, until)
      const from = Engine.startingPoint(account, [], until)
      assert.deepStrictEqual(Engine.run(account, from, until).end, through.end)
      // Nothing is as long as what these accounts live through at the beginning.
      assert.isAbove(from.at, hour(long / 2))
    }
  )

  it.prop(
    "leaves the same to remember",
    { description: ArbitraryAccount, rest: int(0, 300), now: int(0, long + 300) },
    ({ description, now, rest }) => {
      const account = accountOf(description)
      const until = hour(long + rest)
      const { segments } = Engine.run(account, Snapshot.periodStart(start, {}, 0, 0), until)
      const worth = Snapshot.worthRemembering(segments, hour(now), periodAt(account.periods, until).from)
      assert.deepStrictEqual(balanceAt(account, [], until, hour(now))?.remembered, worth === undefined ? [] : [worth])
    }
  )

  it("ends where every period leaves the same, though some resets and recurrences are years apart", () => {
    const hourly = account(
      [
        grant("yearly", {
          amount: 50,
          maxRolloverAmount: 20,
          recurrence: { anchor: at("2025-07-01"), interval: interval("YEAR") }
        }),
        grant("decade", { effectiveAt: at("2090-01-01"), expiresAt: at("2100-01-01"), priority: 0 })
      ],
      [[at("2025-01-02"), 60]],
      { periods: monthly({ interval: interval("PT1H").duration }), preserveOverageAtReset: true }
    )
    const balances = (instant: string) => balanceAt(hourly, [], at(instant), at("2025-02-01"))?.balance.grantBalances
    assert.deepStrictEqual(balances("2025-06-30"), { yearly: 0 })
    // Of the next 50 the overage takes 40, and the recurrence after that is the first that leaves them whole.
    assert.deepStrictEqual(balances("2025-07-01T00:30"), { yearly: 10 })
    assert.deepStrictEqual(balances("2026-06-30"), { yearly: 10 })
    assert.deepStrictEqual(balances("2026-07-02"), { yearly: 20 })
    assert.deepStrictEqual(balances("2089-12-31"), { yearly: 20 })
    assert.deepStrictEqual(balances("2095-01-01"), { yearly: 20, decade: 100 })
    assert.deepStrictEqual(balances("9999-07-01T00:30"), { yearly: 50 })
    assert.deepStrictEqual(balances("9999-12-31"), { yearly: 20 })
  })
})
