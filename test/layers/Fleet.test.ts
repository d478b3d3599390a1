/**
 * Clients of several processes, as far as they can tell: each has layers, and a connection to Redis, of its own.
 */
import { NodeRedis } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { CircuitBreaker as Breaker, RateLimiter } from "effect/persistence"
import * as CircuitBreaker from "../../src/layers/CircuitBreaker.ts"
import * as RateLimit from "../../src/layers/RateLimit.ts"
import { hasRedis, redis } from "../support/redis.ts"
import { following, list, over, status, type Scripted } from "../support/script.ts"

if (!hasRedis) console.log("Fleet.test.ts is skipped: there is no redis-server on this machine")

/** A client of the server in a fleet, under a policy whose store is in Redis. */
const member = (server: Scripted, policy: Layer.Layer<never, unknown>) =>
  Layer.build(
    Layer.fresh(over(server, { retry: false, timeout: "1 second" }).pipe(Layer.provide(Layer.fresh(policy))))
  ).pipe(
    Effect.map((services) => ({
      call: Effect.match(Effect.provide(list, services), {
        onSuccess: () => "ok",
        onFailure: (error) => (error._tag === "TimeoutError" && !error.sent ? "held back" : error._tag)
      })
    }))
  )

/** A client that queues nothing while it looks for its server: what is asked of it then fails at once. */
const connection = (url: string) => NodeRedis.layer({ url, disableOfflineQueue: true })

const rateLimit = (url: string, options: RateLimit.RateLimitOptions) =>
  RateLimit.layer(options).pipe(
    Layer.provide(RateLimiter.layer),
    Layer.provide(RateLimiter.layerStoreRedis()),
    Layer.provide(connection(url))
  )

const circuitBreaker = (url: string, options: CircuitBreaker.CircuitBreakerOptions) =>
  CircuitBreaker.layer(options).pipe(Layer.provide(Breaker.layerStoreRedis()), Layer.provide(connection(url)))

describe.skipIf(!hasRedis)("a fleet", () => {
  for (const algorithm of ["fixed-window", "token-bucket"] as const) {
    it.live(`shares a rate limit by ${algorithm}, by its key`, () =>
      Effect.gen(function* () {
        const { url } = yield* redis
        const server = following(status(200))
        const limit = { limit: 3, window: "1 hour", algorithm } as const
        const first = yield* member(server, rateLimit(url, limit))
        const second = yield* member(server, rateLimit(url, limit))
        const other = yield* member(server, rateLimit(url, { ...limit, key: "other" }))
        assert.deepStrictEqual([yield* first.call, yield* second.call, yield* first.call], ["ok", "ok", "ok"])
        assert.deepStrictEqual([yield* second.call, yield* first.call], ["held back", "held back"])
        assert.strictEqual(yield* other.call, "ok")
        assert.strictEqual(server.sent.length, 4)
      })
    )
  }

  it.live("heeds what the server asked of one of its members", () =>
    Effect.gen(function* () {
      const { url } = yield* redis
      const server = following(status(429, { "retry-after": "3600" }), status(200))
      const limit = { limit: 1000, window: "1 second" } as const
      const first = yield* member(server, rateLimit(url, limit))
      const second = yield* member(server, rateLimit(url, limit))
      assert.strictEqual(yield* first.call, "RateLimitedError")
      assert.strictEqual(yield* second.call, "held back")
      assert.strictEqual(server.sent.length, 1)
    })
  )

  it.live("shares a circuit, which opens and closes for all of its members", () =>
    Effect.gen(function* () {
      const { url } = yield* redis
      const server = following(status(500), status(500), status(500), status(500), status(200))
      const options = { failureRate: 0.5, size: 10, minimumCalls: 4, openDuration: "200 millis" } as const
      const first = yield* member(server, circuitBreaker(url, options))
      const second = yield* member(server, circuitBreaker(url, options))
      for (const { call } of [first, second, first, second]) assert.strictEqual(yield* call, "ServerError")
      assert.deepStrictEqual([yield* first.call, yield* second.call], ["CircuitOpenError", "CircuitOpenError"])
      assert.strictEqual(server.sent.length, 4)
      yield* Effect.sleep("300 millis")
      assert.deepStrictEqual([yield* second.call, yield* first.call], ["ok", "ok"])
    })
  )

  it.live("goes on when its Redis is gone", () =>
    Effect.gen(function* () {
      const { kill, url } = yield* redis
      const server = following(status(200))
      const limited = yield* member(server, rateLimit(url, { limit: 1, window: "1 hour" }))
      const guarded = yield* member(server, circuitBreaker(url, {}))
      assert.deepStrictEqual([yield* limited.call, yield* guarded.call], ["ok", "ok"])
      assert.strictEqual(yield* limited.call, "held back")
      yield* kill
      assert.deepStrictEqual([yield* limited.call, yield* limited.call], ["ok", "ok"])
      assert.deepStrictEqual([yield* guarded.call, yield* guarded.call], ["ok", "ok"])
      // The client of Redis logs every attempt to find it again.
    }).pipe(Effect.provide(Logger.layer([])))
  )
})
