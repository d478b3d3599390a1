/**
 * IANA time zones: offsets from UTC, and where local days begin.
 */
import { unit } from "../instant.ts"

/** A time zone. Instants and offsets are milliseconds. */
export interface TimeZone {
  /** The offset from UTC at an instant. */
  readonly offsetAt: (instant: number) => number
}

/** Coordinated Universal Time. */
export const utc: TimeZone = { offsetAt: () => 0 }

const intlFormat = (name: string): Intl.DateTimeFormat | undefined => {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" })
  } catch {
    return undefined
  }
}

// Intl accepts names in any case and offsets as names; the server accepts neither.
const isName = (name: string, canonical: string): boolean =>
  /^[A-Z]/.test(name) &&
  name.split("/").every((part) => /^[A-Z]/.test(part)) &&
  (name.toLowerCase() !== canonical.toLowerCase() || name === canonical)

const readOffset = (format: Intl.DateTimeFormat, instant: number): number => {
  const [, sign, hours = 0, minutes = 0, seconds = 0] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(format.format(instant)) ?? []
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
  return (sign === "-" ? -size : size) * 1000
}

// Intl is slow to ask, so a zone remembers the offset at the beginning of each day, and the first second of the new
// offset on days that change it.
const remembering = (format: Intl.DateTimeFormat): TimeZone => {
  const atDayStart = new Map<number, number>()
  const changes = new Map<number, number>()
  const offsetAtStartOf = (day: number): number => {
    const known = atDayStart.get(day)
    if (known !== undefined) return known
    const offset = readOffset(format, day * unit.day)
    atDayStart.set(day, offset)
    return offset
  }
  const changeOf = (day: number, before: number): number => {
    const known = changes.get(day)
    if (known !== undefined) return known
    const change = bisect(day * unit.day, (day + 1) * unit.day, (instant) => readOffset(format, instant) !== before)
    changes.set(day, change)
    return change
  }
  return {
    offsetAt: (instant) => {
      const day = Math.floor(instant / unit.day)
      const before = offsetAtStartOf(day)
      const after = offsetAtStartOf(day + 1)
      return before === after || instant < changeOf(day, before) ? before : after
    }
  }
}

// Zones are cached with what they remember.
const zones = new Map([
  ["", utc],
  ["UTC", utc],
  ["Local", utc]
])

/** The zone of an IANA name (the empty one is UTC), or `undefined` for an unknown name. */
export const byName = (name: string): TimeZone | undefined => {
  const known = zones.get(name)
  if (known !== undefined) return known
  const format = intlFormat(name)
  if (format === undefined || !isName(name, format.resolvedOptions().timeZone)) return undefined
  const zone = remembering(format)
  zones.set(name, zone)
  return zone
}

/** The first whole second in `(low, high]` from which `holds` is true, given that it is false at `low`. */
const bisect = (low: number, high: number, holds: (instant: number) => boolean): number => {
  let before = Math.floor(low / 1000)
  let from = Math.ceil(high / 1000)
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2)
    if (holds(middle * 1000)) from = middle
    else before = middle
  }
  return from * 1000
}

/** The days since 1970-01-01 on the zone's clock. */
export const localDay = (zone: TimeZone, instant: number): number =>
  Math.floor((instant + zone.offsetAt(instant)) / unit.day)

/** The first instant of a local day; it is not midnight where the clock leaps over midnight. */
export const startOfDay = (zone: TimeZone, day: number): number => {
  // No offset is as long as a day.
  const midnight = day * unit.day
  return bisect(midnight - unit.day, midnight + unit.day, (instant) => localDay(zone, instant) >= day)
}

/**
 * The instant at which the zone's clock shows a time, given as if the clock were in UTC.
 *
 * A time that the clock shows twice means the first one; for a time that it leaps over, the offset after the leap
 * counts.
 */
export const fromLocal = (zone: TimeZone, local: number): number => {
  const guess = local - zone.offsetAt(local)
  return local - zone.offsetAt(guess)
}
