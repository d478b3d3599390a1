/**
 * Entitlements of customers, addressed by customer instead of by subject.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import {
  EntitlementBoolean,
  EntitlementBooleanCreateInputs,
  EntitlementMetered,
  EntitlementMeteredCreateInputs,
  EntitlementOrderBy,
  EntitlementPageParams,
  EntitlementStatic,
  EntitlementStaticCreateInputs,
  UnknownEntitlement
} from "./Entitlement.ts"
import { EntitlementGrantCreateInputV2, GrantPriority } from "./Grant.ts"
import { optional } from "./Optional.ts"
import { limitParams, orderParams, pageParams } from "./Paging.ts"
import { nullish } from "./Tolerant.ts"

const customer = {
  customerId: Schema.String.annotateKey({ description: "Id of the customer, a ULID." }),
  customerKey: nullish(Schema.String).annotateKey({ description: "Key of the customer. Absent if it has none." })
}

/**
 * What a metered entitlement grants automatically in each usage period, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IssueAfterReset = Schema.Struct({
  amount: Schema.Number.annotateKey({ description: "Amount to grant, in the meter's unit. 0 grants nothing." }),
  priority: nullish(Schema.Number).annotateKey({
    description: "Burn-down priority of the grant. Grants with lower values burn down first. 1 if absent."
  })
}).annotate({ identifier: "IssueAfterReset" })

/**
 * What a metered entitlement grants automatically in each usage period, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface IssueAfterReset extends Schema.Schema.Type<typeof IssueAfterReset> {}

/**
 * A metered entitlement of a customer: usage burns down a balance.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMeteredV2 = Schema.Struct({
  ...Struct.omit(EntitlementMetered.fields, ["subjectKey", "isUnlimited"]),
  ...customer,
  issue: nullish(IssueAfterReset).annotateKey({
    description: "What the entitlement grants automatically in each usage period."
  })
}).annotate({ identifier: "EntitlementMeteredV2" })

/**
 * A metered entitlement of a customer: usage burns down a balance.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementMeteredV2 extends Schema.Schema.Type<typeof EntitlementMeteredV2> {}

/**
 * A static entitlement of a customer: access with a configuration.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementStaticV2 = Schema.Struct({
  ...Struct.omit(EntitlementStatic.fields, ["subjectKey"]),
  ...customer
}).annotate({ identifier: "EntitlementStaticV2" })

/**
 * A static entitlement of a customer: access with a configuration.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementStaticV2 extends Schema.Schema.Type<typeof EntitlementStaticV2> {}

/**
 * A boolean entitlement of a customer: plain access.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementBooleanV2 = Schema.Struct({
  ...Struct.omit(EntitlementBoolean.fields, ["subjectKey"]),
  ...customer
}).annotate({ identifier: "EntitlementBooleanV2" })

/**
 * A boolean entitlement of a customer: plain access.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementBooleanV2 extends Schema.Schema.Type<typeof EntitlementBooleanV2> {}

/**
 * An entitlement of a customer, discriminated by `type`.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementV2 = Schema.Union([
  EntitlementMeteredV2,
  EntitlementStaticV2,
  EntitlementBooleanV2,
  UnknownEntitlement
]).annotate({ identifier: "EntitlementV2" })

/**
 * An entitlement of a customer, discriminated by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementV2 = EntitlementMeteredV2 | EntitlementStaticV2 | EntitlementBooleanV2 | UnknownEntitlement

/**
 * What a new metered entitlement grants automatically in each usage period.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IssueAfterResetInput = Schema.Struct({
  amount: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotateKey({
    description: "Amount to grant, at least 0, in the meter's unit. 0 grants nothing."
  }),
  priority: optional(GrantPriority).annotateKey({
    description: "Burn-down priority of the grant, 1 to 255. Grants with lower values burn down first. Default: 1."
  })
}).annotate({ identifier: "IssueAfterResetInput" })

/**
 * What a new metered entitlement grants automatically in each usage period.
 *
 * @since 2.0.0
 * @category models
 */
export interface IssueAfterResetInput extends Schema.Schema.Type<typeof IssueAfterResetInput> {}

/**
 * Input for creating a metered entitlement of a customer.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMeteredV2CreateInputs = EntitlementMeteredCreateInputs.mapFields(
  (fields) => ({
    ...Struct.omit(fields, ["isUnlimited"]),
    issue: optional(IssueAfterResetInput).annotateKey({
      description:
        "What to grant automatically in each usage period. Takes precedence over `issueAfterReset`, and cannot be combined with `grants`."
    }),
    grants: optional(Schema.Array(EntitlementGrantCreateInputV2)).annotateKey({
      description: "Grants to create together with the entitlement, atomically."
    })
  }),
  // The preserved check, that a feature is given, does not read any of the fields that differ.
  { unsafePreserveChecks: true }
).annotate({ identifier: "EntitlementMeteredV2CreateInputs" })

/**
 * Input for creating a metered entitlement of a customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementMeteredV2CreateInputs extends Schema.Schema.Type<typeof EntitlementMeteredV2CreateInputs> {}

/**
 * Input for creating an entitlement of a customer, discriminated by `type`.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementV2CreateInputs = Schema.Union([
  EntitlementMeteredV2CreateInputs,
  EntitlementStaticCreateInputs,
  EntitlementBooleanCreateInputs
]).annotate({
  identifier: "EntitlementV2CreateInputs",
  message: "Expected an object whose type is metered, static or boolean"
})

/**
 * Input for creating an entitlement of a customer, discriminated by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementV2CreateInputs =
  | EntitlementMeteredV2CreateInputs
  | EntitlementStaticCreateInputs
  | EntitlementBooleanCreateInputs

/**
 * Query parameters for listing the entitlements of a customer.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerEntitlementListParams = Schema.Struct({
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description:
      "Whether to include deleted entitlements. Current servers return only active ones nevertheless. Default: false."
  }),
  ...pageParams,
  ...orderParams(EntitlementOrderBy)
}).annotate({ identifier: "CustomerEntitlementListParams" })

/**
 * Query parameters for listing the entitlements of a customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerEntitlementListParams extends Schema.Schema.Type<typeof CustomerEntitlementListParams> {}

/**
 * Query parameters for listing the entitlements of all customers.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementListV2Params = Schema.Struct({
  customerKeys: optional(Schema.Array(Schema.String)).annotateKey({
    description:
      "Returns only entitlements of customers with these keys. If `customerIds` is also given, both must match."
  }),
  customerIds: optional(Schema.Array(Schema.String)).annotateKey({
    description:
      "Returns only entitlements of customers with these ids. If `customerKeys` is also given, both must match."
  }),
  ...Struct.omit(EntitlementPageParams.fields, ["subject"]),
  limit: limitParams.limit.annotateKey({ description: "Has no effect on current servers: use `page` instead." }),
  offset: limitParams.offset.annotateKey({ description: "Has no effect on current servers: use `page` instead." })
}).annotate({ identifier: "EntitlementListV2Params" })

/**
 * Query parameters for listing the entitlements of all customers.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementListV2Params extends Schema.Schema.Type<typeof EntitlementListV2Params> {}
