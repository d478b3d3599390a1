/**
 * The usage periods in which nothing can happen any more, left out of a calculation.
 *
 * An entitlement that is reset every hour has 70 million resets until the year 9999. But between two events or changes of
 * grants, one period soon leaves what the one before it left, and so does every period after it.
 */
import type { Account } from "./Account.ts"
import { approximate } from "./duration.ts"
import * as Grant from "./Grant.ts"
import type { BalanceSnapshot } from "./snapshot.ts"
import { periodAt } from "./usagePeriod.ts"

/** As many resets or recurrences as are calculated one by one: looking ahead would cost more than it saves. */
const few = 1000

const isLong = ({ grants, periods }: Account, from: number, to: number): boolean => {
  const intervals = grants.flatMap(({ recurrence }) => (recurrence === undefined ? [] : [recurrence.interval.duration]))
  return to - from > few * Math.min(...[periods.interval, ...intervals].map(approximate))
}

/** The instants after `from` and before `to` at which anything but a reset or a recurrence happens, with both ends. */
const changes = ({ grants, periods, usage }: Account, from: number, to: number): ReadonlyArray<number> => {
  const instants = [
    ...grants.flatMap((grant) => [grant.effectiveAt, Grant.endOf(grant)]),
    ...periods.manualResets.map(({ at }) => at),
    usage.last ?? from
  ]
  return [from, ...new Set(instants.filter((instant) => from < instant && instant < to)), to].sort((a, b) => a - b)
}

const isSame = (self: BalanceSnapshot, that: BalanceSnapshot): boolean =>
  self.overage === that.overage &&
  self.granted === that.granted &&
  [...Object.keys(self.balances), ...Object.keys(that.balances)].every((id) => self.balances[id] === that.balances[id])

/** Goes on from a snapshot to a reset, which has happened then. */
type Reach = (account: Account, start: BalanceSnapshot, reset: number) => BalanceSnapshot

/** Goes from reset to reset, up to the last one at or before `to`, as long as one leaves anything else than the other. */
const settleWithin = (
  account: Account,
  start: BalanceSnapshot,
  from: number,
  to: number,
  reach: Reach
): BalanceSnapshot => {
  const recurring = account.grants.filter((grant) => grant.recurrence !== undefined && Grant.isActiveAt(grant, from))
  // A grant that recurs is settled when it was filled up while there was no overage left to burn.
  let paid = Number.POSITIVE_INFINITY
  const isSettled = (grant: Grant.Grant, reset: number) =>
    (Grant.nextRecurrence(grant, paid) ?? Number.POSITIVE_INFINITY) < reset
  let reached = start
  for (let reset = periodAt(account.periods, from).to; reset <= to; reset = periodAt(account.periods, reset).to) {
    const before = reached
    reached = reach(account, before, reset)
    if (before.at > from && isSame(before, reached) && recurring.every((grant) => isSettled(grant, before.at))) {
      return { ...reached, at: periodAt(account.periods, to).from }
    }
    if (reached.overage === 0) paid = Math.min(paid, reached.at)
  }
  return reached
}

/**
 * The snapshot from which a calculation to an instant may start in place of an earlier one. It lies at least one usage
 * period before that of the instant, so that all that is remembered of the calculation comes after it.
 */
export const settle = (account: Account, start: BalanceSnapshot, instant: number, reach: Reach): BalanceSnapshot => {
  if (!isLong(account, start.at, instant)) return start
  const limit = periodAt(account.periods, periodAt(account.periods, instant).from - 1).from
  const instants = changes(account, start.at, limit + 1)
  // Whatever changes at the end of a stretch has not happened within it.
  return instants.reduce(
    (reached, to, i) => (i === 0 ? reached : settleWithin(account, reached, instants[i - 1]!, to - 1, reach)),
    start
  )
}
