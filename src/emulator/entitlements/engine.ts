/**
 * The calculation of a metered entitlement from one instant to another, through every reset between them.
 */
import type { Account } from "./Account.ts"
import * as Grant from "./Grant.ts"
import { reset } from "./reset.ts"
import { type Segment, segmentsBefore, segmentTo } from "./segment.ts"
import { settle } from "./settle.ts"
import * as Snapshot from "./snapshot.ts"
import { resetsBetween } from "./usagePeriod.ts"

/** The result of a calculation. */
export interface Run {
  /** At least one. */
  readonly segments: ReadonlyArray<Segment>
  readonly end: Snapshot.BalanceSnapshot
}

// The segments up to an instant and the resets among them, before anything else happens at the instant.
const segmentsThrough = (
  account: Account,
  start: Snapshot.BalanceSnapshot,
  resets: ReadonlyArray<number>,
  until: number
): ReadonlyArray<Segment> => {
  let reached = start
  const calculateTo = (instant: number): ReadonlyArray<Segment> => {
    const segments = segmentsBefore(account, reached, instant)
    reached = endOf(segments, reached)
    return segments
  }
  const resetAt = (instant: number): ReadonlyArray<Segment> => {
    const before = calculateTo(instant)
    const segment = reset(account.grants, reached, account.preserveOverageAtReset)
    reached = segment.end
    return [...before, segment]
  }
  return [...resets.flatMap(resetAt), ...calculateTo(until)]
}

const endOf = (segments: ReadonlyArray<Segment>, start: Snapshot.BalanceSnapshot): Snapshot.BalanceSnapshot =>
  segments.at(-1)?.end ?? start

/**
 * The state in which an instant is reached: a reset at the instant has happened, but what begins or recurs at it has
 * not. A calculation may continue from there as if it had not been interrupted.
 */
export const reach = (account: Account, start: Snapshot.BalanceSnapshot, instant: number): Snapshot.BalanceSnapshot =>
  endOf(segmentsThrough(account, start, resetsBetween(account.periods, start.at, instant), instant), start)

const recursAt = (account: Account, instant: number): boolean =>
  account.grants.some((grant) => Grant.recurrencesBetween(grant, instant - 1, instant).length > 0)

/** Calculates from a snapshot to an instant; a reset or a recurrence at the instant has happened by then. */
export const run = (account: Account, start: Snapshot.BalanceSnapshot, until: number): Run => {
  const resets = resetsBetween(account.periods, start.at, until)
  const segments = segmentsThrough(account, start, resets, until)
  const reached = endOf(segments, start)
  if (segments.length > 0 && resets.at(-1) !== until && !recursAt(account, until)) return { segments, end: reached }
  const last = segmentTo(account, reached, until)
  return { segments: [...segments, last], end: last.end }
}

/** The state after a manual reset, which itself decides whether the overage is preserved. */
export const resetManually = (
  account: Account,
  start: Snapshot.BalanceSnapshot,
  at: number,
  preserveOverage: boolean
): Snapshot.BalanceSnapshot => {
  // A boundary at the same instant is this reset.
  const earlier = resetsBetween(account.periods, start.at, at).filter((boundary) => boundary < at)
  const reached = endOf(segmentsThrough(account, start, earlier, at), start)
  return reset(account.grants, reached, preserveOverage).end
}

/**
 * Where a calculation to an instant starts: at the last snapshot remembered by then, or where measurement begins; later
 * if nothing changes for a long time after that.
 */
export const startingPoint = (
  account: Account,
  remembered: Snapshot.Remembered,
  instant: number
): Snapshot.BalanceSnapshot =>
  settle(
    account,
    Snapshot.lastAt(remembered, instant) ?? Snapshot.periodStart(account.periods.measureUsageFrom, {}, 0, 0),
    instant,
    reach
  )
