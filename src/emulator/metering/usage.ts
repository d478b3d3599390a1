/**
 * The usage that entitlements are charged with: what a meter shows for some subjects in a range.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import { accumulatorOf } from "./aggregate.ts"
import type { Accumulator } from "./aggregate.ts"
import type { EventLog } from "./EventLog.ts"
import type { Metering } from "./Meter.ts"
import { select } from "./selection.ts"
import type { StringFilter } from "./StringFilter.ts"
import type { TimeZone } from "./TimeZone.ts"
import { windows } from "./window.ts"
import type { Window } from "./window.ts"

/** Whose usage, in what range, of which groups. */
export interface UsageQuery {
  /** Inclusive, in epoch milliseconds; cut to the second. */
  readonly from: number
  /** Exclusive, in epoch milliseconds; cut to the second. */
  readonly to: number
  /** The usage of all these subjects is combined. */
  readonly subjects: ReadonlyArray<string>
  /** Filters by group of the meter, as features have them; an event must pass all of them. */
  readonly groupByFilters?: Readonly<Record<string, StringFilter>> | undefined
}

/** The usage in one window. */
export interface WindowedUsage extends Window {
  readonly value: number
}

/** The usage in `[from, to)`; 0 without events. */
export const usage = (log: EventLog, meter: Metering, query: UsageQuery): number => {
  const total = accumulatorOf(meter)()
  for (const event of select(log, meter, query)) total.add(event.data)
  return total.value() ?? 0
}

/**
 * The usage in the windows of a zone's clock, by time. A window counts only what is in `[from, to)`, and is left out
 * if it has no event with a value; windows need not fit `from` and `to`.
 */
export const windowedUsage = (
  log: EventLog,
  meter: Metering,
  query: UsageQuery & { readonly windowSize: WindowSize; readonly timeZone: TimeZone }
): ReadonlyArray<WindowedUsage> => {
  const makeAccumulator = accumulatorOf(meter)
  const windowOf = windows(query.windowSize, query.timeZone)
  const totals = new Map<number, readonly [Window, Accumulator]>()
  for (const event of select(log, meter, query)) {
    const window = windowOf(event.time)
    let entry = totals.get(window.start)
    if (entry === undefined) totals.set(window.start, (entry = [window, makeAccumulator()]))
    entry[1].add(event.data)
  }
  return [...totals.values()].flatMap(([window, total]) => {
    const value = total.value()
    return value === undefined ? [] : [{ ...window, value }]
  })
}
