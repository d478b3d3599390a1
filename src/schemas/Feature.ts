/**
 * Features: what customers are entitled to, metered or not.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { FilterString } from "./Filter.ts"
import { Key, Ulid } from "./Identifier.ts"
import { Metadata } from "./Metadata.ts"
import { Numeric, NumericInput } from "./Numeric.ts"
import { optional } from "./Optional.ts"
import { limitParams, orderParams, Page, pageParams } from "./Paging.ts"
import { nullish, OpenEnum, UnknownMember } from "./Tolerant.ts"
import { Timestamp } from "./Timestamp.ts"

/**
 * The kinds of tokens that a language model is paid for.
 *
 * @since 2.0.0
 * @category schemas
 */
export const TokenType = Schema.Literals([
  "input",
  "output",
  "cache_read",
  "reasoning",
  "cache_write",
  "request",
  "response"
])

/**
 * The kinds of tokens that a language model is paid for.
 *
 * @since 2.0.0
 * @category models
 */
export type TokenType = typeof TokenType.Type

/**
 * A fixed cost of a unit of usage.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ManualUnitCost = Schema.Struct({
  type: Schema.tag("manual").annotateKey({ description: "Tells the kind of unit cost." }),
  amount: Numeric.annotateKey({ description: "The cost of a unit in US dollars, a decimal text without spare zeros." })
}).annotate({ identifier: "ManualUnitCost" })

/**
 * A fixed cost of a unit of usage.
 *
 * @since 2.0.0
 * @category models
 */
export interface ManualUnitCost extends Schema.Schema.Type<typeof ManualUnitCost> {}

/**
 * What a language model's tokens cost, as far as the server knows it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const LlmPricing = Schema.Struct({
  inputPerToken: Numeric.annotateKey({ description: "The cost of an input token in US dollars, a decimal text." }),
  outputPerToken: Numeric.annotateKey({ description: "The cost of an output token in US dollars, a decimal text." }),
  cacheReadPerToken: nullish(Numeric).annotateKey({
    description: "The cost of a token read from the cache in US dollars, a decimal text."
  }),
  reasoningPerToken: nullish(Numeric).annotateKey({
    description: "The cost of a reasoning token in US dollars, a decimal text."
  }),
  cacheWritePerToken: nullish(Numeric).annotateKey({
    description: "The cost of a token written to the cache in US dollars, a decimal text."
  })
}).annotate({ identifier: "LlmPricing" })

/**
 * What a language model's tokens cost, as far as the server knows it.
 *
 * @since 2.0.0
 * @category models
 */
export interface LlmPricing extends Schema.Schema.Type<typeof LlmPricing> {}

const property = (of: string) => `The group key of the meter that holds ${of}. Absent: it is the same for all usage.`
const fixed = (what: string) => `${what} of all usage. Absent: a group key of the meter tells it.`

/**
 * A cost that follows the price of a language model's tokens.
 *
 * @since 2.0.0
 * @category schemas
 */
export const LlmUnitCost = Schema.Struct({
  type: Schema.tag("llm").annotateKey({ description: "Tells the kind of unit cost." }),
  providerProperty: nullish(Schema.String).annotateKey({ description: property("the provider") }),
  provider: nullish(Schema.String).annotateKey({ description: fixed("The provider") }),
  modelProperty: nullish(Schema.String).annotateKey({ description: property("the model") }),
  model: nullish(Schema.String).annotateKey({ description: fixed("The model") }),
  tokenTypeProperty: nullish(Schema.String).annotateKey({ description: property("the kind of tokens") }),
  tokenType: nullish(OpenEnum(TokenType)).annotateKey({ description: fixed("The kind of tokens") }),
  pricing: nullish(LlmPricing).annotateKey({
    description: "What the tokens cost. Only where provider and model are the same for all usage, and known."
  })
}).annotate({ identifier: "LlmUnitCost" })

/**
 * A cost that follows the price of a language model's tokens.
 *
 * @since 2.0.0
 * @category models
 */
export interface LlmUnitCost extends Schema.Schema.Type<typeof LlmUnitCost> {}

