/**
 * Windows of a meter query, by the clock of a time zone.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import { unit } from "../instant.ts"
import * as TimeZone from "./TimeZone.ts"

/** One window, in epoch milliseconds. */
export interface Window {
  readonly start: number
  readonly end: number
}

const monthStart = (zone: TimeZone.TimeZone, year: number, month: number): number =>
  TimeZone.startOfDay(zone, Date.UTC(year, month) / unit.day)

const monthOf = (zone: TimeZone.TimeZone, day: number): Window => {
  const date = new Date(day * unit.day)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return { start: monthStart(zone, year, month), end: monthStart(zone, year, month + 1) }
}

// A day ends a calendar day after its start, even where the next one does not begin at that time of the clock.
const dayFrom = (zone: TimeZone.TimeZone, start: number): Window => ({
  start,
  end: TimeZone.fromLocal(zone, start + zone.offsetAt(start) + unit.day)
})

const within = (dayStart: number, instant: number, length: number): Window => {
  const start = dayStart + Math.floor((instant - dayStart) / length) * length
  return { start, end: start + length }
}

/**
 * The window that holds an instant. Hours and minutes are counted from the beginning of the local day, so that both
 * hours of a repeated hour are windows of their own.
 *
 * The returned function remembers the last day, which makes it cheap for instants in order.
 */
export const windows = (size: WindowSize, zone: TimeZone.TimeZone): ((instant: number) => Window) => {
  let dayStart = Infinity
  let nextDay = -Infinity
  let whole: Window = { start: Infinity, end: -Infinity }
  return (instant) => {
    if (instant < dayStart || instant >= nextDay) {
      const day = TimeZone.localDay(zone, instant)
      dayStart = TimeZone.startOfDay(zone, day)
      nextDay = TimeZone.startOfDay(zone, day + 1)
      if (size === "DAY") whole = dayFrom(zone, dayStart)
      if (size === "MONTH") whole = monthOf(zone, day)
    }
    if (size === "MINUTE") return within(dayStart, instant, unit.minute)
    if (size === "HOUR") return within(dayStart, instant, unit.hour)
    return whole
  }
}

/** The minute in UTC that holds an instant. */
export const minuteOf = (instant: number): Window => within(0, instant, unit.minute)
