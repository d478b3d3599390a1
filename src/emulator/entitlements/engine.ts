/**
 * The calculation of a metered entitlement from one instant to another, through every reset between them.
 */
import type { Account } from "./Account.ts"
import { reset } from "./reset.ts"
import { type Segment, segmentsUntil } from "./segment.ts"
import * as Snapshot from "./snapshot.ts"
import { resetsBetween } from "./usagePeriod.ts"

/** What a calculation finds. */
export interface Run {
  /** At least one. */
  readonly segments: ReadonlyArray<Segment>
  readonly end: Snapshot.BalanceSnapshot
}

const endOf = (segments: ReadonlyArray<Segment>, start: Snapshot.BalanceSnapshot): Snapshot.BalanceSnapshot =>
  segments.at(-1)?.end ?? start

const throughResets = (
  account: Account,
  start: Snapshot.BalanceSnapshot,
  resets: ReadonlyArray<number>
): Array<Segment> => {
  const segments: Array<Segment> = []
  for (const at of resets) {
    segments.push(...segmentsUntil(account, endOf(segments, start), at, true))
    segments.push(reset(account.grants, endOf(segments, start), account.preserveOverageAtReset))
  }
  return segments
}

/** Calculates from a snapshot to an instant; a reset or a recurrence at the instant itself has happened by then. */
export const run = (account: Account, start: Snapshot.BalanceSnapshot, until: number): Run => {
  const segments = throughResets(account, start, resetsBetween(account.periods, start.at, until))
  segments.push(...segmentsUntil(account, endOf(segments, start), until, false))
  return { segments, end: endOf(segments, start) }
}

/** What a manual reset leaves: it decides by itself, instead of the entitlement, what becomes of the overage. */
export const resetManually = (
  account: Account,
  start: Snapshot.BalanceSnapshot,
  at: number,
  preserveOverage: boolean
): Snapshot.BalanceSnapshot => {
  // A boundary at the same instant is this reset.
  const earlier = resetsBetween(account.periods, start.at, at).filter((reset) => reset < at)
  const segments = throughResets(account, start, earlier)
  segments.push(...segmentsUntil(account, endOf(segments, start), at, true))
  return reset(account.grants, endOf(segments, start), preserveOverage).end
}

/** Where a calculation to an instant starts: at the last snapshot remembered by then, or where measurement begins. */
export const startingPoint = (
  account: Account,
  remembered: Snapshot.Remembered,
  instant: number
): Snapshot.BalanceSnapshot =>
  Snapshot.lastAt(remembered, instant) ?? Snapshot.periodStart(account.periods.measureUsageFrom, {}, 0, 0)
