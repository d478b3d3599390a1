/**
 * Usage periods: the consecutive spans over which a metered entitlement measures usage.
 *
 * A period ends at the next boundary of its recurrence (a programmatic reset) or where a caller resets usage (a manual
 * reset), which may also move the anchor of the boundaries after it.
 */
import type { Duration } from "./duration.ts"
import * as Recurrence from "./recurrence.ts"

/** A span of time: `from` belongs to it, `to` does not. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** A reset that a caller requested. */
export interface ManualReset {
  readonly at: number
  /** The anchor of the boundaries that follow. */
  readonly anchor: number
}

/** Everything that determines the usage periods of an entitlement. */
export interface UsagePeriods {
  /** Where the first period begins, regardless of the boundaries. */
  readonly measureUsageFrom: number
  readonly anchor: number
  readonly interval: Duration
  /** In chronological order. */
  readonly manualResets: ReadonlyArray<ManualReset>
}

/** The boundaries in force from an instant until the next manual reset. */
interface Stretch extends Recurrence.Recurrence {
  readonly from: number
  readonly to: number
}

const stretches = (periods: UsagePeriods): ReadonlyArray<Stretch> => {
  const starts = [{ at: periods.measureUsageFrom, anchor: periods.anchor }, ...periods.manualResets]
  return starts.map(({ anchor, at }, i) => ({
    from: at,
    to: starts[i + 1]?.at ?? Number.POSITIVE_INFINITY,
    anchor,
    interval: periods.interval
  }))
}

/** The anchor of the boundaries in force: that of the last manual reset, or else the first. */
export const anchorInForce = (periods: UsagePeriods): number => periods.manualResets.at(-1)?.anchor ?? periods.anchor

/** When a caller last reset usage, up to an instant; if never, where measurement begins. */
export const lastReset = (periods: UsagePeriods, instant = Number.POSITIVE_INFINITY): number =>
  periods.manualResets.findLast(({ at }) => at <= instant)?.at ?? periods.measureUsageFrom

/** The period of an instant; before measurement begins, the first period. */
export const periodAt = (periods: UsagePeriods, instant: number): Period => {
  const at = Math.max(instant, periods.measureUsageFrom)
  const stretch = stretches(periods).findLast((stretch) => stretch.from <= at)
  // Unreachable: the first stretch begins at measureUsageFrom.
  if (stretch === undefined) throw new RangeError("no usage period")
  return {
    from: Math.max(stretch.from, Recurrence.atOrBefore(stretch, at)),
    to: Math.min(stretch.to, Recurrence.after(stretch, at))
  }
}

/** The resets of both kinds after `from` and up to `to`, which is included. */
export const resetsBetween = (periods: UsagePeriods, from: number, to: number): ReadonlyArray<number> =>
  stretches(periods).flatMap((stretch) => {
    const manual = from < stretch.from && stretch.from <= to ? [stretch.from] : []
    const [start, end] = [Math.max(stretch.from, from), Math.min(stretch.to, to)]
    if (start >= end) return manual
    // A boundary at the end of the stretch is the manual reset that ends it.
    return manual.concat(Recurrence.between(stretch, start, end).filter((boundary) => boundary < stretch.to))
  })
