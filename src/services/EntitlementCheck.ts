/**
 * Whether subjects may use features, answered from memory: the check that stands in a request path.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CommonError, InvalidRequestError, NotFoundError } from "../errors.ts"
import { make, type EntitlementCheckOptions } from "./AccessCache.ts"
import { Entitlements } from "./Entitlements.ts"

/**
 * The check of entitlements of subjects.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementCheckService {
  /**
   * Tells whether a subject may use a feature. A subject, customer or entitlement that does not exist is no error: there
   * is no access.
   *
   * An answer is used until its `timeToLive` is over; checks that come while the server is being asked share the one
   * request. While the server cannot be reached, does not answer in time or fails with a 5xx, the last answer is used
   * until `staleIfError` is over, and the server asked again every `timeToLive`. Only where there is none does the check
   * fail: whether the program then lets the request in is its own decision. No failure is kept.
   *
   * The options of {@link withCallOptions} do not reach the request, since its answer is not its caller's alone.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{featureKey}/value`
   */
  readonly hasAccess: (
    subjectIdOrKey: string,
    featureKey: string
  ) => Effect.Effect<boolean, NotFoundError | CommonError>
  /** Forgets what is known of a subject and a feature, after a grant say: the next check asks. */
  readonly invalidate: (subjectIdOrKey: string, featureKey: string) => Effect.Effect<void>
  /** Forgets everything. */
  readonly invalidateAll: Effect.Effect<void>
}

/**
 * Whether subjects may use features, answered from memory: the check that stands in a request path.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { EntitlementCheck, OpenMeter } from "@openmeter/sdk/effect"
 *
 * const mayGenerate = Effect.gen(function*() {
 *   const check = yield* EntitlementCheck
 *   return yield* check.hasAccess("customer-1", "ai_tokens")
 * }).pipe(
 *   // No answer is known and none can be had: this program then lets the request in.
 *   Effect.orElseSucceed(() => true)
 * )
 *
 * const layer = EntitlementCheck.layer({ timeToLive: "5 seconds" }).pipe(
 *   Layer.provideMerge(OpenMeter.layer({ baseUrl: "http://localhost:8888" }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class EntitlementCheck extends Context.Service<EntitlementCheck, EntitlementCheckService>()(
  "@openmeter/sdk/EntitlementCheck"
) {
  /**
   * The check, over the {@link Entitlements} that it asks.
   *
   * Fails with the `InvalidRequestError` that names the option that is wrong.
   */
  static readonly layer = (
    options: EntitlementCheckOptions = {}
  ): Layer.Layer<EntitlementCheck, InvalidRequestError, Entitlements> =>
    Layer.effect(
      EntitlementCheck,
      Effect.flatMap(Entitlements, (entitlements) => make(options, entitlements.value))
    )
}
