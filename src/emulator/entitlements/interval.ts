/**
 * Intervals on the wire: `DAY`, `WEEK`, `MONTH`, `YEAR` or an ISO 8601 duration.
 */
import * as Duration from "./duration.ts"

const names: ReadonlyMap<string, string> = new Map([
  ["DAY", "P1D"],
  ["WEEK", "P1W"],
  ["MONTH", "P1M"],
  ["YEAR", "P1Y"]
])

/** An interval: its ISO 8601 text and the duration that the text means. */
export interface Interval {
  readonly text: string
  readonly duration: Duration.Duration
}

/** Parses an interval; `undefined` if it is not a duration. */
export const parse = (text: string): Interval | undefined => {
  const iso = names.get(text) ?? text
  const duration = Duration.parse(iso)
  return duration === undefined ? undefined : { text: iso, duration }
}

/** The name of an interval, however it was written (`P12M` is `YEAR`), or its text if it has no name. */
export const nameOf = (interval: Interval): string => {
  for (const [name, iso] of names) {
    const duration = Duration.parse(iso)
    if (duration !== undefined && Duration.equals(duration, interval.duration)) return name
  }
  return interval.text
}
