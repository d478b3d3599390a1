/**
 * What an entitlement allows at an instant: the answer to "may this customer use the feature now?".
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"
import { nullish } from "./Tolerant.ts"
import { TimestampInput } from "./Timestamp.ts"

const value = {
  // The server leaves the member out where there is no access.
  hasAccess: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false))).annotateKey({
    description:
      "Whether the feature may be used. Of a metered entitlement: while its balance is above 0, or always under a soft limit."
  }),
  balance: nullish(Schema.Number).annotateKey({
    description: "Metered only: what is left of the grants that are active, from 0, in the unit of the meter."
  }),
  usage: nullish(Schema.Number).annotateKey({
    description: "Metered only: the usage of the current usage period, in the unit of the meter."
  }),
  overage: nullish(Schema.Number).annotateKey({
    description: "Metered only: the usage that no grant covers, from 0, in the unit of the meter."
  }),
  totalAvailableGrantAmount: nullish(Schema.Number).annotateKey({
    description: "Metered only: what the grants have given in the current usage period, and what is left of them."
  }),
  config: nullish(Schema.String).annotateKey({
    description: "Static only: the configuration of the entitlement, a JSON text."
  })
}

/**
 * What an entitlement allows at an instant.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementValue = Schema.Struct(value).annotate({ identifier: "EntitlementValue" })

/**
 * What an entitlement allows at an instant.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementValue extends Schema.Schema.Type<typeof EntitlementValue> {}

/**
 * What an entitlement of a customer allows at an instant, with what is left of each grant.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementValueV2 = Schema.Struct({
  ...value,
  grantBalances: nullish(Schema.Record(Schema.String, Schema.Number)).annotateKey({
    description: "Metered only: what is left of each grant that is active, from 0, by the grant's id."
  })
}).annotate({ identifier: "EntitlementValueV2" })

/**
 * What an entitlement of a customer allows at an instant, with what is left of each grant.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementValueV2 extends Schema.Schema.Type<typeof EntitlementValueV2> {}

/**
 * For when the value of an entitlement is asked.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementValueParams = Schema.Struct({
  time: optional(TimestampInput).annotateKey({
    description: "The instant, past or future, rounded up to the minute. Default: now."
  })
}).annotate({ identifier: "EntitlementValueParams" })

/**
 * For when the value of an entitlement is asked.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementValueParams extends Schema.Schema.Type<typeof EntitlementValueParams> {}