/**
 * What a unit of a feature's usage costs, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const UnitCost = Schema.Union([ManualUnitCost, LlmUnitCost, UnknownMember(["manual", "llm"])])

/**
 * What a unit of a feature's usage costs, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export type UnitCost = typeof UnitCost.Type

/**
 * A filter on a text as the server answers it, as it travels.
 *
 * @since 2.0.0
 * @category models
 */
export interface StoredFilterEncoded {
  /** Equal to the text. */
  readonly $eq?: string | null
  /** Not equal to the text. */
  readonly $ne?: string | null
  /** One of the texts. */
  readonly $in?: ReadonlyArray<string> | null
  /** None of the texts. */
  readonly $nin?: ReadonlyArray<string> | null
  /** Matches the pattern, in which `%` stands for any characters and `_` for one. */
  readonly $like?: string | null
  /** Does not match the pattern. */
  readonly $nlike?: string | null
  /** Matches the pattern, whatever the case. */
  readonly $ilike?: string | null
  /** Does not match the pattern, whatever the case. */
  readonly $nilike?: string | null
  /** After the text, by code point. */
  readonly $gt?: string | null
  /** The text or after it. */
  readonly $gte?: string | null
  /** Before the text. */
  readonly $lt?: string | null
  /** The text or before it. */
  readonly $lte?: string | null
  /** All of the filters hold. */
  readonly $and?: ReadonlyArray<StoredFilterEncoded> | null
  /** At least one of the filters holds. */
  readonly $or?: ReadonlyArray<StoredFilterEncoded> | null
}

const text = nullish(Schema.String)
const texts = nullish(Schema.Array(Schema.String))
const filters = nullish(
  Schema.Array(Schema.suspend((): Schema.Codec<FilterString, StoredFilterEncoded> => StoredFilter))
)

/**
 * A filter on a text as the server answers it: an operator may be `null`, and there may be several.
 *
 * @since 2.0.0
 * @category schemas
 */
export const StoredFilter: Schema.Codec<FilterString, StoredFilterEncoded> = Schema.Struct({
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
  $and: filters,
  $or: filters
}).annotate({ identifier: "StoredFilter" })

