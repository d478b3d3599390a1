/**
 * The balance history of a metered entitlement: its burn-down in segments, and its usage in windows.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import type { Account } from "./Account.ts"
import { sum } from "./decimal.ts"
import * as Engine from "./engine.ts"
import * as Grant from "./Grant.ts"
import type { Segment } from "./segment.ts"
import type { Remembered } from "./snapshot.ts"
import type { Period } from "./usagePeriod.ts"
import { windowsOf } from "./window.ts"

/** The range of a history, and its windows. */
export interface HistoryRange extends Period {
  readonly windowSize: WindowSize
  /** The offset from UTC in which windows begin, in milliseconds. */
  readonly offset: number
}

/** The usage that a meter shows for one of its windows. */
export interface WindowUsage extends Period {
  readonly usage: number
}

/** A segment as a history shows it: with every grant that was active at any time in the range of the history. */
export interface HistorySegment {
  readonly period: Period
  readonly usage: number
  readonly overage: number
  readonly balanceAtStart: number
  readonly balanceAtEnd: number
  readonly grantBalancesAtStart: Readonly<Record<string, number>>
  readonly grantBalancesAtEnd: Readonly<Record<string, number>>
  readonly grantUsages: Segment["grantUsages"]
}

/** A window as a history shows it. */
export interface HistoryWindow {
  readonly period: Period
  readonly usage: number
  readonly balanceAtStart: number
}

/** A balance history. */
export interface History {
  readonly burndownHistory: ReadonlyArray<HistorySegment>
  readonly windowedHistory: ReadonlyArray<HistoryWindow>
}

const burndownHistory = (
  account: Account,
  remembered: Remembered,
  { from, to }: Period
): ReadonlyArray<HistorySegment> => {
  const before = Engine.reach(account, Engine.startingPoint(account, remembered, from), from)
  const grants = account.grants.filter((grant) => Grant.isActiveWithin(grant, from, to))
  const balancesOf = (snapshot: Segment["start"]): Readonly<Record<string, number>> =>
    Object.fromEntries(grants.map(({ id }) => [id, snapshot.balances[id] ?? 0]))
  return Engine.run(account, before, to).segments.map(({ end, grantUsages, start, usage }) => {
    const [grantBalancesAtStart, grantBalancesAtEnd] = [balancesOf(start), balancesOf(end)]
    return {
      period: { from: start.at, to: end.at },
      usage,
      overage: end.overage,
      balanceAtStart: sum(Object.values(grantBalancesAtStart)),
      balanceAtEnd: sum(Object.values(grantBalancesAtEnd)),
      grantBalancesAtStart,
      grantBalancesAtEnd,
      grantUsages
    }
  })
}

const windowedHistory = (
  account: Account,
  segments: ReadonlyArray<HistorySegment>,
  windows: ReadonlyArray<Period>,
  usages: ReadonlyArray<WindowUsage>
): ReadonlyArray<HistoryWindow> => {
  const history: Array<HistoryWindow> = []
  const usageByWindow = new Map(usages.map(({ from, to, usage }) => [`${from}/${to}`, usage]))
  // Windows and segments are both in chronological order.
  let begun = 0
  for (const window of windows) {
    while ((segments[begun]?.period.from ?? Number.POSITIVE_INFINITY) <= window.from) begun += 1
    const last = segments[begun - 1]
    const previous = history.at(-1)
    // A window continues from the one before it, unless a segment has begun since: then from that segment.
    const balanceAtStart =
      last === undefined
        ? 0
        : previous !== undefined && last.period.from <= previous.period.from
          ? previous.balanceAtStart - previous.usage
          : last.balanceAtStart -
            (last.period.from < window.from ? account.usage.between(last.period.from, window.from) : 0)
    const usage = usageByWindow.get(`${window.from}/${window.to}`) ?? 0
    history.push({ period: window, usage, balanceAtStart: Math.max(0, balanceAtStart) })
  }
  return history
}

/**
 * The history of a range. `usages` is what the meter shows for the range in windows of the same size; only windows of
 * exactly the same bounds count.
 */
export const historyOf = (
  account: Account,
  remembered: Remembered,
  range: HistoryRange,
  usages: ReadonlyArray<WindowUsage>
): History => {
  const windows = windowsOf(range.windowSize, range.offset, range.from, range.to)
  const measured = windows.filter(({ from }) => from >= account.periods.measureUsageFrom)
  const first = windows[0]?.from ?? range.from
  const from = first < account.periods.measureUsageFrom ? range.from : Math.min(first, range.from)
  const burndown = burndownHistory(account, remembered, { from, to: range.to })
  return {
    burndownHistory: burndown,
    windowedHistory: windowedHistory(account, burndown, measured, usages)
  }
}
