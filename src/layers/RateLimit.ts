/**
 * How many requests are sent in a time.
 *
 * @since 2.0.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as RateLimiter from "effect/persistence/RateLimiter"
import * as Predicate from "effect/Predicate"
import type { InvalidRequestError } from "../errors.ts"
import { CurrentSuspension } from "./Call.ts"
import { untilDeadline } from "./Deadline.ts"
import * as Check from "./Check.ts"
import { off, RateLimitPolicy, type Client } from "./Policy.ts"
import { watch } from "./Store.ts"

/**
 * How many requests are sent in a time.
 *
 * @since 2.0.0
 * @category models
 */
export interface RateLimitOptions {
  /** How many requests are sent in a window, at least 1, until the server's headers say otherwise. */
  readonly limit: number
  /** How long a window is, until the server's headers say otherwise. */
  readonly window: Duration.Input
  /** How a window is filled: drop by drop, or all at once. Default: `token-bucket`. */
  readonly algorithm?: "fixed-window" | "token-bucket" | undefined
  /** Under which name a fleet shares the limit. Default: `openmeter`. */
  readonly key?: string | undefined
  /**
   * Whether the limit follows the headers of the answers: `RateLimit-*`, `X-RateLimit-*` and `Retry-After`. Default:
   * true.
   */
  readonly adaptive?: boolean | undefined
}

const names: ReadonlyArray<string> = ["limit", "window", "algorithm", "key", "adaptive"] satisfies ReadonlyArray<
  keyof RateLimitOptions
>

const algorithms: ReadonlyArray<unknown> = ["fixed-window", "token-bucket"]

const resolve = (options: RateLimitOptions) => {
  Check.members("rateLimit", options, names)
  const { adaptive = true, algorithm = "token-bucket", key = "openmeter" } = options
  if (!algorithms.includes(algorithm))
    throw Check.invalid("rateLimit.algorithm", `must be one of ${algorithms.join(", ")}`)
  if (!Predicate.isBoolean(adaptive)) throw Check.invalid("rateLimit.adaptive", "must be true or false")
  return {
    limit: Check.whole("rateLimit.limit", options.limit, 1),
    window: Check.duration("rateLimit.window", options.window),
    key: Check.name("rateLimit.key", key),
    algorithm,
    adaptive
  }
}

/** A limiter whose store is out of reach limits nothing: metering goes on when Redis does not. */
const tolerant = (limiter: RateLimiter.RateLimiter): RateLimiter.RateLimiter => {
  const { ask, isAway } = watch<RateLimiter.RateLimiterError>(
    ({ reason }) => reason._tag === "RateLimitStoreError",
    (error) => Effect.logWarning("The store of the rate limit is out of reach: requests are not limited", error)
  )
  const timedOut = () =>
    new RateLimiter.RateLimiterError({ reason: new RateLimiter.RateLimitStoreError({ message: "no answer in time" }) })
  const orElse = <A>(question: Effect.Effect<A, RateLimiter.RateLimiterError>, instead: A) =>
    Effect.clockWith((clock) =>
      isAway(clock) ? Effect.succeed(instead) : Effect.orElseSucceed(ask(question, timedOut), () => instead)
    )
  return {
    ...limiter,
    consume: (options) =>
      orElse(limiter.consume(options), {
        delay: Duration.zero,
        limit: options.limit,
        remaining: options.limit,
        resetAfter: Duration.zero
      }),
    adaptiveConsume: (options) =>
      orElse(limiter.adaptiveConsume(options), { delay: Duration.zero, epoch: 0, phase: "inactive" }),
    adaptiveFeedback: (options) => orElse(limiter.adaptiveFeedback(options), undefined)
  }
}

const make = (
  options: RateLimitOptions,
  guard: (limiter: RateLimiter.RateLimiter) => RateLimiter.RateLimiter
): Layer.Layer<never, InvalidRequestError, RateLimiter.RateLimiter> =>
  Layer.effect(
    RateLimitPolicy,
    Effect.gen(function* () {
      const limiter = guard(yield* RateLimiter.RateLimiter)
      const { adaptive, ...settings } = yield* Check.run(() => resolve(options))
      const limit = HttpClient.withRateLimiter({
        ...settings,
        limiter,
        // The retry policy decides what is tried again; on its own the limiter would repeat a 429 for ever.
        times: 0,
        disableResponseInspection: !adaptive,
        disableAdaptiveLearning: !adaptive
      })
      return (client: Client): Client => {
        // A store that fails limits nothing, so no error of the limiter is left.
        const limited = limit(client) as Client
        return HttpClient.transform(client, (attempt, request) =>
          Effect.withFiber((fiber) =>
            fiber.getRef(CurrentSuspension).rateLimit
              ? attempt
              : untilDeadline(limited.postprocess(Effect.succeed(request)), request)
          )
        )
      }
    })
  )

/**
 * Limits the rate of all clients over this layer, by the program's `RateLimiter`: with its store in Redis, a fleet
 * shares the limit.
 *
 * A wait for the limit ends at the call's deadline. While the store is out of reach, or does not answer within half a
 * second, nothing is limited, and a warning is logged.
 *
 * @example
 * ```ts
 * import { NodeRedis } from "@effect/platform-node"
 * import { Layer } from "effect"
 * import { RateLimiter } from "effect/persistence"
 * import { OpenMeter, RateLimit } from "@openmeter/sdk/effect"
 *
 * const limited = OpenMeter.layer({ baseUrl: "http://localhost:8888" }).pipe(
 *   Layer.provide(RateLimit.layer({ limit: 100, window: "1 second" })),
 *   Layer.provide(RateLimiter.layer),
 *   Layer.provide(RateLimiter.layerStoreRedis()),
 *   // Without a queue, calls go on at once while Redis is away.
 *   Layer.provide(NodeRedis.layer({ url: "redis://localhost:6379", disableOfflineQueue: true }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (options: RateLimitOptions): Layer.Layer<never, InvalidRequestError, RateLimiter.RateLimiter> =>
  make(options, tolerant)

/**
 * Limits the rate of all clients over this layer within this process.
 *
 * @example
 * ```ts
 * import { OpenMeter } from "@openmeter/sdk"
 * import { RateLimit } from "@openmeter/sdk/effect"
 *
 * const openmeter = new OpenMeter({
 *   baseUrl: "http://localhost:8888",
 *   policies: RateLimit.layerMemory({ limit: 100, window: "1 second" })
 * })
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layerMemory = (options: RateLimitOptions): Layer.Layer<never, InvalidRequestError> =>
  make(options, identity).pipe(Layer.provide(RateLimiter.layer), Layer.provide(RateLimiter.layerStoreMemory))

/**
 * Limits no rate.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerOff: Layer.Layer<never> = Layer.succeed(RateLimitPolicy, off)

/**
 * Sends the requests of one effect without waiting for the rate limit, nor counting towards it.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { CustomerEntitlements, RateLimit } from "@openmeter/sdk/effect"
 *
 * const check = Effect.flatMap(CustomerEntitlements, (entitlements) => entitlements.value("acme", "ai_tokens")).pipe(
 *   RateLimit.suspend
 * )
 * ```
 *
 * @since 2.0.0
 * @category combinators
 */
export const suspend = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.updateService(self, CurrentSuspension, (suspension) => ({ ...suspension, rateLimit: true }))
