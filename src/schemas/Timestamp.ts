/**
 * Times: `Date` in responses; `Date`, `DateTime.Utc` or an RFC 3339 string in requests.
 *
 * @since 2.0.0
 */
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { formatTimestamp, isTimestampInput } from "./timestampInput.ts"

/**
 * A time in a response, as a `Date`. Encoded as an RFC 3339 string.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Timestamp = Schema.DateFromString

/**
 * A time in a request: a valid `Date`, a `DateTime.Utc`, or an RFC 3339 string with an offset, e.g.
 * `"2025-06-01T00:00:00Z"`.
 *
 * @since 2.0.0
 * @category models
 */
export type TimestampInput = Date | DateTime.Utc | string

/**
 * Schema of {@link TimestampInput}.
 *
 * @since 2.0.0
 * @category schemas
 */
export const TimestampInput: Schema.Codec<TimestampInput, string> = Schema.String.annotate({
  format: "date-time"
}).pipe(
  Schema.decodeTo(
    Schema.declare(isTimestampInput, {
      expected: 'a valid Date, a DateTime.Utc, or an RFC 3339 date-time with a zone such as "2025-06-01T00:00:00Z"'
    }),
    SchemaTransformation.transform({ decode: (text: string): TimestampInput => text, encode: formatTimestamp })
  )
)
