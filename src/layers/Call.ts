/**
 * The context of the running call, for the layers below the services.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { constVoid, dual } from "effect/Function"
import * as Tracer from "effect/Tracer"
import type { InvalidRequestError, Operation } from "../errors.ts"
import * as Check from "./Check.ts"
import type { Permits } from "./Concurrency.ts"
import { resolveCall, type CallOptions, type ResolvedCallOptions } from "./Options.ts"

/**
 * The operation of the running call. Policies read it to decide what they may do.
 *
 * @since 2.0.0
 * @category references
 */
export const CurrentOperation: Context.Reference<Operation> = Context.Reference("@openmeter/sdk/CurrentOperation", {
  defaultValue: (): Operation => ({ name: "request", method: "", path: "", errors: new Set(), idempotency: "creating" })
})

/**
 * The options of the running call, which override its client's.
 *
 * @since 2.0.0
 * @category references
 */
export const CurrentCallOptions: Context.Reference<ResolvedCallOptions> = Context.Reference(
  "@openmeter/sdk/CurrentCallOptions",
  { defaultValue: (): ResolvedCallOptions => ({ timeout: undefined, headers: {}, retry: {} }) }
)

/**
 * The permits of the running call, which override its client's.
 *
 * @internal
 */
export const CurrentPermits: Context.Reference<Permits | undefined | "client"> = Context.Reference(
  "@openmeter/sdk/CurrentPermits",
  { defaultValue: (): Permits | undefined | "client" => "client" }
)

/**
 * The policies that are suspended for the running call.
 *
 * @internal
 */
export const CurrentSuspension: Context.Reference<Suspension> = Context.Reference("@openmeter/sdk/CurrentSuspension", {
  defaultValue: (): Suspension => ({ rateLimit: false, circuitBreaker: false })
})

interface Suspension {
  readonly rateLimit: boolean
  readonly circuitBreaker: boolean
}

/**
 * Called before the running call is retried: an earlier attempt may have reached the server.
 *
 * @since 2.0.0
 * @category references
 */
export const CurrentRepeat: Context.Reference<() => void> = Context.Reference("@openmeter/sdk/CurrentRepeat", {
  defaultValue: () => constVoid
})

/**
 * Runs an effect whose calls use the given timeout, headers and retry settings.
 *
 * Fails with an `InvalidRequestError` that names the invalid option, before the effect starts.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters, withCallOptions } from "@openmeter/sdk/effect"
 *
 * const usage = Effect.flatMap(Meters, (meters) => meters.query("tokens_total")).pipe(
 *   withCallOptions({ timeout: "5 seconds", headers: { "x-tenant": "acme" } })
 * )
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
    Check.run(() => resolveCall(options)),
    (resolved) =>
      Effect.updateService(self, CurrentCallOptions, (outer) => ({
        timeout: resolved.timeout ?? outer.timeout,
        headers: { ...outer.headers, ...resolved.headers },
        retry: { ...outer.retry, ...resolved.retry }
      }))
  )
)

const withoutCaller = Context.omit(CurrentCallOptions, CurrentPermits, CurrentSuspension, Tracer.ParentSpan)

/**
 * Runs an effect independently of its caller: the caller's call options do not apply to the effect's calls, and these
 * are not part of its trace. For background work of a service.
 *
 * @internal
 */
export const apartFromCaller = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.updateContext(
    self,
    // None of these is part of what the effect requires.
    (context: Context.Context<R>) => withoutCaller(context) as Context.Context<R>
  )
