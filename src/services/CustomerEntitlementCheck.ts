/**
 * Whether customers may use features, answered from memory: the check that stands in a request path.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CommonError, InvalidRequestError, NotFoundError } from "../errors.ts"
import { make, type EntitlementCheckOptions } from "./AccessCache.ts"
import { CustomerEntitlements } from "./CustomerEntitlements.ts"

/**
 * The check of entitlements of customers.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerEntitlementCheckService {
  /**
   * Tells whether a customer may use a feature, as `EntitlementCheck` does for subjects. A customer or entitlement that
   * does not exist, or no longer, is no error: there is no access.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{featureKey}/value`
   */
  readonly hasAccess: (
    customerIdOrKey: string,
    featureKey: string
  ) => Effect.Effect<boolean, NotFoundError | CommonError>
  /** Forgets what is known of a customer and a feature, after a grant say: the next check asks. */
  readonly invalidate: (customerIdOrKey: string, featureKey: string) => Effect.Effect<void>
  /** Forgets everything. */
  readonly invalidateAll: Effect.Effect<void>
}

/**
 * Whether customers may use features, answered from memory: the check that stands in a request path.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { CustomerEntitlementCheck } from "@openmeter/sdk/effect"
 *
 * const mayGenerate = Effect.gen(function*() {
 *   const check = yield* CustomerEntitlementCheck
 *   return yield* check.hasAccess("acme", "ai_tokens")
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class CustomerEntitlementCheck extends Context.Service<
  CustomerEntitlementCheck,
  CustomerEntitlementCheckService
>()("@openmeter/sdk/CustomerEntitlementCheck") {
  /**
   * The check, over the {@link CustomerEntitlements} that it asks.
   *
   * Fails with the `InvalidRequestError` that names the option that is wrong.
   */
  static readonly layer = (
    options: EntitlementCheckOptions = {}
  ): Layer.Layer<CustomerEntitlementCheck, InvalidRequestError, CustomerEntitlements> =>
    Layer.effect(
      CustomerEntitlementCheck,
      Effect.flatMap(CustomerEntitlements, (entitlements) => make(options, entitlements.value))
    )
}
