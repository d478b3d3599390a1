/**
 * Balance snapshots: the state of an entitlement at an instant, from which a calculation can continue.
 *
 * The server remembers some of them, so that it need not start from the beginning. Usage that arrives late, for a time
 * before a remembered one, is lost to every balance calculated from it.
 */
import { unit } from "../instant.ts"
import type { Balances } from "./burnDown.ts"

/** The state of an entitlement at an instant. */
export interface BalanceSnapshot {
  readonly at: number
  readonly balances: Balances
  /** Usage that no grant has covered yet. */
  readonly overage: number
  /** The usage of the period so far. */
  readonly usage: number
  /** What grants have covered in the period so far, of usage and of overage. */
  readonly granted: number
}

/** A snapshot at which a usage period begins. */
export const periodStart = (at: number, balances: Balances, overage: number, granted: number): BalanceSnapshot => ({
  at,
  balances,
  overage,
  usage: 0,
  granted
})

/** The remembered snapshots, in chronological order. */
export type Remembered = ReadonlyArray<BalanceSnapshot>

/** The last remembered snapshot at or before an instant. */
export const lastAt = (remembered: Remembered, instant: number): BalanceSnapshot | undefined =>
  remembered.findLast((snapshot) => snapshot.at <= instant)

/** Remembers a snapshot; it replaces one of the same instant. */
export const remember = (remembered: Remembered, snapshot: BalanceSnapshot): Remembered => [
  ...remembered.filter(({ at }) => at < snapshot.at),
  snapshot,
  ...remembered.filter(({ at }) => at > snapshot.at)
]

/** Forgets what lies after an instant; a snapshot at the instant stays. */
export const forgetAfter = (remembered: Remembered, instant: number): Remembered =>
  remembered.filter(({ at }) => at <= instant)

/** How long late usage is awaited before a segment of the current period is remembered. */
const gracePeriod = unit.day

/**
 * The snapshot of a calculation to remember: the start of its last segment, other than the first, that began a day ago
 * or before the current period.
 */
export const worthRemembering = (
  segments: ReadonlyArray<{ readonly start: BalanceSnapshot }>,
  now: number,
  periodFrom: number
): BalanceSnapshot | undefined => {
  const latest = Math.max(now - gracePeriod, periodFrom)
  return segments.slice(1).findLast(({ start }) => start.at <= latest)?.start
}
