/**
 * Instants of requests: told from what is none, and written as text.
 *
 * Without a schema, so that a program which only sends events carries none.
 *
 * @since 2.0.0
 */
import * as DateTime from "effect/DateTime"
import * as Predicate from "effect/Predicate"
import type { TimestampInput } from "./Timestamp.ts"

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

const isRfc3339 = (text: string): boolean => {
  const [, year, month, day] = rfc3339.exec(text) ?? []
  if (year === undefined) return false
  // Date carries a day that does not exist over into another month: 30 February comes back as a day of March.
  const date = new Date(`${year}-${month}-01T00:00:00Z`)
  date.setUTCDate(Number(day))
  return date.getUTCMonth() + 1 === Number(month)
}

/** RFC 3339 has years of four digits; the year of an invalid Date is NaN. */
const isFormattable = (date: Date): boolean => date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999

/**
 * Tells whether a value is an instant that a request takes.
 *
 * @internal
 */
export const isTimestampInput = (value: unknown): value is TimestampInput =>
  Predicate.isString(value)
    ? isRfc3339(value)
    : Predicate.isDate(value)
      ? isFormattable(value)
      : DateTime.isDateTime(value) && DateTime.isUtc(value) && isFormattable(DateTime.toDateUtc(value))

/**
 * The text that an instant of a request travels as. A text is sent as it was given.
 *
 * @since 2.0.0
 * @category combinators
 */
export const formatTimestamp = (value: TimestampInput): string =>
  Predicate.isString(value) ? value : Predicate.isDate(value) ? value.toISOString() : DateTime.formatIso(value)
