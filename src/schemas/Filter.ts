/**
 * Filters of lists and queries: one operator per object, combined with `$and` and `$or`.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"
import { TimestampInput } from "./Timestamp.ts"

/**
 * A filter on a string.
 *
 * @since 2.0.0
 * @category models
 */
export interface FilterString {
  /** Equal to the string. */
  readonly $eq?: string | undefined
  /** Not equal to the string. */
  readonly $ne?: string | undefined
  /** One of the strings. */
  readonly $in?: ReadonlyArray<string> | undefined
  /** None of the strings. */
  readonly $nin?: ReadonlyArray<string> | undefined
  /** Matches the pattern, in which `%` stands for any characters and `_` for a single one. */
  readonly $like?: string | undefined
  /** Does not match the pattern. */
  readonly $nlike?: string | undefined
  /** Matches the pattern, ignoring case. */
  readonly $ilike?: string | undefined
  /** Does not match the pattern, ignoring case. */
  readonly $nilike?: string | undefined
  /** Greater than the string, by code point. */
  readonly $gt?: string | undefined
  /** Greater than or equal to the string, by code point. */
  readonly $gte?: string | undefined
  /** Less than the string, by code point. */
  readonly $lt?: string | undefined
  /** Less than or equal to the string, by code point. */
  readonly $lte?: string | undefined
  /** All of the filters match. */
  readonly $and?: ReadonlyArray<FilterString> | undefined
  /** At least one of the filters matches. */
  readonly $or?: ReadonlyArray<FilterString> | undefined
}

/** The server accepts one operator per object. Several operators are combined with `$and`. */
const isOneOperator = Schema.makeFilter(
  (filter: object) => Object.values(filter).filter((value) => value !== undefined).length <= 1,
  { expected: "one operator per object: combine several with $and" }
)

const text = optional(Schema.String)
const texts = optional(Schema.Array(Schema.String))

/**
 * Schema of {@link FilterString}.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FilterString: Schema.Codec<FilterString> = Schema.Struct({
  $eq: text,
  $ne: text,
  $in: texts,
  $nin: texts,
  $like: text,
  $nlike: text,
  $ilike: text,
  $nilike: text,
  $gt: text,
  $gte: text,
  $lt: text,
  $lte: text,
  $and: optional(Schema.Array(Schema.suspend((): Schema.Codec<FilterString> => FilterString))),
  $or: optional(Schema.Array(Schema.suspend((): Schema.Codec<FilterString> => FilterString)))
})
  .check(isOneOperator)
  .annotate({ identifier: "FilterString" })

/**
 * A filter on a time.
 *
 * @since 2.0.0
 * @category models
 */
export interface FilterTime {
  /** After the time. */
  readonly $gt?: TimestampInput | undefined
  /** At or after the time. */
  readonly $gte?: TimestampInput | undefined
  /** Before the time. */
  readonly $lt?: TimestampInput | undefined
  /** At or before the time. */
  readonly $lte?: TimestampInput | undefined
  /** All of the filters match. */
  readonly $and?: ReadonlyArray<FilterTime> | undefined
  /** At least one of the filters matches. */
  readonly $or?: ReadonlyArray<FilterTime> | undefined
}

/**
 * Encoded form of {@link FilterTime}.
 *
 * @since 2.0.0
 * @category models
 */
export interface FilterTimeEncoded {
  /** After the time. */
  readonly $gt?: string | undefined
  /** At or after the time. */
  readonly $gte?: string | undefined
  /** Before the time. */
  readonly $lt?: string | undefined
  /** At or before the time. */
  readonly $lte?: string | undefined
  /** All of the filters match. */
  readonly $and?: ReadonlyArray<FilterTimeEncoded> | undefined
  /** At least one of the filters matches. */
  readonly $or?: ReadonlyArray<FilterTimeEncoded> | undefined
}

const instant = optional(TimestampInput)

/**
 * Schema of {@link FilterTime}.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FilterTime: Schema.Codec<FilterTime, FilterTimeEncoded> = Schema.Struct({
  $gt: instant,
  $gte: instant,
  $lt: instant,
  $lte: instant,
  $and: optional(Schema.Array(Schema.suspend((): Schema.Codec<FilterTime, FilterTimeEncoded> => FilterTime))),
  $or: optional(Schema.Array(Schema.suspend((): Schema.Codec<FilterTime, FilterTimeEncoded> => FilterTime)))
})
  .check(isOneOperator)
  .annotate({ identifier: "FilterTime" })

/**
 * A filter on an id.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FilterId = Schema.Struct({
  $in: optional(Schema.Array(Schema.String)).annotateKey({ description: "One of the ids." })
}).annotate({ identifier: "FilterId" })
