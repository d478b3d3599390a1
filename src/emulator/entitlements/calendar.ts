/**
 * Calendar arithmetic in UTC, on epoch milliseconds.
 */
import type { Duration } from "./duration.ts"

const daysInMonth = (year: number, month: number): number =>
  new Date(new Date(0).setUTCFullYear(year, month + 1, 0)).getUTCDate()

/** Adds months and cuts the day to the length of the month reached: 31 January and a month is 28 or 29 February. */
export const addMonths = (instant: number, months: number): number => {
  const date = new Date(instant)
  const total = date.getUTCFullYear() * 12 + date.getUTCMonth() + months
  const [year, month] = [Math.floor(total / 12), ((total % 12) + 12) % 12]
  return new Date(instant).setUTCFullYear(year, month, Math.min(date.getUTCDate(), daysInMonth(year, month)))
}

/** Adds months and lets the day overflow into the next month: 31 January and a month is 2 or 3 March. */
export const addMonthsOverflowing = (instant: number, months: number): number =>
  new Date(instant).setUTCMonth(new Date(instant).getUTCMonth() + months)

/** Adds a duration `times` times at once: years first, then months, each cutting the day, then the exact time. */
export const add = (instant: number, duration: Duration, times: number): number =>
  addMonths(addMonths(instant, duration.years * times * 12), duration.months * times) + duration.milliseconds * times
