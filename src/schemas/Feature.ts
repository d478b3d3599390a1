/**
 * Features, metered or not, which entitlements give access to.
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
 * Kinds of tokens that language models are priced by.
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
 * Kinds of tokens that language models are priced by.
 *
 * @since 2.0.0
 * @category models
 */
export type TokenType = typeof TokenType.Type

/**
 * Fixed cost per unit of usage.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ManualUnitCost = Schema.Struct({
  type: Schema.tag("manual").annotateKey({ description: "Kind of unit cost." }),
  amount: Numeric.annotateKey({
    description: "Cost per unit in US dollars, as a decimal string without trailing zeros."
  })
}).annotate({ identifier: "ManualUnitCost" })

/**
 * Fixed cost per unit of usage.
 *
 * @since 2.0.0
 * @category models
 */
export interface ManualUnitCost extends Schema.Schema.Type<typeof ManualUnitCost> {}

/**
 * Prices of a language model's tokens, as far as the server knows them.
 *
 * @since 2.0.0
 * @category schemas
 */
export const LlmPricing = Schema.Struct({
  inputPerToken: Numeric.annotateKey({ description: "Cost per input token in US dollars, as a decimal string." }),
  outputPerToken: Numeric.annotateKey({ description: "Cost per output token in US dollars, as a decimal string." }),
  cacheReadPerToken: nullish(Numeric).annotateKey({
    description: "Cost per token read from the cache in US dollars, as a decimal string."
  }),
  reasoningPerToken: nullish(Numeric).annotateKey({
    description: "Cost per reasoning token in US dollars, as a decimal string."
  }),
  cacheWritePerToken: nullish(Numeric).annotateKey({
    description: "Cost per token written to the cache in US dollars, as a decimal string."
  })
}).annotate({ identifier: "LlmPricing" })

/**
 * Prices of a language model's tokens, as far as the server knows them.
 *
 * @since 2.0.0
 * @category models
 */
export interface LlmPricing extends Schema.Schema.Type<typeof LlmPricing> {}

const property = (of: string) => `Group key of the meter that holds ${of}. Absent if it is the same for all usage.`
const fixed = (what: string) => `${what} of all usage. Absent if a group key of the meter holds it.`

/**
 * Cost per unit of usage that follows the price of a language model's tokens.
 *
 * @since 2.0.0
 * @category schemas
 */
export const LlmUnitCost = Schema.Struct({
  type: Schema.tag("llm").annotateKey({ description: "Kind of unit cost." }),
  providerProperty: nullish(Schema.String).annotateKey({ description: property("the provider") }),
  provider: nullish(Schema.String).annotateKey({ description: fixed("The provider") }),
  modelProperty: nullish(Schema.String).annotateKey({ description: property("the model") }),
  model: nullish(Schema.String).annotateKey({ description: fixed("The model") }),
  tokenTypeProperty: nullish(Schema.String).annotateKey({ description: property("the token type") }),
  tokenType: nullish(OpenEnum(TokenType)).annotateKey({ description: fixed("Token type") }),
  pricing: nullish(LlmPricing).annotateKey({
    description: "Prices of the tokens. Present only if provider and model are the same for all usage, and known."
  })
}).annotate({ identifier: "LlmUnitCost" })

/**
 * Cost per unit of usage that follows the price of a language model's tokens.
 *
 * @since 2.0.0
 * @category models
 */
export interface LlmUnitCost extends Schema.Schema.Type<typeof LlmUnitCost> {}

/**
 * Cost per unit of a feature's usage, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const UnitCost = Schema.Union([ManualUnitCost, LlmUnitCost, UnknownMember(["manual", "llm"])])

/**
 * Cost per unit of a feature's usage, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export type UnitCost = typeof UnitCost.Type

/**
 * Encoded form of a string filter returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface StoredFilterEncoded {
  /** Equal to the string. */
  readonly $eq?: string | null
  /** Not equal to the string. */
  readonly $ne?: string | null
  /** One of the strings. */
  readonly $in?: ReadonlyArray<string> | null
  /** None of the strings. */
  readonly $nin?: ReadonlyArray<string> | null
  /** Matches the pattern, in which `%` stands for any characters and `_` for a single one. */
  readonly $like?: string | null
  /** Does not match the pattern. */
  readonly $nlike?: string | null
  /** Matches the pattern, ignoring case. */
  readonly $ilike?: string | null
  /** Does not match the pattern, ignoring case. */
  readonly $nilike?: string | null
  /** Greater than the string, by code point. */
  readonly $gt?: string | null
  /** Greater than or equal to the string, by code point. */
  readonly $gte?: string | null
  /** Less than the string, by code point. */
  readonly $lt?: string | null
  /** Less than or equal to the string, by code point. */
  readonly $lte?: string | null
  /** All of the filters match. */
  readonly $and?: ReadonlyArray<StoredFilterEncoded> | null
  /** At least one of the filters matches. */
  readonly $or?: ReadonlyArray<StoredFilterEncoded> | null
}

const text = nullish(Schema.String)
const texts = nullish(Schema.Array(Schema.String))
const filters = nullish(
  Schema.Array(Schema.suspend((): Schema.Codec<FilterString, StoredFilterEncoded> => StoredFilter))
)

