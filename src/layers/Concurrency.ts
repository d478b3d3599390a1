/**
 * Limit on the number of requests in flight.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import type { InvalidRequestError } from "../errors.ts"
import { CurrentPermits } from "./Call.ts"
import { untilDeadline } from "./Deadline.ts"
import * as Check from "./Check.ts"
import { resolveConcurrency } from "./Options.ts"
import { mayWaitForOthers } from "./Platform.ts"
import type { Answer, Policy } from "./Policy.ts"
import type { Observer } from "./Telemetry.ts"

/**
 * Default limit on a client's requests in flight. On Cloudflare Workers there is no limit by default.
 *
 * @since 2.0.0
 * @category constants
 */
export const DEFAULT_LIMIT = 64

/**
 * Permits, one per request in flight, and the number of requests waiting for one.
 *
 * @internal
 */
export interface Permits {
  readonly semaphore: Semaphore.Semaphore
  waiting: number
}

/**
 * Permits that the program provides for its clients. `"default"` stands for the default limit, separate for each
 * client.
 */
const Provided: Context.Reference<Permits | undefined | "default"> = Context.Reference("@openmeter/sdk/Concurrency", {
  defaultValue: (): Permits | undefined | "default" => "default"
})

/** Creates permits for the given limit, or none if there is no limit. */
const makePermits = (limit: number | false): Permits | undefined =>
  limit === false ? undefined : { semaphore: Semaphore.makeUnsafe(limit), waiting: 0 }

const make = (limit: number | false): Effect.Effect<Permits | undefined, InvalidRequestError> =>
  Check.run(() => makePermits(resolveConcurrency(limit)))

/**
 * Limits the requests in flight of all clients over this layer together.
 *
 * @param limit - at least 1
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { Concurrency, Events, Meters, Transport } from "@openmeter/sdk/effect"
 *
 * const services = Layer.merge(Events.layer, Meters.layer).pipe(
 *   Layer.provide(Transport.layer({ baseUrl: "http://localhost:8888" })),
 *   Layer.provide(Concurrency.layer(8))
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (limit: number = DEFAULT_LIMIT): Layer.Layer<never, InvalidRequestError> =>
  Layer.effect(Provided, make(limit))

/**
 * Removes the limit on requests in flight.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerOff: Layer.Layer<never> = Layer.succeed(Provided, undefined)

/**
 * Runs an effect with its own limit on requests in flight, instead of the client's. `false` removes the limit.
 *
 * @example
 * ```ts
 * import { Effect, Stream } from "effect"
 * import { Concurrency, Customers } from "@openmeter/sdk/effect"
 *
 * // A nightly job that leaves the client's permits to interactive requests.
 * const names = Effect.flatMap(Customers, (customers) => Stream.runCollect(customers.items())).pipe(Concurrency.with(2))
 * ```
 *
 * @since 2.0.0
 * @category combinators
 */
const with_: {
  (limit: number | false): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | InvalidRequestError, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, limit: number | false): Effect.Effect<A, E | InvalidRequestError, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, limit: number | false) =>
  Effect.flatMap(make(limit), (permits) => Effect.provideService(self, CurrentPermits, permits))
)

export { with_ as with }

/** Returns the permits of a client: from its own options, from the program's layer, or for the default limit. */
const own = (limit: number | false | undefined): Effect.Effect<Permits | undefined> =>
  limit === undefined
    ? Effect.map(Provided, (provided) =>
        provided === "default" ? makePermits(mayWaitForOthers() && DEFAULT_LIMIT) : provided
      )
    : Effect.sync(() => makePermits(limit))

/** Runs an attempt once it gets a permit. */
const queue = (
  attempt: Answer,
  permits: Permits,
  request: HttpClientRequest.HttpClientRequest,
  observer: Observer
): Answer =>
  Effect.clockWith((clock) => {
    const asked = clock.currentTimeMillisUnsafe()
    let waits = true
    permits.waiting++
    const leave = () => {
      if (waits) permits.waiting--
      waits = false
    }
    const enter = Effect.suspend(() => {
      leave()
      return observer.queued(clock.currentTimeMillisUnsafe() - asked)
    })
    return untilDeadline(permits.semaphore.withPermits(1)(Effect.andThen(enter, attempt)), request).pipe(
      Effect.ensuring(Effect.sync(leave))
    )
  })

/**
 * Creates the policy that gives each attempt a permit, and releases it however the attempt ends.
 *
 * Permits are granted in the order of the requests. Waiting for a permit does not count toward the attempt timeout, and
 * ends at the call's deadline.
 *
 * @param limit - limit from the client's options, which overrides the program's layer
 * @internal
 */
export const policy = (limit: number | false | undefined, observer: Observer): Effect.Effect<Policy> =>
  Effect.map(own(limit), (permitsOfClient): Policy =>
    HttpClient.transform((attempt, request) =>
      Effect.withFiber((fiber) => {
        const current = fiber.getRef(CurrentPermits)
        const permits = current === "client" ? permitsOfClient : current
        if (permits === undefined) return attempt
        // Without waiting requests, a free permit is taken without a timer. Otherwise, the attempt queues up behind
        // them.
        if (permits.waiting > 0) return queue(attempt, permits, request, observer)
        return Effect.flatMap(permits.semaphore.withPermitsIfAvailable(1)(attempt), (answer) =>
          Option.isSome(answer) ? Effect.succeed(answer.value) : queue(attempt, permits, request, observer)
        )
      })
    )
  )
