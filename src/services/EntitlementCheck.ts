/**
 * Cached entitlement checks for subjects, cheap enough for every request.
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
 * Cached entitlement checks for subjects.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementCheckService {
  /**
   * Returns whether a subject has access to a feature. A subject, customer or entitlement that does not exist is not an
   * error: the result is `false`.
   *
   * An answer is used until its `timeToLive` expires; concurrent checks share one request. While the server cannot be
   * reached, does not respond in time or fails with a 5xx, the last answer is used until `staleIfError` expires, and
   * the server is asked again every `timeToLive`. The check fails only if there is no such answer; whether to let the
   * request through then is up to the program. Failures are not cached.
   *
   * The options of {@link withCallOptions} do not apply to the request, because its answer is shared.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{featureKey}/value`
   */
  readonly hasAccess: (
    subjectIdOrKey: string,
    featureKey: string
  ) => Effect.Effect<boolean, NotFoundError | CommonError>
  /**
   * Drops the cached answer for a subject and a feature, for example after a grant, so that the next check asks the
   * server.
   */
  readonly invalidate: (subjectIdOrKey: string, featureKey: string) => Effect.Effect<void>
  /** Drops all cached answers. */
  readonly invalidateAll: Effect.Effect<void>
}

/**
 * Service that answers from memory whether a subject has access to a feature. Cheap enough to call on every request.
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
 *   // Fails open: without any answer, this program lets the request through.
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
   * Layer of the check, over the {@link Entitlements} that it asks.
   *
   * Fails with an `InvalidRequestError` that names the invalid option.
   */
  static readonly layer = (
    options: EntitlementCheckOptions = {}
  ): Layer.Layer<EntitlementCheck, InvalidRequestError, Entitlements> =>
    Layer.effect(
      EntitlementCheck,
      Effect.flatMap(Entitlements, (entitlements) => make(options, entitlements.value))
    )
}
