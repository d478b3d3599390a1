/**
 * Skips usage periods in which nothing changes.
 *
 * An entitlement that is reset every hour has 70 million resets before the year 9999. But between two events or changes
 * of grants a period soon ends in the same state as the one before it, and then so does every later one.
 */
import type { Account } from "./Account.ts"
import { approximate } from "./duration.ts"
import * as Grant from "./Grant.ts"
import type { BalanceSnapshot } from "./snapshot.ts"
import { periodAt } from "./usagePeriod.ts"

/** How many resets or recurrences are calculated one by one, because looking ahead would cost more than it saves. */
const few = 1000

const isLong = ({ grants, periods }: Account, from: number, to: number): boolean => {
  const intervals = grants.flatMap(({ recurrence }) => (recurrence === undefined ? [] : [recurrence.interval.duration]))
  return to - from > few * Math.min(...[periods.interval, ...intervals].map(approximate))
}

/** The instants between `from` and `to` at which anything but a reset or a recurrence happens, and both ends. */
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

/** Calculates from a snapshot through a reset. */
type Reach = (account: Account, start: BalanceSnapshot, reset: number) => BalanceSnapshot

/** Calculates reset by reset up to the last one at or before `to`, and skips the rest once the state repeats. */
const settleWithin = (
  account: Account,
  start: BalanceSnapshot,
  from: number,
  to: number,
  reach: Reach
): BalanceSnapshot => {
  const recurring = account.grants.filter((grant) => grant.recurrence !== undefined && Grant.isActiveAt(grant, from))
  // A recurring grant has settled once it has recurred with no overage left to burn.
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
 * A later snapshot from which a calculation to an instant may start with the same result. It is at least one usage
 * period before that of the instant, so that what is remembered of the calculation does not change either.
 */
export const settle = (account: Account, start: BalanceSnapshot, instant: number, reach: Reach): BalanceSnapshot => {
  if (!isLong(account, start.at, instant)) return start
  const limit = periodAt(account.periods, periodAt(account.periods, instant).from - 1).from
  const instants = changes(account, start.at, limit + 1)
  // A change at the end of a stretch belongs to the next one.
  return instants.reduce(
    (reached, to, i) => (i === 0 ? reached : settleWithin(account, reached, instants[i - 1]!, to - 1, reach)),
    start
  )
}