/**
 * A feature, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Feature = Schema.Struct({
  id: Schema.String.annotateKey({ description: "The feature's id, a ULID." }),
  key: Schema.String.annotateKey({
    description: "The feature's name in programs and paths, unique among the features not archived."
  }),
  name: Schema.String.annotateKey({ description: "The feature's name for people." }),
  meterSlug: nullish(Schema.String).annotateKey({
    description: "The slug of the meter that measures its usage. Absent: usage is not measured."
  }),
  meterGroupByFilters: nullish(Schema.Record(Schema.String, Schema.String)).annotateKey({
    description:
      "Only events whose group keys have these values count. Absent where `advancedMeterGroupByFilters` holds more than equalities."
  }),
  advancedMeterGroupByFilters: nullish(Schema.Record(Schema.String, StoredFilter)).annotateKey({
    description: "Only events whose group keys match these filters count."
  }),
  unitCost: nullish(UnitCost).annotateKey({ description: "What a unit of usage costs." }),
  metadata: nullish(Metadata).annotateKey({ description: "What the program attached." }),
  createdAt: Timestamp.annotateKey({ description: "When the feature was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the feature was last changed." }),
  archivedAt: nullish(Timestamp).annotateKey({ description: "When the feature was archived." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the feature was deleted." })
}).annotate({ identifier: "Feature" })

/**
 * A feature, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface Feature extends Schema.Schema.Type<typeof Feature> {}

/**
 * One page of features.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FeaturePage = Page(Feature).annotate({ identifier: "FeaturePage" })

const ManualUnitCostInput = Schema.Struct({
  type: Schema.Literal("manual").annotateKey({ description: "Tells the kind of unit cost." }),
  amount: NumericInput.check(
    Schema.makeFilter((amount) => Number(amount) >= 0, { expected: "an amount that is not negative" })
  ).annotateKey({ description: 'The cost of a unit in US dollars, from 0, a decimal text such as "0.005".' })
}).annotate({ identifier: "ManualUnitCostInput" })

const groupKey = (of: string, other: string) =>
  optional(Schema.String).annotateKey({
    description: `The group key of the meter that holds ${of}. Not together with \`${other}\`; one of the two is required.`
  })

const LlmUnitCostInput = Schema.Struct({
  type: Schema.Literal("llm").annotateKey({ description: "Tells the kind of unit cost." }),
  providerProperty: groupKey("the provider", "provider"),
  provider: optional(Schema.String).annotateKey({ description: "The provider of all usage, e.g. `openai`." }),
  modelProperty: groupKey("the model", "model"),
  model: optional(Schema.String).annotateKey({ description: "The model of all usage, e.g. `gpt-4`." }),
  tokenTypeProperty: groupKey("the kind of tokens", "tokenType"),
  tokenType: optional(TokenType).annotateKey({ description: "The kind of tokens of all usage." })
})
  .check(
    Schema.makeFilter((cost) =>
      (["provider", "model", "tokenType"] as const)
        .filter((name) => (cost[name] === undefined) === (cost[`${name}Property`] === undefined))
        .map((name) => ({ path: [name], issue: `give either ${name} or ${name}Property` }))
    )
  )
  .annotate({ identifier: "LlmUnitCostInput" })

const isOwnKey = Schema.makeFilter((key: string) => !Schema.is(Ulid)(key), { expected: "a key that is not a ULID" })

/**
 * What a feature is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FeatureCreate = Schema.Struct({
  key: Key.check(isOwnKey).annotateKey({
    description:
      "The feature's name in programs and paths: 1 to 64 lower-case letters, digits and single underscores, but no ULID."
  }),
  name: Schema.NonEmptyString.annotateKey({ description: "The feature's name for people, at least 1 character." }),
  meterSlug: optional(Key).annotateKey({
    description:
      "The slug of the meter that measures its usage, of aggregation SUM, COUNT, UNIQUE_COUNT or LATEST. Left out: usage is not measured."
  }),
  meterGroupByFilters: optional(Schema.Record(Schema.String, Schema.String)).annotateKey({
    description: "Counts only events whose group keys have these values. `advancedMeterGroupByFilters` goes before it."
  }),
  advancedMeterGroupByFilters: optional(Schema.Record(Schema.String, FilterString)).annotateKey({
    description: "Counts only events whose group keys match these filters."
  }),
  unitCost: optional(Schema.Union([ManualUnitCostInput, LlmUnitCostInput])).annotateKey({
    description: "What a unit of usage costs: a fixed amount, or the price of a language model's tokens."
  }),
  metadata: optional(Metadata).annotateKey({ description: "Texts to attach, by name." })
})
  .check(
    Schema.makeFilter((feature) =>
      feature.unitCost?.type === "llm" && feature.meterSlug === undefined
        ? { path: ["meterSlug"], issue: "is required where the unit cost is that of a language model" }
        : undefined
    )
  )
  .annotate({ identifier: "FeatureCreate" })

/**
 * What a feature is created from.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeatureCreate extends Schema.Schema.Type<typeof FeatureCreate> {}

const filter = {
  ...orderParams(Schema.Literals(["key", "name", "createdAt", "updatedAt"])),
  meterSlug: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Only features that these meters measure."
  }),
  includeArchived: optional(Schema.Boolean).annotateKey({
    description: "Whether archived features are listed too. Default: false."
  })
}

/**
 * How features are listed by position.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FeatureListParams = Schema.Struct({ ...limitParams, ...filter }).annotate({
  identifier: "FeatureListParams"
})

/**
 * How features are listed by position.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeatureListParams extends Schema.Schema.Type<typeof FeatureListParams> {}

/**
 * How features are listed by page.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FeaturePageParams = Schema.Struct({ ...pageParams, ...filter }).annotate({
  identifier: "FeaturePageParams"
})

/**
 * How features are listed by page.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeaturePageParams extends Schema.Schema.Type<typeof FeaturePageParams> {}
