/**
 * The filters of lists and queries: one operator an object, joined by `$and` and `$or`.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"
import { TimestampInput } from "./Timestamp.ts"

/**
 * A filter on a text.
 *
 * @since 2.0.0
 * @category models
 */
export interface FilterString {
  /** Equal to the text. */
  readonly $eq?: string | undefined
  /** Not equal to the text. */
  readonly $ne?: string | undefined
  /** One of the texts. */
  readonly $in?: ReadonlyArray<string> | undefined
  /** None of the texts. */
  readonly $nin?: ReadonlyArray<string> | undefined
  /** Matches the pattern, in which `%` stands for any characters and `_` for one. */
  readonly $like?: string | undefined
  /** Does not match the pattern. */
  readonly $nlike?: string | undefined
  /** Matches the pattern, whatever the case. */
  readonly $ilike?: string | undefined
  /** Does not match the pattern, whatever the case. */
  readonly $nilike?: string | undefined
  /** After the text, by code point. */
  readonly $gt?: string | undefined
  /** The text or after it. */
  readonly $gte?: string | undefined
  /** Before the text. */
  readonly $lt?: string | undefined
  /** The text or before it. */
  readonly $lte?: string | undefined
  /** All of the filters hold. */
  readonly $and?: ReadonlyArray<FilterString> | undefined
  /** At least one of the filters holds. */
  readonly $or?: ReadonlyArray<FilterString> | undefined
}

/** The server takes one operator an object: two are joined by `$and`. */
const isOneOperator = Schema.makeFilter(
  (filter: object) => Object.values(filter).filter((value) => value !== undefined).length <= 1,
  { expected: "one operator an object: join several by $and" }
)

const text = optional(Schema.String)
const texts = optional(Schema.Array(Schema.String))

/**
 * The schema of {@link FilterString}.
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
 * A filter on an instant.
 *
 * @since 2.0.0
 * @category models
 */
export interface FilterTime {
  /** After the instant. */
  readonly $gt?: TimestampInput | undefined
  /** At the instant or after it. */
  readonly $gte?: TimestampInput | undefined
  /** Before the instant. */
  readonly $lt?: TimestampInput | undefined
  /** At the instant or before it. */
  readonly $lte?: TimestampInput | undefined
  /** All of the filters hold. */
  readonly $and?: ReadonlyArray<FilterTime> | undefined
  /** At least one of the filters holds. */
  readonly $or?: ReadonlyArray<FilterTime> | undefined
}

/**
 * A filter on an instant, as it travels.
 *
 * @since 2.0.0
 * @category models
 */
export interface FilterTimeEncoded {
  /** After the instant. */
  readonly $gt?: string | undefined
  /** At the instant or after it. */
  readonly $gte?: string | undefined
  /** Before the instant. */
  readonly $lt?: string | undefined
  /** At the instant or before it. */
  readonly $lte?: string | undefined
  /** All of the filters hold. */
  readonly $and?: ReadonlyArray<FilterTimeEncoded> | undefined
  /** At least one of the filters holds. */
  readonly $or?: ReadonlyArray<FilterTimeEncoded> | undefined
}

const instant = optional(TimestampInput)

/**
 * The schema of {@link FilterTime}.
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
