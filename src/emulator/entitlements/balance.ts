/**
 * The balance of a metered entitlement at an instant.
 */
import { ceilToMinute } from "../instant.ts"
import type { Account } from "./Account.ts"
import { plus, sum } from "./decimal.ts"
import * as Engine from "./engine.ts"
import * as Grant from "./Grant.ts"
import * as Snapshot from "./snapshot.ts"
import { periodAt } from "./usagePeriod.ts"

/** The balance and the usage of a metered entitlement. */
export interface Balance {
  readonly balance: number
  readonly usage: number
  readonly overage: number
  /** What grants have given in the period plus what they still have. */
  readonly totalAvailableGrantAmount: number
  /** The balance of every grant that is active, by its id. */
  readonly grantBalances: Readonly<Record<string, number>>
}

/** A balance, and the snapshots that are remembered once it was calculated. */
export interface BalanceAt {
  readonly balance: Balance
  readonly remembered: Snapshot.Remembered
}

/**
 * The balance at the end of the minute that holds an instant, requested at `now`; `undefined` before measurement
 * begins.
 */
export const balanceAt = (
  account: Account,
  remembered: Snapshot.Remembered,
  instant: number,
  now: number
): BalanceAt | undefined => {
  const at = ceilToMinute(instant)
  if (at < account.periods.measureUsageFrom) return undefined
  const { end, segments } = Engine.run(account, Engine.startingPoint(account, remembered, at), at)
  const grantBalances = Object.fromEntries(
    account.grants.filter((grant) => Grant.isActiveAt(grant, at)).map(({ id }) => [id, end.balances[id] ?? 0])
  )
  const balance = sum(Object.values(grantBalances))
  const worth = Snapshot.worthRemembering(segments, now, periodAt(account.periods, at).from)
  return {
    balance: {
      balance,
      usage: end.usage,
      overage: end.overage,
      totalAvailableGrantAmount: plus(end.granted, balance),
      grantBalances
    },
    remembered: worth === undefined ? remembered : Snapshot.remember(remembered, worth)
  }
}
