/**
 * Validation and formatting of times in requests.
 *
 * Without a schema, so that a program that only sends events does not bundle schemas.
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
  // Date rolls a day that does not exist over into the next month: February 30 becomes a day in March.
  const date = new Date(`${year}-${month}-01T00:00:00Z`)
  date.setUTCDate(Number(day))
  return date.getUTCMonth() + 1 === Number(month)
}

/** RFC 3339 years have four digits. The year of an invalid Date is NaN. */
const isFormattable = (date: Date): boolean => date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999

/**
 * Returns whether a value is a valid time for a request.
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
 * Formats a time for a request. A string is sent unchanged.
 *
 * @since 2.0.0
 * @category combinators
 */
export const formatTimestamp = (value: TimestampInput): string =>
  Predicate.isString(value) ? value : Predicate.isDate(value) ? value.toISOString() : DateTime.formatIso(value)
