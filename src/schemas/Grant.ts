/**
 * Grants: amounts of usage that a metered entitlement may burn down.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Annotations, Metadata } from "./Metadata.ts"
import { optional } from "./Optional.ts"
import { limitParams, orderParams, pageParams } from "./Paging.ts"
import { RecurringPeriod, RecurringPeriodInput } from "./Period.ts"
import { nullish, OpenEnum } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * The unit in which the life of a grant is measured.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ExpirationDuration = Schema.Literals(["HOUR", "DAY", "WEEK", "MONTH", "YEAR"])

/**
 * The unit in which the life of a grant is measured.
 *
 * @since 2.0.0
 * @category models
 */
export type ExpirationDuration = typeof ExpirationDuration.Type

/**
 * How long a grant lives, from the instant at which it takes effect.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ExpirationPeriod = Schema.Struct({
  duration: OpenEnum(ExpirationDuration).annotateKey({ description: "The unit of time." }),
  count: Schema.Number.annotateKey({ description: "How many of the units." })
}).annotate({ identifier: "ExpirationPeriod" })

/**
 * How long a grant lives, from the instant at which it takes effect.
 *
 * @since 2.0.0
 * @category models
 */
export interface ExpirationPeriod extends Schema.Schema.Type<typeof ExpirationPeriod> {}

/**
 * How long a grant is to live, from the instant at which it takes effect.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ExpirationPeriodInput = Schema.Struct({
  duration: ExpirationDuration.annotateKey({ description: "The unit of time: HOUR, DAY, WEEK, MONTH or YEAR." }),
  count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })).annotateKey({
    description: "How many of the units, 1 to 1000."
  })
}).annotate({ identifier: "ExpirationPeriodInput" })

/**
 * How long a grant is to live, from the instant at which it takes effect.
 *
 * @since 2.0.0
 * @category models
 */
export interface ExpirationPeriodInput extends Schema.Schema.Type<typeof ExpirationPeriodInput> {}

/**
 * The rank of a grant in the order in which grants burn down: a whole number from 1 to 255, the lowest first.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantPriority = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 255 }))

const zero = Schema.Number.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0)))

const answered = {
  id: Schema.String.annotateKey({ description: "The grant's id, a ULID." }),
  entitlementId: Schema.String.annotateKey({ description: "The id of the entitlement that burns the grant down." }),
  amount: Schema.Number.annotateKey({ description: "How much was granted, in the unit of the meter." }),
  priority: zero.annotateKey({
    description: "The rank in the order in which grants burn down, the lowest first. 0 where none was given."
  }),
  effectiveAt: Timestamp.annotateKey({ description: "When the grant takes effect, on the minute." }),
  minRolloverAmount: zero.annotateKey({
    description: "How much of the grant there is at least after a reset, in the unit of the meter."
  }),
  recurrence: nullish(RecurringPeriod).annotateKey({
    description: "When the grant is filled up to its amount again. Absent: never."
  }),
  nextRecurrence: nullish(Timestamp).annotateKey({ description: "When the grant is filled up the next time." }),
  expiresAt: nullish(Timestamp).annotateKey({ description: "From when the grant is of no use any more." }),
  voidedAt: nullish(Timestamp).annotateKey({ description: "From when the grant is void, on the minute." }),
  metadata: nullish(Metadata).annotateKey({ description: "What the program attached." }),
  annotations: nullish(Annotations).annotateKey({
    description: "What was attached besides. `issueAfterReset`: the entitlement issued the grant by itself."
  }),
  createdAt: Timestamp.annotateKey({ description: "When the grant was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the grant was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the grant went with its entitlement." })
}

const maxRolloverDescription = "How much of the grant there is at most after a reset, in the unit of the meter."

/**
 * A grant of an entitlement of a subject, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrant = Schema.Struct({
  ...answered,
  maxRolloverAmount: zero.annotateKey({ description: maxRolloverDescription }),
  expiration: ExpirationPeriod.annotateKey({
    description: "How long the grant lives. 100 years for one that was created to live for ever."
  })
}).annotate({ identifier: "EntitlementGrant" })

/**
 * A grant of an entitlement of a subject, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrant extends Schema.Schema.Type<typeof EntitlementGrant> {}

/**
 * A grant of an entitlement of a customer, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantV2 = Schema.Struct({
  ...answered,
  maxRolloverAmount: nullish(Schema.Number).annotateKey({ description: maxRolloverDescription }),
  expiration: nullish(ExpirationPeriod).annotateKey({ description: "How long the grant lives. Absent: for ever." })
}).annotate({ identifier: "EntitlementGrantV2" })

/**
 * A grant of an entitlement of a customer, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantV2 extends Schema.Schema.Type<typeof EntitlementGrantV2> {}

const amount = Schema.Finite.check(Schema.isGreaterThan(0)).annotateKey({
  description: "How much is granted, more than 0, in the unit of the meter."
})
const priority = optional(GrantPriority).annotateKey({
  description:
    "The rank in the order in which grants burn down, 1 to 255, the lowest first. Default: 0, before all of these."
})
const effectiveAt = TimestampInput.annotateKey({
  description: "When the grant takes effect, cut to the minute, not before the current usage period."
})
const rollover =
  "When usage is reset, what is left of the grant becomes `min(maxRolloverAmount, max(minRolloverAmount, left))`."
const minRolloverAmount = optional(Schema.Finite).annotateKey({
  description: `${rollover} In the unit of the meter. Default: 0.`
})
const metadata = optional(Metadata).annotateKey({ description: "Texts to attach, by name." })
const recurrence = optional(RecurringPeriodInput).annotateKey({
  description: "When the grant is filled up to its amount again, whatever is left. Left out: never."
})

/**
 * What a grant of an entitlement of a subject is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantCreateInput = Schema.Struct({
  amount,
  priority,
  effectiveAt,
  expiration: ExpirationPeriodInput.annotateKey({
    description: "How long the grant lives, from the instant at which it takes effect."
  }),
  maxRolloverAmount: optional(Schema.Finite).annotateKey({
    description: `${rollover} In the unit of the meter. Default: 0, which leaves nothing.`
  }),
  minRolloverAmount,
  recurrence,
  metadata
}).annotate({ identifier: "EntitlementGrantCreateInput" })

/**
 * What a grant of an entitlement of a subject is created from.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantCreateInput extends Schema.Schema.Type<typeof EntitlementGrantCreateInput> {}

/**
 * What a grant of an entitlement of a customer is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantCreateInputV2 = Schema.Struct({
  amount,
  priority,
  effectiveAt,
  expiration: optional(ExpirationPeriodInput).annotateKey({
    description: "How long the grant lives, from the instant at which it takes effect. Default: for ever."
  }),
  maxRolloverAmount: optional(Schema.Finite).annotateKey({
    description: `${rollover} In the unit of the meter. Default: the amount.`
  }),
  minRolloverAmount,
  recurrence,
  metadata,
  annotations: optional(Annotations).annotateKey({ description: "Values to attach besides, by name." })
}).annotate({ identifier: "EntitlementGrantCreateInputV2" })

/**
 * What a grant of an entitlement of a customer is created from.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantCreateInputV2 extends Schema.Schema.Type<typeof EntitlementGrantCreateInputV2> {}

/**
 * The fields by which grants are sorted.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantOrderBy = Schema.Literals(["id", "createdAt", "updatedAt"])

/**
 * The fields by which grants are sorted.
 *
 * @since 2.0.0
 * @category models
 */
