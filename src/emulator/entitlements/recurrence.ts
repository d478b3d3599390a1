/**
 * Recurrences: instants at an interval from an anchor, before it as well as after it.
 *
 * Every occurrence is computed from the anchor, never from the one before, so that the day of a month never drifts:
 * 31 January is followed by 28 February and 31 March.
 */
import { add } from "./calendar.ts"
import { approximate, type Duration } from "./duration.ts"

/** An anchor and the interval at which it recurs. The interval must be longer than zero. */
export interface Recurrence {
  readonly anchor: number
  readonly interval: Duration
}

/** The occurrence `n` intervals after the anchor (before it, when `n` is negative). */
export const occurrence = (recurrence: Recurrence, n: number): number => add(recurrence.anchor, recurrence.interval, n)

const indexAtOrBefore = (recurrence: Recurrence, instant: number): number => {
  let n = Math.floor((instant - recurrence.anchor) / approximate(recurrence.interval))
  // Months differ from their mean length by days: the estimate is at most a few occurrences off.
  while (occurrence(recurrence, n) > instant) n -= 1
  while (occurrence(recurrence, n + 1) <= instant) n += 1
  return n
}

/** The last occurrence at or before an instant. */
export const atOrBefore = (recurrence: Recurrence, instant: number): number =>
  occurrence(recurrence, indexAtOrBefore(recurrence, instant))

/** The first occurrence after an instant. */
export const after = (recurrence: Recurrence, instant: number): number =>
  occurrence(recurrence, indexAtOrBefore(recurrence, instant) + 1)

/** The first occurrence at or after an instant. */
export const atOrAfter = (recurrence: Recurrence, instant: number): number => after(recurrence, instant - 1)

/** Whether an instant is an occurrence. */
export const fallsOn = (recurrence: Recurrence, instant: number): boolean => atOrBefore(recurrence, instant) === instant

/** The occurrences after `from` and up to `to`, which is included. */
export const between = (recurrence: Recurrence, from: number, to: number): ReadonlyArray<number> => {
  const occurrences: Array<number> = []
  for (let n = indexAtOrBefore(recurrence, from) + 1, at = occurrence(recurrence, n); at <= to;) {
    occurrences.push(at)
    n += 1
    at = occurrence(recurrence, n)
  }
  return occurrences
}
