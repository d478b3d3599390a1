/**
 * ISO 8601 durations: the intervals of usage periods and recurrences.
 *
 * A duration keeps years and months apart from exact time, since their length depends on where they are added, and
 * years apart from months, since the server cuts the day after each of the two.
 */
import { unit } from "../instant.ts"

/** A duration. Weeks and days have fixed lengths (everything is UTC), so they are part of `milliseconds`. */
export interface Duration {
  readonly years: number
  readonly months: number
  readonly milliseconds: number
}

/** The mean length of a month of the Gregorian calendar, in milliseconds: 400 years are 146,097 days. */
export const meanMonth = (146_097 * unit.day) / 4800

const pattern =
  /^P(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Parses a duration; `undefined` if it is invalid, such as `P` and `PT`, which name no unit. */
export const parse = (text: string): Duration | undefined => {
  const amounts = pattern.exec(text)?.slice(1)
  if (amounts === undefined || amounts.every((amount) => amount === undefined)) return undefined
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = amounts.map((amount) =>
    Number(amount ?? 0)
  )
  // Calendars have no fractions: that of a year goes to the months, that of a month to the exact time.
  const allMonths = months + (years % 1) * 12
  return {
    years: Math.trunc(years),
    months: Math.trunc(allMonths),
    milliseconds: Math.round(
      (allMonths % 1) * meanMonth +
        weeks * unit.week +
        days * unit.day +
        hours * unit.hour +
        minutes * unit.minute +
        seconds * unit.second
    )
  }
}

/** The approximate length of a duration in milliseconds; exact without years and months. */
export const approximate = (duration: Duration): number =>
  (duration.years * 12 + duration.months) * meanMonth + duration.milliseconds

/** Whether two durations are the same whatever they are added to: `P1Y` and `P12M`, `P1D` and `PT24H`. */
export const equals = (self: Duration, that: Duration): boolean =>
  self.years * 12 + self.months === that.years * 12 + that.months && self.milliseconds === that.milliseconds
