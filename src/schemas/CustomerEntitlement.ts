/**
 * Entitlements of customers: what entitlements of subjects are, without the detour over the subject.
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
  customerId: Schema.String.annotateKey({ description: "The customer's id, a ULID." }),
  customerKey: nullish(Schema.String).annotateKey({ description: "The customer's key. Absent when it has none." })
}

/**
 * What a metered entitlement grants by itself in each usage period, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IssueAfterReset = Schema.Struct({
  amount: Schema.Number.annotateKey({ description: "How much is granted, in the unit of the meter. 0: nothing." }),
  priority: nullish(Schema.Number).annotateKey({
    description: "The rank of the grant in the order in which grants burn down. Absent: 1."
  })
}).annotate({ identifier: "IssueAfterReset" })

/**
 * What a metered entitlement grants by itself in each usage period, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface IssueAfterReset extends Schema.Schema.Type<typeof IssueAfterReset> {}

/**
 * An entitlement of a customer with a balance: usage burns down what is granted.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMeteredV2 = Schema.Struct({
  ...Struct.omit(EntitlementMetered.fields, ["subjectKey", "isUnlimited"]),
  ...customer,
  issue: nullish(IssueAfterReset).annotateKey({ description: "What is granted anew in each usage period." })
}).annotate({ identifier: "EntitlementMeteredV2" })

/**
 * An entitlement of a customer with a balance: usage burns down what is granted.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementMeteredV2 extends Schema.Schema.Type<typeof EntitlementMeteredV2> {}

/**
 * An entitlement of a customer with a configuration.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementStaticV2 = Schema.Struct({
  ...Struct.omit(EntitlementStatic.fields, ["subjectKey"]),
  ...customer
}).annotate({ identifier: "EntitlementStaticV2" })

/**
 * An entitlement of a customer with a configuration.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementStaticV2 extends Schema.Schema.Type<typeof EntitlementStaticV2> {}

/**
 * An entitlement of a customer that is plain access.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementBooleanV2 = Schema.Struct({
  ...Struct.omit(EntitlementBoolean.fields, ["subjectKey"]),
  ...customer
}).annotate({ identifier: "EntitlementBooleanV2" })

/**
 * An entitlement of a customer that is plain access.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementBooleanV2 extends Schema.Schema.Type<typeof EntitlementBooleanV2> {}

/**
 * An entitlement of a customer, told apart by `type`.
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
 * An entitlement of a customer, told apart by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementV2 = EntitlementMeteredV2 | EntitlementStaticV2 | EntitlementBooleanV2 | UnknownEntitlement

/**
 * What a metered entitlement is to grant by itself in each usage period.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IssueAfterResetInput = Schema.Struct({
  amount: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)).annotateKey({
    description: "How much is granted, from 0, in the unit of the meter. 0: nothing."
  }),
  priority: optional(GrantPriority).annotateKey({
    description: "The rank of the grant in the order in which grants burn down, 1 to 255, the lowest first. Default: 1."
  })
}).annotate({ identifier: "IssueAfterResetInput" })

/**
 * What a metered entitlement is to grant by itself in each usage period.
 *
 * @since 2.0.0
 * @category models
 */
export interface IssueAfterResetInput extends Schema.Schema.Type<typeof IssueAfterResetInput> {}

/**
 * What a metered entitlement of a customer is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMeteredV2CreateInputs = EntitlementMeteredCreateInputs.mapFields(
  (fields) => ({
    ...Struct.omit(fields, ["isUnlimited"]),
    issue: optional(IssueAfterResetInput).annotateKey({
      description: "What to grant anew in each usage period. It wins over `issueAfterReset`, and excludes `grants`."
    }),
    grants: optional(Schema.Array(EntitlementGrantCreateInputV2)).annotateKey({
      description: "Grants to create together with the entitlement: all or none."
    })
  }),
  // The check, that a feature is named, reads none of the members that differ.
  { unsafePreserveChecks: true }
).annotate({ identifier: "EntitlementMeteredV2CreateInputs" })

/**
 * What a metered entitlement of a customer is created from.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementMeteredV2CreateInputs extends Schema.Schema.Type<typeof EntitlementMeteredV2CreateInputs> {}

/**
 * What an entitlement of a customer is created from, told apart by `type`.
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
 * What an entitlement of a customer is created from, told apart by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementV2CreateInputs =
  | EntitlementMeteredV2CreateInputs
  | EntitlementStaticCreateInputs
  | EntitlementBooleanCreateInputs

/**
 * How the entitlements of a customer are listed.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerEntitlementListParams = Schema.Struct({
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description:
      "Whether deleted entitlements are wanted too; servers list the active ones all the same. Default: false."
  }),
  ...pageParams,
  ...orderParams(EntitlementOrderBy)
}).annotate({ identifier: "CustomerEntitlementListParams" })

/**
 * How the entitlements of a customer are listed.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerEntitlementListParams extends Schema.Schema.Type<typeof CustomerEntitlementListParams> {}

/**
 * How the entitlements of all customers are listed.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementListV2Params = Schema.Struct({
  customerKeys: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Lists only entitlements of customers with these keys. Together with `customerIds`: both must match."
  }),
  customerIds: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Lists only entitlements of customers with these ids. Together with `customerKeys`: both must match."
  }),
  ...Struct.omit(EntitlementPageParams.fields, ["subject"]),
  limit: limitParams.limit.annotateKey({ description: "Without effect on servers of today: ask by page." }),
  offset: limitParams.offset.annotateKey({ description: "Without effect on servers of today: ask by page." })
}).annotate({ identifier: "EntitlementListV2Params" })

/**
 * How the entitlements of all customers are listed.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementListV2Params extends Schema.Schema.Type<typeof EntitlementListV2Params> {}
