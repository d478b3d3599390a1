/**
 * What a repeated request does: the annotation by which the retry policy decides.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"

/**
 * What happens when the server sees the same request twice.
 *
 * - `"idempotent"`: the second one changes nothing, so it may be sent again after any failure
 * - `"deduplicated"`: the server recognises the second one by the ids in it, so it may be sent again after any failure
 * - `"creating"`: the second one has an effect of its own, so it may be sent again only when the server refused the
 *   first one unread (429, 503)
 *
 * @since 2.0.0
 * @category models
 */
export type Idempotency = "idempotent" | "deduplicated" | "creating"

/**
 * The annotation of an endpoint that says what happens when the server sees its request twice.
 *
 * Nothing is guessed from the HTTP method: an endpoint without the annotation counts as `"creating"`.
 *
 * @since 2.0.0
 * @category annotations
 */
export const Idempotency: Context.Reference<Idempotency> = Context.Reference("@openmeter/sdk/Idempotency", {
  defaultValue: (): Idempotency => "creating"
})
