/**
 * Values of entitlements: whether a customer has access to a feature, and how much is left.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"
import { nullish } from "./Tolerant.ts"
import { TimestampInput } from "./Timestamp.ts"

const value = {
  // The server omits the field if there is no access.
  hasAccess: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))).annotateKey({
    description:
      "Whether the customer has access to the feature. A metered entitlement gives access while its balance is above 0, or always if it has a soft limit."
  }),
  balance: nullish(Schema.Number).annotateKey({
    description: "Metered only: remaining balance of the active grants, at least 0, in the meter's unit."
  }),
  usage: nullish(Schema.Number).annotateKey({
    description: "Metered only: usage in the current usage period, in the meter's unit."
  }),
  overage: nullish(Schema.Number).annotateKey({
    description: "Metered only: usage not covered by any grant, at least 0, in the meter's unit."
  }),
  totalAvailableGrantAmount: nullish(Schema.Number).annotateKey({
    description: "Metered only: total amount that the grants made available in the current usage period, used or not."
  }),
  config: nullish(Schema.String).annotateKey({
    description: "Static only: configuration of the entitlement, as a JSON string."
  })
}

/**
 * Value of an entitlement at a point in time.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementValue = Schema.Struct(value).annotate({ identifier: "EntitlementValue" })

/**
 * Value of an entitlement at a point in time.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementValue extends Schema.Schema.Type<typeof EntitlementValue> {}

/**
 * Value of a customer's entitlement at a point in time, with the remaining balance of each grant.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementValueV2 = Schema.Struct({
  ...value,
  grantBalances: nullish(Schema.Record(Schema.String, Schema.Number)).annotateKey({
    description: "Metered only: remaining balance of each active grant, at least 0, by grant id."
  })
}).annotate({ identifier: "EntitlementValueV2" })

/**
 * Value of a customer's entitlement at a point in time, with the remaining balance of each grant.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementValueV2 extends Schema.Schema.Type<typeof EntitlementValueV2> {}

/**
 * Query parameters for the value of an entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementValueParams = Schema.Struct({
  time: optional(TimestampInput).annotateKey({
    description: "Time of the value, past or future, rounded up to the minute. Default: now."
  })
}).annotate({ identifier: "EntitlementValueParams" })

/**
 * Query parameters for the value of an entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementValueParams extends Schema.Schema.Type<typeof EntitlementValueParams> {}
