/**
 * Cached entitlement checks for customers, cheap enough for every request.
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
 * Cached entitlement checks for customers.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerEntitlementCheckService {
  /**
   * Returns whether a customer has access to a feature, like `EntitlementCheck` does for subjects. A customer or
   * entitlement that does not exist is not an error: the result is `false`.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{featureKey}/value`
   */
  readonly hasAccess: (
    customerIdOrKey: string,
    featureKey: string
  ) => Effect.Effect<boolean, NotFoundError | CommonError>
  /**
   * Drops the cached answer for a customer and a feature, for example after a grant, so that the next check asks the
   * server.
   */
  readonly invalidate: (customerIdOrKey: string, featureKey: string) => Effect.Effect<void>
  /** Drops all cached answers. */
  readonly invalidateAll: Effect.Effect<void>
}

/**
 * Service that answers from memory whether a customer has access to a feature. Cheap enough to call on every request.
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
   * Layer of the check, over the {@link CustomerEntitlements} that it asks.
   *
   * Fails with an `InvalidRequestError` that names the invalid option.
   */
  static readonly layer = (
    options: EntitlementCheckOptions = {}
  ): Layer.Layer<CustomerEntitlementCheck, InvalidRequestError, CustomerEntitlements> =>
    Layer.effect(
      CustomerEntitlementCheck,
      Effect.flatMap(CustomerEntitlements, (entitlements) => make(options, entitlements.value))
    )
}
