/**
 * What the layers under a service know of the call that is under way.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Duration from "effect/Duration"
import { dual } from "effect/Function"
import type * as Redacted from "effect/Redacted"
import type { InvalidRequestError, Operation } from "../errors.ts"
import * as Options from "./Options.ts"

/**
 * The operation that the running call performs. Policies read it to decide what they may do.
 *
 * @since 2.0.0
 * @category references
 */
export const CurrentOperation: Context.Reference<Operation> = Context.Reference("@openmeter/sdk/CurrentOperation", {
  defaultValue: (): Operation => ({ name: "request", method: "", path: "", errors: new Set(), idempotency: "creating" })
})

/**
 * What one call does otherwise than its client.
 *
 * @since 2.0.0
 * @category models
 */
export interface CallOptions {
  /** How long the whole call may take, with every attempt and every wait between them. */
  readonly timeout?: Duration.Input | undefined
  /** Sent with the request, over the client's own headers of the same name. `undefined` takes none away. */
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted | undefined>> | undefined
}

/**
 * What the running call does otherwise than its client, in the form that requests need.
 *
 * @since 2.0.0
 * @category models
 */
export interface ResolvedCallOptions {
  /** In milliseconds. */
  readonly timeout: number | undefined
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, Redacted.Redacted>>
}

/**
 * What the running call does otherwise than its client.
 *
 * @since 2.0.0
 * @category references
 */
export const CurrentCallOptions: Context.Reference<ResolvedCallOptions> = Context.Reference(
  "@openmeter/sdk/CurrentCallOptions",
  { defaultValue: (): ResolvedCallOptions => ({ timeout: undefined, headers: {} }) }
)

/**
 * Runs an effect whose calls have a timeout or headers of their own.
 *
 * Fails with the `InvalidRequestError` that names the option that is wrong, before the effect begins.
 *
 * @example
 * ```ts
 * meters.query("tokens").pipe(withCallOptions({ timeout: "5 seconds", headers: { "x-tenant": "acme" } }))
 * ```
 *
 * @since 2.0.0
 * @category combinators
 */
export const withCallOptions: {
  (options: CallOptions): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | InvalidRequestError, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, options: CallOptions): Effect.Effect<A, E | InvalidRequestError, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, options: CallOptions) =>
  Effect.flatMap(
    Options.check(() => Options.resolveCall(options)),
    (resolved) =>
      Effect.updateService(self, CurrentCallOptions, (outer) => ({
        timeout: resolved.timeout ?? outer.timeout,
        headers: { ...outer.headers, ...resolved.headers }
      }))
  )
)
