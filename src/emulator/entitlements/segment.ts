/**
 * Segments: spans of time in which nothing but usage changes, so that it can be burnt down at once.
 *
 * A segment ends where a grant begins, ends or recurs, and where usage is reset.
 */
import type { Account } from "./Account.ts"
import { burnDown, type GrantUsage } from "./burnDown.ts"
import { plus, sum } from "./decimal.ts"
import * as Grant from "./Grant.ts"
import type { BalanceSnapshot } from "./snapshot.ts"
import { lastReset } from "./usagePeriod.ts"

/** A span of time in which nothing but usage changes, or, with zero length, what happens at an instant. */
export interface Segment {
  readonly start: BalanceSnapshot
  readonly end: BalanceSnapshot
  /** The usage of the segment itself, without the overage it began with. */
  readonly usage: number
  readonly grantUsages: ReadonlyArray<GrantUsage>
}

const starts = (grants: ReadonlyArray<Grant.Grant>, from: number, to: number): ReadonlyArray<number> => {
  const instants = new Set([from])
  for (const grant of grants) {
    for (const instant of [grant.effectiveAt, Grant.endOf(grant), ...Grant.recurrencesBetween(grant, from, to)]) {
      if (from < instant && instant < to) instants.add(instant)
    }
  }
  return [...instants].sort((a, b) => a - b)
}

const usageOf = ({ periods, usage }: Account, from: number, to: number): number => {
  if (from === to) return 0
  if (usage.aggregation !== "UNIQUE_COUNT") return usage.between(from, to)
  // A value counts once between two manual resets, not once in every period between them.
  const since = lastReset(periods, from)
  return usage.between(since, to) - (since < from ? usage.between(since, from) : 0)
}

/**
 * The segment from a snapshot to an instant up to which nothing but usage changes. First the grants that begin or
 * recur are topped up, then the usage is burnt down together with the overage so far.
 */
export const segmentTo = (account: Account, from: BalanceSnapshot, to: number): Segment => {
  const active = account.grants.filter((grant) => Grant.isActiveAt(grant, from.at)).sort(Grant.burnOrder)
  // LATEST is a level, not an increase: every segment burns all of it down from full grants.
  const isWhole = (grant: Grant.Grant): boolean =>
    account.usage.aggregation === "LATEST" || Grant.isWholeAt(grant, from.at)
  const balances = Object.fromEntries(
    active.map((grant) => [grant.id, isWhole(grant) ? grant.amount : (from.balances[grant.id] ?? 0)])
  )
  const usage = usageOf(account, from.at, to)
  const burnt = burnDown(active, balances, plus(usage, from.overage))
  return {
    start: { ...from, balances },
    end: {
      at: to,
      balances: burnt.balances,
      overage: burnt.overage,
      usage: plus(from.usage, usage),
      granted: plus(from.granted, sum(burnt.grantUsages.map(({ usage }) => usage)))
    },
    usage,
    grantUsages: burnt.grantUsages
  }
}

/** The segments from a snapshot to an instant of the same usage period, before anything happens at the instant. */
export const segmentsBefore = (account: Account, from: BalanceSnapshot, until: number): ReadonlyArray<Segment> => {
  if (from.at === until) return []
  const instants = starts(account.grants, from.at, until)
  const segments: Array<Segment> = []
  for (const i of instants.keys()) {
    segments.push(segmentTo(account, segments.at(-1)?.end ?? from, instants[i + 1] ?? until))
  }
  return segments
}
