/**
 * How many requests are under way at the same time.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"
import type { InvalidRequestError } from "../errors.ts"
import { untilDeadline } from "./Deadline.ts"
import * as Check from "./Check.ts"
import type { Policy } from "./Policy.ts"
import { queued } from "./Telemetry.ts"

/**
 * How many requests a client has under way at the same time when nothing else is said.
 *
 * @since 2.0.0
 * @category constants
 */
export const DEFAULT_LIMIT = 64

/**
 * The permits that requests take: one each, in the order in which they asked.
 *
 * `undefined` stands for no limit. A client whose program provides none has {@link DEFAULT_LIMIT} of its own.
 *
 * @since 2.0.0
 * @category references
 */
export const Permits: Context.Reference<Semaphore.Semaphore | undefined | "default"> = Context.Reference(
  "@openmeter/sdk/Concurrency/Permits",
  { defaultValue: (): Semaphore.Semaphore | undefined | "default" => "default" }
)

/** The permits of one effect, in the place of the client's. */
const CurrentPermits: Context.Reference<Semaphore.Semaphore | undefined | "client"> = Context.Reference(
  "@openmeter/sdk/Concurrency/CurrentPermits",
  { defaultValue: (): Semaphore.Semaphore | undefined | "client" => "client" }
)

const make = (limit: number): Effect.Effect<Semaphore.Semaphore, InvalidRequestError> =>
  Effect.map(
    Check.run(() => Check.whole("concurrency", limit, 1)),
    Semaphore.makeUnsafe
  )

const fromLimit = (limit: number | false): Effect.Effect<Semaphore.Semaphore | undefined, InvalidRequestError> =>
  limit === false ? Effect.succeed(undefined) : make(limit)

/**
 * Limits the requests under way to a number that all clients over this layer share.
 *
 * @param limit - at least 1
 * @since 2.0.0
 * @category layers
 */
export const layer = (limit: number = DEFAULT_LIMIT): Layer.Layer<never, InvalidRequestError> =>
  Layer.effect(Permits, make(limit))

/**
 * Lets any number of requests be under way.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerOff: Layer.Layer<never> = Layer.succeed(Permits, undefined)

/**
 * Limits the requests of one effect to a number of its own, in the place of its client's limit; `false` to none.
 *
 * @since 2.0.0
 * @category combinators
 */
const with_: {
  (limit: number | false): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | InvalidRequestError, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, limit: number | false): Effect.Effect<A, E | InvalidRequestError, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, limit: number | false) =>
  Effect.flatMap(fromLimit(limit), (permits) => Effect.provideService(self, CurrentPermits, permits))
)

export { with_ as with }

/** The permits of a client: what it says itself, what its program provides, or the default. */
const own = (limit: number | false | undefined): Effect.Effect<Semaphore.Semaphore | undefined, InvalidRequestError> =>
  limit === undefined
    ? Effect.map(Permits, (provided) => (provided === "default" ? Semaphore.makeUnsafe(DEFAULT_LIMIT) : provided))
    : fromLimit(limit)

/**
 * The policy that gives each attempt a permit, and takes it back when the attempt ends, however it ends.
 *
 * A wait for a permit is no part of the attempt's time, and ends at the call's deadline.
 *
 * @param limit - what the client says itself, before the program's layer
 * @since 2.0.0
 * @category policies
 */
export const policy = (limit: number | false | undefined): Effect.Effect<Policy, InvalidRequestError> =>
  Effect.map(own(limit), (permitsOfClient): Policy =>
    HttpClient.transform((attempt, request) =>
      Effect.withFiber((fiber) => {
        const current = fiber.getRef(CurrentPermits)
        const permits = current === "client" ? permitsOfClient : current
        if (permits === undefined) return attempt
        // A permit that is free costs no timer; only a queue needs one, to end at the deadline.
        return Effect.flatMap(permits.withPermitsIfAvailable(1)(attempt), (answer) => {
          if (Option.isSome(answer)) return Effect.succeed(answer.value)
          const clock = fiber.getRef(Clock.Clock)
          const asked = clock.currentTimeMillisUnsafe()
          const taken = Effect.suspend(() => queued(clock.currentTimeMillisUnsafe() - asked))
          return untilDeadline(permits.withPermits(1)(Effect.andThen(taken, attempt)), request)
        })
      })
    )
  )
