/**
 * Limit on the rate of requests.
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
 * Options of a rate limit.
 *
 * @since 2.0.0
 * @category models
 */
export interface RateLimitOptions {
  /** Number of requests per window, at least 1, until the server's headers override it. */
  readonly limit: number
  /** Length of a window, until the server's headers override it. */
  readonly window: Duration.Input
  /**
   * How permits are replenished: continuously (`token-bucket`), or all at once per window (`fixed-window`). Default:
   * `token-bucket`.
   */
  readonly algorithm?: "fixed-window" | "token-bucket" | undefined
  /** Name under which several processes share the limit. Default: `openmeter`. */
  readonly key?: string | undefined
  /**
   * Whether the limit adapts to the response headers `RateLimit-*`, `X-RateLimit-*` and `Retry-After`. Default: true.
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

/** Makes a limiter stop limiting while its store is unavailable: metering continues when Redis does not. */
const tolerant = (limiter: RateLimiter.RateLimiter): RateLimiter.RateLimiter => {
  const { ask, isAway } = watch<RateLimiter.RateLimiterError>(
    ({ reason }) => reason._tag === "RateLimitStoreError",
    (error) => Effect.logWarning("The store of the rate limit is unavailable: requests are not limited", error)
  )
  const timedOut = () =>
    new RateLimiter.RateLimiterError({
      reason: new RateLimiter.RateLimitStoreError({ message: "the store timed out" })
    })
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
        // The retry policy decides about retries. By default, the limiter would retry a 429 indefinitely.
        times: 0,
        disableResponseInspection: !adaptive,
        disableAdaptiveLearning: !adaptive
      })
      return (client: Client): Client => {
        // A failing store does not limit, so no limiter errors remain.
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
 * Limits the request rate of all clients over this layer, with the program's `RateLimiter`. With a store in Redis,
 * several processes share the limit.
 *
 * Waiting for the limit ends at the call's deadline. While the store is unavailable, or does not respond within half a
 * second, requests are not limited, and a warning is logged.
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
 *   // Without a queue, calls continue immediately while Redis is unavailable.
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
 * Limits the request rate of all clients over this layer, within this process.
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
 * Removes the rate limit.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerOff: Layer.Layer<never> = Layer.succeed(RateLimitPolicy, off)

/**
 * Runs an effect whose requests neither wait for the rate limit nor count toward it.
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
