/**
 * Spans of time: one, or one that comes again.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"
import { OpenEnum } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * A span of time.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Period = Schema.Struct({
  from: Timestamp.annotateKey({ description: "Where the period begins; it belongs to it." }),
  to: Timestamp.annotateKey({ description: "Where the period ends; it does not belong to it." })
}).annotate({ identifier: "Period" })

/**
 * A span of time.
 *
 * @since 2.0.0
 * @category models
 */
export interface Period extends Schema.Schema.Type<typeof Period> {}

const components =
  /^P(?!$)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** How many seconds a year, a month, a week, a day, an hour, a minute and a second have at the least. */
const SECONDS = [31_536_000, 2_419_200, 604_800, 86_400, 3600, 60, 1]

const secondsOf = (text: string): number => {
  const [, ...amounts] = components.exec(text) ?? []
  return amounts.reduce((sum, amount, index) => sum + Number(amount ?? 0) * (SECONDS[index] ?? 0), 0)
}

/**
 * A length of time of at least a minute, in ISO 8601, e.g. `"P1M"`, `"P2W"` or `"PT12H"`.
 *
 * A length that is empty, zero, negative or shorter is refused here: a server, which keeps time to the minute, would
 * store it, and never find an end to it.
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
 * How often something comes again: a calendar unit, or an ISO 8601 duration of at least a minute.
 *
 * @since 2.0.0
 * @category models
 */
export type RecurringInterval = typeof Unit.Type | (string & {})

/**
 * The schema of {@link RecurringInterval} in a request.
 *
 * @since 2.0.0
 * @category schemas
 */
export const RecurringInterval: Schema.Codec<RecurringInterval> = Schema.Union([Unit, IsoDuration]).annotate({
  identifier: "RecurringInterval",
  expected: 'DAY, WEEK, MONTH, YEAR, or an ISO 8601 duration of at least a minute, such as "P1M"'
})

/**
 * A span of time that comes again, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const RecurringPeriod = Schema.Struct({
  interval: OpenEnum(Unit).annotateKey({
    description: "How often the period comes again: a calendar unit, or an ISO 8601 duration where no unit fits."
  }),
  intervalISO: Schema.String.annotateKey({ description: "The same as an ISO 8601 duration, as it was given." }),
  anchor: Timestamp.annotateKey({ description: "An instant at which a period begins; all others follow from it." })
}).annotate({ identifier: "RecurringPeriod" })

/**
 * A span of time that comes again, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface RecurringPeriod extends Schema.Schema.Type<typeof RecurringPeriod> {}

/**
 * A span of time that comes again, as a program gives it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const RecurringPeriodInput = Schema.Struct({
  interval: RecurringInterval.annotateKey({
    description: "How often the period comes again, at least an hour: DAY, WEEK, MONTH, YEAR, or an ISO 8601 duration."
  }),
  anchor: optional(TimestampInput).annotateKey({
    description:
      "An instant at which a period begins, cut to the minute. Default: now; of a grant, when it takes effect."
  })
}).annotate({ identifier: "RecurringPeriodInput" })

/**
 * A span of time that comes again, as a program gives it.
 *
 * @since 2.0.0
 * @category models
 */
export interface RecurringPeriodInput extends Schema.Schema.Type<typeof RecurringPeriodInput> {}
