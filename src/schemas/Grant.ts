/**
 * Grants, which add balance to metered entitlements.
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
 * Unit of a grant's lifetime.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ExpirationDuration = Schema.Literals(["HOUR", "DAY", "WEEK", "MONTH", "YEAR"])

/**
 * Unit of a grant's lifetime.
 *
 * @since 2.0.0
 * @category models
 */
export type ExpirationDuration = typeof ExpirationDuration.Type

/**
 * Lifetime of a grant, from the time it takes effect.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ExpirationPeriod = Schema.Struct({
  duration: OpenEnum(ExpirationDuration).annotateKey({ description: "Unit of time." }),
  count: Schema.Number.annotateKey({ description: "Number of units." })
}).annotate({ identifier: "ExpirationPeriod" })

/**
 * Lifetime of a grant, from the time it takes effect.
 *
 * @since 2.0.0
 * @category models
 */
export interface ExpirationPeriod extends Schema.Schema.Type<typeof ExpirationPeriod> {}

/**
 * Lifetime of a new grant, from the time it takes effect.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ExpirationPeriodInput = Schema.Struct({
  duration: ExpirationDuration.annotateKey({ description: "Unit of time: HOUR, DAY, WEEK, MONTH or YEAR." }),
  count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })).annotateKey({
    description: "Number of units, 1 to 1000."
  })
}).annotate({ identifier: "ExpirationPeriodInput" })

/**
 * Lifetime of a new grant, from the time it takes effect.
 *
 * @since 2.0.0
 * @category models
 */
export interface ExpirationPeriodInput extends Schema.Schema.Type<typeof ExpirationPeriodInput> {}

/**
 * Burn-down priority of a grant: an integer from 1 to 255. Grants with lower values burn down first.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantPriority = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 255 }))

const zero = Schema.Number.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0)))

const answered = {
  id: Schema.String.annotateKey({ description: "Id of the grant, a ULID." }),
  entitlementId: Schema.String.annotateKey({ description: "Id of the entitlement that the grant belongs to." }),
  amount: Schema.Number.annotateKey({ description: "Granted amount, in the meter's unit." }),
  priority: zero.annotateKey({
    description: "Burn-down priority. Grants with lower values burn down first. 0 if none was given."
  }),
  effectiveAt: Timestamp.annotateKey({ description: "When the grant takes effect, on the minute." }),
  minRolloverAmount: zero.annotateKey({
    description: "Minimum balance of the grant after a reset, in the meter's unit."
  }),
  recurrence: nullish(RecurringPeriod).annotateKey({
    description: "How often the grant is refilled to its amount. Absent if it does not recur."
  }),
  nextRecurrence: nullish(Timestamp).annotateKey({ description: "When the grant is refilled next." }),
  expiresAt: nullish(Timestamp).annotateKey({ description: "When the grant expires." }),
  voidedAt: nullish(Timestamp).annotateKey({ description: "When the grant was or will be voided, on the minute." }),
  metadata: nullish(Metadata).annotateKey({ description: "User-defined metadata." }),
  annotations: nullish(Annotations).annotateKey({
    description: "Additional metadata. `issueAfterReset`: the entitlement issued the grant automatically."
  }),
  createdAt: Timestamp.annotateKey({ description: "When the grant was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the grant was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({
    description: "When the grant was deleted, together with its entitlement."
  })
}

const maxRolloverDescription = "Maximum balance of the grant after a reset, in the meter's unit."

/**
 * A grant of a subject's entitlement, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrant = Schema.Struct({
  ...answered,
  maxRolloverAmount: zero.annotateKey({ description: maxRolloverDescription }),
  expiration: ExpirationPeriod.annotateKey({
    description: "Lifetime of the grant. 100 years if it was created without an expiration."
  })
}).annotate({ identifier: "EntitlementGrant" })

/**
 * A grant of a subject's entitlement, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrant extends Schema.Schema.Type<typeof EntitlementGrant> {}

/**
 * A grant of a customer's entitlement, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantV2 = Schema.Struct({
  ...answered,
  maxRolloverAmount: nullish(Schema.Number).annotateKey({ description: maxRolloverDescription }),
  expiration: nullish(ExpirationPeriod).annotateKey({
    description: "Lifetime of the grant. Absent if it does not expire."
  })
}).annotate({ identifier: "EntitlementGrantV2" })

/**
 * A grant of a customer's entitlement, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantV2 extends Schema.Schema.Type<typeof EntitlementGrantV2> {}

const amount = Schema.Finite.check(Schema.isGreaterThan(0)).annotateKey({
  description: "Amount to grant, greater than 0, in the meter's unit."
})
const priority = optional(GrantPriority).annotateKey({
  description:
    "Burn-down priority, 1 to 255. Grants with lower values burn down first. Default: 0, which burns down before all of these."
})
const effectiveAt = TimestampInput.annotateKey({
  description: "When the grant takes effect, truncated to the minute. Must not be before the current usage period."
})
const rollover = "After a reset, the balance of the grant is `min(maxRolloverAmount, max(minRolloverAmount, balance))`."
const minRolloverAmount = optional(Schema.Finite).annotateKey({
  description: `${rollover} In the meter's unit. Default: 0.`
})
const metadata = optional(Metadata).annotateKey({ description: "User-defined metadata: strings by name." })
const recurrence = optional(RecurringPeriodInput).annotateKey({
  description:
    "How often the grant is refilled to its amount, regardless of its balance. If omitted, it does not recur."
})

/**
 * Input for creating a grant of a subject's entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantCreateInput = Schema.Struct({
  amount,
  priority,
  effectiveAt,
  expiration: ExpirationPeriodInput.annotateKey({
    description: "Lifetime of the grant, from the time it takes effect."
  }),
  maxRolloverAmount: optional(Schema.Finite).annotateKey({
    description: `${rollover} In the meter's unit. Default: 0, so that nothing rolls over.`
  }),
  minRolloverAmount,
  recurrence,
  metadata
}).annotate({ identifier: "EntitlementGrantCreateInput" })

/**
 * Input for creating a grant of a subject's entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantCreateInput extends Schema.Schema.Type<typeof EntitlementGrantCreateInput> {}

/**
 * Input for creating a grant of a customer's entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantCreateInputV2 = Schema.Struct({
  amount,
  priority,
  effectiveAt,
  expiration: optional(ExpirationPeriodInput).annotateKey({
    description: "Lifetime of the grant, from the time it takes effect. If omitted, the grant does not expire."
  }),
  maxRolloverAmount: optional(Schema.Finite).annotateKey({
    description: `${rollover} In the meter's unit. Default: the amount.`
  }),
  minRolloverAmount,
  recurrence,
  metadata,
  annotations: optional(Annotations).annotateKey({ description: "Additional metadata: any values by name." })
}).annotate({ identifier: "EntitlementGrantCreateInputV2" })

/**
 * Input for creating a grant of a customer's entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantCreateInputV2 extends Schema.Schema.Type<typeof EntitlementGrantCreateInputV2> {}

/**
 * Fields by which grants can be sorted.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantOrderBy = Schema.Literals(["id", "createdAt", "updatedAt"])

/**
 * Fields by which grants can be sorted.
 *
 * @since 2.0.0
 * @category models
 */
