/**
 * Annotation of endpoints with the effect of repeating a request, on which the retry policy decides.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"

/**
 * Effect of sending the same request twice.
 *
 * - `"idempotent"`: the second request changes nothing, so it is safe to retry after any failure
 * - `"deduplicated"`: the server recognizes the second request by the ids in it, so it is safe to retry after any failure
 * - `"creating"`: the second request has an effect of its own, so it is safe to retry only if the server refused the
 *   first one unread (429, 503)
 *
 * @since 2.0.0
 * @category models
 */
export type Idempotency = "idempotent" | "deduplicated" | "creating"

/**
 * Annotation of an endpoint with the effect of sending the same request twice.
 *
 * Not derived from the HTTP method: endpoints without the annotation are `"creating"`.
 *
 * @since 2.0.0
 * @category annotations
 */
export const Idempotency: Context.Reference<Idempotency> = Context.Reference("@openmeter/sdk/Idempotency", {
  defaultValue: (): Idempotency => "creating"
})