export type GrantOrderBy = typeof GrantOrderBy.Type

const order = orderParams(GrantOrderBy)
const includeDeleted = optional(Schema.Boolean).annotateKey({
  description: "Whether grants of deleted entitlements are listed too. Default: false."
})
const feature = optional(Schema.Array(Schema.String)).annotateKey({
  description: "Lists only grants of entitlements to these features, by keys or ids."
})
const subject = optional(Schema.Array(Schema.String)).annotateKey({
  description: "Lists only grants of entitlements of these subjects, by keys."
})

/**
 * How the grants of an entitlement of a subject are listed.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantListParams = Schema.Struct({
  includeDeleted,
  orderBy: order.orderBy
}).annotate({ identifier: "EntitlementGrantListParams" })

/**
 * How the grants of an entitlement of a subject are listed.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantListParams extends Schema.Schema.Type<typeof EntitlementGrantListParams> {}

/**
 * How the grants of an entitlement of a customer are listed: by page, or by limit and offset.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantListV2Params = Schema.Struct({
  includeDeleted,
  ...pageParams,
  ...limitParams,
  ...order
}).annotate({ identifier: "EntitlementGrantListV2Params" })

/**
 * How the grants of an entitlement of a customer are listed: by page, or by limit and offset.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantListV2Params extends Schema.Schema.Type<typeof EntitlementGrantListV2Params> {}

/**
 * How the grants of subjects are listed, as an array.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantListParams = Schema.Struct({
  feature,
  subject,
  includeDeleted,
  ...limitParams,
  ...order
}).annotate({ identifier: "GrantListParams" })

/**
 * How the grants of subjects are listed, as an array.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantListParams extends Schema.Schema.Type<typeof GrantListParams> {}

/**
 * How the grants of subjects are listed, by page.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantPageParams = Schema.Struct({
  feature,
  subject,
  includeDeleted,
  ...pageParams,
  ...order
}).annotate({ identifier: "GrantPageParams" })

/**
 * How the grants of subjects are listed, by page.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantPageParams extends Schema.Schema.Type<typeof GrantPageParams> {}

/**
 * How the grants of customers are listed: by page, or by limit and offset.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantListV2Params = Schema.Struct({
  feature,
  customer: optional(Schema.Array(Schema.NonEmptyString)).annotateKey({
    description: "Lists only grants of these customers, by keys or ids. One that does not exist is an error."
  }),
  includeDeleted,
  ...pageParams,
  ...limitParams,
  ...order
}).annotate({ identifier: "GrantListV2Params" })

/**
 * How the grants of customers are listed: by page, or by limit and offset.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantListV2Params extends Schema.Schema.Type<typeof GrantListV2Params> {}

/**
 * From when a grant is void.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantVoidParams = Schema.Struct({
  at: optional(TimestampInput).annotateKey({
    description: "The instant, cut to the minute, within the current usage period and not in the future. Default: now."
  })
}).annotate({ identifier: "GrantVoidParams" })

/**
 * From when a grant is void.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantVoidParams extends Schema.Schema.Type<typeof GrantVoidParams> {}