/**
 * A string filter returned by the server. Operators may be `null`, and there may be several.
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
 * A feature, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Feature = Schema.Struct({
  id: Schema.String.annotateKey({ description: "Id of the feature, a ULID." }),
  key: Schema.String.annotateKey({
    description: "Key of the feature, unique among the features that are not archived."
  }),
  name: Schema.String.annotateKey({ description: "Display name of the feature." }),
  meterSlug: nullish(Schema.String).annotateKey({
    description: "Slug of the meter that measures usage. Absent if usage is not measured."
  }),
  meterGroupByFilters: nullish(Schema.Record(Schema.String, Schema.String)).annotateKey({
    description:
      "Counts only events whose group keys have these values. Absent if `advancedMeterGroupByFilters` contains operators other than equality."
  }),
  advancedMeterGroupByFilters: nullish(Schema.Record(Schema.String, StoredFilter)).annotateKey({
    description: "Counts only events whose group keys match these filters."
  }),
  unitCost: nullish(UnitCost).annotateKey({ description: "Cost per unit of usage." }),
  metadata: nullish(Metadata).annotateKey({ description: "User-defined metadata." }),
  createdAt: Timestamp.annotateKey({ description: "When the feature was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the feature was last changed." }),
  archivedAt: nullish(Timestamp).annotateKey({ description: "When the feature was archived." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the feature was deleted." })
}).annotate({ identifier: "Feature" })

/**
 * A feature, as returned by the server.
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
  type: Schema.Literal("manual").annotateKey({ description: "Kind of unit cost." }),
  amount: NumericInput.check(
    Schema.makeFilter((amount) => Number(amount) >= 0, { expected: "a non-negative amount" })
  ).annotateKey({ description: 'The cost of a unit in US dollars, from 0, a decimal text such as "0.005".' })
}).annotate({ identifier: "ManualUnitCostInput" })

const groupKey = (of: string, other: string) =>
  optional(Schema.String).annotateKey({
    description: `Group key of the meter that holds ${of}. Cannot be combined with \`${other}\`; one of the two is required.`
  })

const LlmUnitCostInput = Schema.Struct({
  type: Schema.Literal("llm").annotateKey({ description: "Kind of unit cost." }),
  providerProperty: groupKey("the provider", "provider"),
  provider: optional(Schema.String).annotateKey({ description: "Provider of all usage, e.g. `openai`." }),
  modelProperty: groupKey("the model", "model"),
  model: optional(Schema.String).annotateKey({ description: "Model of all usage, e.g. `gpt-4`." }),
  tokenTypeProperty: groupKey("the token type", "tokenType"),
  tokenType: optional(TokenType).annotateKey({ description: "Token type of all usage." })
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
 * Input for creating a feature.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FeatureCreate = Schema.Struct({
  key: Key.check(isOwnKey).annotateKey({
    description: "Key of the feature: 1 to 64 lowercase letters, digits and single underscores. Must not be a ULID."
  }),
  name: Schema.NonEmptyString.annotateKey({ description: "Display name of the feature, at least 1 character." }),
  meterSlug: optional(Key).annotateKey({
    description:
      "Slug of the meter that measures usage, with aggregation SUM, COUNT, UNIQUE_COUNT or LATEST. If omitted, usage is not measured."
  }),
  meterGroupByFilters: optional(Schema.Record(Schema.String, Schema.String)).annotateKey({
    description:
      "Counts only events whose group keys have these values. `advancedMeterGroupByFilters` takes precedence."
  }),
  advancedMeterGroupByFilters: optional(Schema.Record(Schema.String, FilterString)).annotateKey({
    description: "Counts only events whose group keys match these filters."
  }),
  unitCost: optional(Schema.Union([ManualUnitCostInput, LlmUnitCostInput])).annotateKey({
    description: "Cost per unit of usage: a fixed amount, or the price of a language model's tokens."
  }),
  metadata: optional(Metadata).annotateKey({ description: "User-defined metadata: strings by name." })
})
  .check(
    Schema.makeFilter((feature) =>
      feature.unitCost?.type === "llm" && feature.meterSlug === undefined
        ? { path: ["meterSlug"], issue: "is required for the unit cost of a language model" }
        : undefined
    )
  )
  .annotate({ identifier: "FeatureCreate" })

/**
 * Input for creating a feature.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeatureCreate extends Schema.Schema.Type<typeof FeatureCreate> {}

const filter = {
  ...orderParams(Schema.Literals(["key", "name", "createdAt", "updatedAt"])),
  meterSlug: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Returns only features of these meters."
  }),
  includeArchived: optional(Schema.Boolean).annotateKey({
    description: "Whether to include archived features. Default: false."
  })
}

/**
 * Query parameters for listing features by limit and offset.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FeatureListParams = Schema.Struct({ ...limitParams, ...filter }).annotate({
  identifier: "FeatureListParams"
})

/**
 * Query parameters for listing features by limit and offset.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeatureListParams extends Schema.Schema.Type<typeof FeatureListParams> {}

/**
 * Query parameters for listing features by page.
 *
 * @since 2.0.0
 * @category schemas
 */
export const FeaturePageParams = Schema.Struct({ ...pageParams, ...filter }).annotate({
  identifier: "FeaturePageParams"
})

/**
 * Query parameters for listing features by page.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeaturePageParams extends Schema.Schema.Type<typeof FeaturePageParams> {}