export type GrantOrderBy = typeof GrantOrderBy.Type

const order = orderParams(GrantOrderBy)
const includeDeleted = optional(Schema.Boolean).annotateKey({
  description: "Whether to include grants of deleted entitlements. Default: false."
})
const feature = optional(Schema.Array(Schema.String)).annotateKey({
  description: "Returns only grants for these features, given by key or id."
})
const subject = optional(Schema.Array(Schema.String)).annotateKey({
  description: "Returns only grants of these subjects, given by key."
})

/**
 * Query parameters for listing the grants of a subject's entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementGrantListParams = Schema.Struct({
  includeDeleted,
  orderBy: order.orderBy
}).annotate({ identifier: "EntitlementGrantListParams" })

/**
 * Query parameters for listing the grants of a subject's entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantListParams extends Schema.Schema.Type<typeof EntitlementGrantListParams> {}

/**
 * Query parameters for listing the grants of a customer's entitlement: by page, or by limit and offset.
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
 * Query parameters for listing the grants of a customer's entitlement: by page, or by limit and offset.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementGrantListV2Params extends Schema.Schema.Type<typeof EntitlementGrantListV2Params> {}

/**
 * Query parameters for listing the grants of subjects by limit and offset. The result is an array.
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
 * Query parameters for listing the grants of subjects by limit and offset. The result is an array.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantListParams extends Schema.Schema.Type<typeof GrantListParams> {}

/**
 * Query parameters for listing the grants of subjects by page.
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
 * Query parameters for listing the grants of subjects by page.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantPageParams extends Schema.Schema.Type<typeof GrantPageParams> {}

/**
 * Query parameters for listing the grants of customers: by page, or by limit and offset.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantListV2Params = Schema.Struct({
  feature,
  customer: optional(Schema.Array(Schema.NonEmptyString)).annotateKey({
    description: "Returns only grants of these customers, given by key or id. Fails if one does not exist."
  }),
  includeDeleted,
  ...pageParams,
  ...limitParams,
  ...order
}).annotate({ identifier: "GrantListV2Params" })

/**
 * Query parameters for listing the grants of customers: by page, or by limit and offset.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantListV2Params extends Schema.Schema.Type<typeof GrantListV2Params> {}

/**
 * Query parameters for voiding a grant.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantVoidParams = Schema.Struct({
  at: optional(TimestampInput).annotateKey({
    description:
      "When the grant is voided, truncated to the minute. Must be within the current usage period and not in the future. Default: now."
  })
}).annotate({ identifier: "GrantVoidParams" })

/**
 * Query parameters for voiding a grant.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantVoidParams extends Schema.Schema.Type<typeof GrantVoidParams> {}
