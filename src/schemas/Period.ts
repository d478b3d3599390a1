/**
 * Periods of time, single and recurring.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"
import { OpenEnum } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * A period of time.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Period = Schema.Struct({
  from: Timestamp.annotateKey({ description: "Start of the period, inclusive." }),
  to: Timestamp.annotateKey({ description: "End of the period, exclusive." })
}).annotate({ identifier: "Period" })

/**
 * A period of time.
 *
 * @since 2.0.0
 * @category models
 */
export interface Period extends Schema.Schema.Type<typeof Period> {}

const components =
  /^P(?!$)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Minimum number of seconds in a year, a month, a week, a day, an hour, a minute and a second. */
const SECONDS = [31_536_000, 2_419_200, 604_800, 86_400, 3600, 60, 1]

const secondsOf = (text: string): number => {
  const [, ...amounts] = components.exec(text) ?? []
  return amounts.reduce((sum, amount, index) => sum + Number(amount ?? 0) * (SECONDS[index] ?? 0), 0)
}

/**
 * An ISO 8601 duration of at least a minute, e.g. `"P1M"`, `"P2W"` or `"PT12H"`.
 *
 * Empty, zero, negative and shorter durations are rejected here, because the server, which keeps time to the minute,
 * would store them and then never stop looking for the end of the period.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IsoDuration = Schema.String.check(
  Schema.makeFilter((value) => secondsOf(value) >= 60, {
    expected: 'an ISO 8601 duration of at least a minute, such as "P1M"'
  })
)

const Unit = Schema.Literals(["DAY", "WEEK", "MONTH", "YEAR"])

/**
 * How often a period recurs: a calendar unit, or an ISO 8601 duration of at least a minute.
 *
 * @since 2.0.0
 * @category models
 */
export type RecurringInterval = typeof Unit.Type | (string & {})

/**
 * Schema of {@link RecurringInterval} in a request.
 *
 * @since 2.0.0
 * @category schemas
 */
export const RecurringInterval: Schema.Codec<RecurringInterval> = Schema.Union([Unit, IsoDuration]).annotate({
  identifier: "RecurringInterval",
  expected: 'DAY, WEEK, MONTH, YEAR, or an ISO 8601 duration of at least a minute, such as "P1M"'
})

/**
 * A recurring period, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const RecurringPeriod = Schema.Struct({
  interval: OpenEnum(Unit).annotateKey({
    description: "How often the period recurs: a calendar unit, or an ISO 8601 duration if no unit fits."
  }),
  intervalISO: Schema.String.annotateKey({ description: "The same as an ISO 8601 duration, as given." }),
  anchor: Timestamp.annotateKey({ description: "Start of one of the periods, from which all others follow." })
}).annotate({ identifier: "RecurringPeriod" })

/**
 * A recurring period, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface RecurringPeriod extends Schema.Schema.Type<typeof RecurringPeriod> {}

/**
 * A recurring period in a request.
 *
 * @since 2.0.0
 * @category schemas
 */
export const RecurringPeriodInput = Schema.Struct({
  interval: RecurringInterval.annotateKey({
    description: "How often the period recurs, at least an hour: DAY, WEEK, MONTH, YEAR, or an ISO 8601 duration."
  }),
  anchor: optional(TimestampInput).annotateKey({
    description:
      "Start of one of the periods, truncated to the minute. Default: now, or for a grant, when it takes effect."
  })
}).annotate({ identifier: "RecurringPeriodInput" })

/**
 * A recurring period in a request.
 *
 * @since 2.0.0
 * @category models
 */
export interface RecurringPeriodInput extends Schema.Schema.Type<typeof RecurringPeriodInput> {}
