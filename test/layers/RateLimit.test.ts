import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"
import { OpenMeter } from "@openmeter/sdk"
import type { Options } from "../../src/layers/Options.ts"
import * as RateLimit from "../../src/layers/RateLimit.ts"
import { json, replying } from "../support/fetch.ts"
import { rejection } from "../support/failure.ts"
import {
  after,
  drawing,
  following,
  hang,
  list,
  over,
  status,
  type Call,
  type Scripted,
  type Step
} from "../support/script.ts"

const limited = (server: Scripted, limit: RateLimit.RateLimitOptions, options: Partial<Options> = {}) =>
  over(server, options).pipe(Layer.provide(RateLimit.layerMemory(limit)))

/** Makes so many calls at once, and lets time pass until all have ended. */
const together = (server: Scripted, calls: number, services: ReturnType<typeof limited>, call: Call = list) =>
  Effect.gen(function* () {
    const all = Effect.all(
      Array.from({ length: calls }, () => call),
      { concurrency: "unbounded" }
    )
    const fiber = yield* Effect.forkChild(Effect.provide(all, services))
    yield* TestClock.adjust("1 hour")
    yield* Fiber.join(fiber)
    return server.times()
  })

const tenASecond = { limit: 10, window: "1 second" } as const

describe("the rate", () => {
  it.effect("is what the limit says, drop by drop once the bucket is empty", () =>
    Effect.gen(function* () {
      const server = following(status(200))
      const times = yield* together(server, 6, limited(server, { limit: 2, window: "1 second" }))
      assert.deepStrictEqual(times, [0, 0, 500, 1000, 1500, 2000])
    })
  )

  it.effect("is what the limit says, window by window", () =>
    Effect.gen(function* () {
      const server = following(status(200))
      const limit = { limit: 2, window: "1 second", algorithm: "fixed-window" } as const
      assert.deepStrictEqual(yield* together(server, 6, limited(server, limit)), [0, 0, 1000, 1000, 2000, 2000])
    })
  )

  it.effect("counts attempts, not calls", () =>
    Effect.gen(function* () {
      const server = following(status(503))
      const services = limited(server, { limit: 1, window: "10 seconds" }, { retry: { times: 2 } })
      const times = yield* together(server, 1, services, Effect.exit(list).pipe(drawing(1)))
      assert.deepStrictEqual(times, [0, 10_000, 20_000])
    })
  )

  it.effect("is shared by the clients over one layer, and by no others", () =>
    Effect.gen(function* () {
      const rate = RateLimit.layerMemory({ limit: 1, window: "1 second" })
      const both = (shared: Layer.Layer<never, unknown>) =>
        Effect.gen(function* () {
          const server = following(status(200))
          const client = () => Effect.provide(list, Layer.fresh(over(server)).pipe(Layer.provide(shared)))
          const fiber = yield* Effect.forkChild(Effect.all([client(), client()], { concurrency: "unbounded" }))
          yield* TestClock.adjust("1 minute")
          yield* Fiber.join(fiber)
          const [first, second] = server.times()
          return second! - first!
        })
      assert.strictEqual(yield* both(Layer.succeedContext(yield* Layer.build(rate))), 1000)
      assert.strictEqual(yield* both(Layer.fresh(rate)), 0)
    })
  )

  it.effect("is none under the layer that is off, nor for an effect that suspends it", () =>
    Effect.gen(function* () {
      const slow = { limit: 1, window: "1 hour" } as const
      const server = following(status(200))
      const services = over(server).pipe(Layer.provide(RateLimit.layerOff), Layer.provide(RateLimit.layerMemory(slow)))
      assert.deepStrictEqual(yield* together(server, 3, services), [0, 0, 0])
      const other = following(status(200))
      const begin = yield* TestClock.testClockWith((clock) => clock.currentTimeMillis)
      const times = yield* together(other, 3, limited(other, slow), RateLimit.suspend(list))
      assert.deepStrictEqual(times, [begin, begin, begin])
    })
  )

  const wrong: ReadonlyArray<readonly [options: unknown, field: string]> = [
    [{ ...tenASecond, limit: 0 }, "rateLimit.limit"],
    [{ ...tenASecond, limit: 1.5 }, "rateLimit.limit"],
    [{ window: "1 second" }, "rateLimit.limit"],
    [{ ...tenASecond, window: 0 }, "rateLimit.window"],
    [{ limit: 10 }, "rateLimit.window"],
    [{ ...tenASecond, algorithm: "leaky-bucket" }, "rateLimit.algorithm"],
    [{ ...tenASecond, key: "" }, "rateLimit.key"],
    [{ ...tenASecond, adaptive: "yes" }, "rateLimit.adaptive"],
    [{ ...tenASecond, burst: 5 }, "rateLimit.burst"],
    [undefined, "rateLimit"]
  ]
  for (const [options, field] of wrong) {
    it.effect(`is refused as ${JSON.stringify(options)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Layer.build(RateLimit.layerMemory(options as RateLimit.RateLimitOptions)))
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field })
      })
    )
  }
})

describe("a wait for the rate", () => {
  it.effect("ends at the deadline, with an error that says that nothing was sent", () =>
    Effect.gen(function* () {
      const server = following(status(200))
      yield* Effect.gen(function* () {
        yield* list
        const fiber = yield* Effect.forkChild(Effect.flip(list))
        yield* TestClock.adjust("5 seconds")
        const error = yield* Fiber.join(fiber)
        assert.deepInclude({ ...error }, { _tag: "TimeoutError", timeout: 5000, sent: false })
      }).pipe(Effect.provide(limited(server, { limit: 1, window: "1 minute" }, { timeout: "5 seconds" })))
      assert.strictEqual(server.sent.length, 1)
    })
  )

  it.effect("ends when its caller is gone, which is never sent", () =>
    Effect.gen(function* () {
      const server = following(status(200))
      yield* Effect.gen(function* () {
        yield* list
        const fiber = yield* Effect.forkChild(list)
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("5 minutes")
      }).pipe(Effect.provide(limited(server, { limit: 1, window: "1 minute" })))
      assert.strictEqual(server.sent.length, 1)
    })
  )

  it.effect("takes no permit from those who may go", () =>
    Effect.gen(function* () {
      const server = following(after(1000, status(200)))
      yield* Effect.gen(function* () {
        yield* Effect.forkChild(list)
        yield* TestClock.adjust("2 seconds")
        // Waits for the rate: the only permit is free.
        yield* Effect.forkChild(list)
        yield* TestClock.adjust("1 second")
        const fiber = yield* Effect.forkChild(RateLimit.suspend(list))
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(fiber)
      }).pipe(Effect.provide(limited(server, { limit: 1, window: "1 minute" }, { concurrency: 1 })))
      assert.deepStrictEqual(server.times(), [0, 3000])
    })
  )

  it.effect("is no part of an attempt's time", () =>
    Effect.gen(function* () {
      const server = following(after(4000, status(200)), hang)
      const options = { attemptTimeout: "5 seconds", retry: false } as const
      yield* Effect.gen(function* () {
        yield* Effect.forkChild(list)
        const fiber = yield* Effect.forkChild(Effect.flip(list))
        yield* TestClock.adjust("65 seconds")
        assert.deepInclude({ ...(yield* Fiber.join(fiber)) }, { _tag: "TimeoutError", timeout: 5000, sent: true })
      }).pipe(Effect.provide(limited(server, { limit: 1, window: "1 minute" }, options)))
      assert.deepStrictEqual(server.times(), [0, 60_000])
    })
  )
})

describe("the server's word", () => {
  /** When the second and the third of three calls go out, one after the other, after a first one that was answered. */
  const afterAnswer = (step: Step, limit: RateLimit.RateLimitOptions = tenASecond) =>
    Effect.gen(function* () {
      const server = following(step, status(200))
      const services = limited(server, limit, { retry: false })
      const three = Effect.all([Effect.exit(list), Effect.exit(list), Effect.exit(list)])
      const [first, ...others] = yield* together(server, 1, services, three)
      return others.map((at) => at - first!)
    })

  for (const prefix of ["ratelimit", "x-ratelimit"]) {
    it.effect(`in ${prefix}-remaining and -reset is followed: nothing is sent until the window is over`, () =>
      Effect.gen(function* () {
        const headers = { [`${prefix}-limit`]: "10", [`${prefix}-remaining`]: "0", [`${prefix}-reset`]: "20" }
        assert.deepStrictEqual(yield* afterAnswer(status(200, headers)), [20_000, 20_000])
      })
    )

    it.effect(`in ${prefix}-remaining is believed about the requests that are under way, too`, () =>
      Effect.gen(function* () {
        const headers = { [`${prefix}-limit`]: "10", [`${prefix}-remaining`]: "2", [`${prefix}-reset`]: "20" }
        const server = following(status(200, headers), after(25_000, status(200)))
        const services = limited(server, tenASecond)
        const times = yield* together(
          server,
          1,
          services,
          Effect.andThen(list, Effect.all([list, list, list], { concurrency: "unbounded" }))
        )
        assert.deepStrictEqual(times, [0, 0, 0, 20_000])
      })
    )
  }

  it.effect("in x-ratelimit-reset is a number of seconds, or the second in which the window ends", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2025, 5, 1))
      for (const reset of ["30", String(Date.UTC(2025, 5, 1) / 1000 + 30)]) {
        const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }
        yield* TestClock.setTime(Date.UTC(2025, 5, 1))
        const [second] = yield* afterAnswer(status(200, headers))
        assert.strictEqual(second, 30_000)
      }
    })
  )

  it.effect("in Retry-After of a 429 holds back every request, of other calls too", () =>
    Effect.gen(function* () {
      const [second] = yield* afterAnswer(status(429, { "retry-after": "15" }))
      assert.strictEqual(second, 15_000)
    })
  )

  it.effect("in Retry-After is waited for once by the call that met it", () =>
    Effect.gen(function* () {
      const server = following(status(429, { "retry-after": "15" }), status(200))
      assert.deepStrictEqual(yield* together(server, 1, limited(server, tenASecond)), [0, 15_000])
    })
  )

  it.effect("is not heard when the limit is not adaptive", () =>
    Effect.gen(function* () {
      const limit = { ...tenASecond, adaptive: false }
      const headers = { "ratelimit-limit": "1", "ratelimit-remaining": "0", "ratelimit-reset": "20" }
      assert.deepStrictEqual(yield* afterAnswer(status(200, headers), limit), [0, 0])
      assert.deepStrictEqual(yield* afterAnswer(status(429, { "retry-after": "15" }), limit), [0, 0])
    })
  )

  it.effect("of a 429 is left to the retries: the limiter itself repeats nothing", () =>
    Effect.gen(function* () {
      const server = following(status(429))
      const services = limited(server, tenASecond, { retry: { times: 2 } })
      assert.strictEqual((yield* together(server, 1, services, Effect.exit(list))).length, 3)
    })
  )
})

describe("a store that is out of reach", () => {
  const failure = Effect.fail(
    new RateLimiter.RateLimiterError({ reason: new RateLimiter.RateLimitStoreError({ message: "no Redis" }) })
  )

  for (const [what, answer] of [
    ["fails", failure],
    ["does not answer", Effect.never]
  ] as const) {
    for (const algorithm of ["fixed-window", "token-bucket"] as const) {
      it.effect(`limits nothing by ${algorithm} while it ${what}, is logged, and left alone for five seconds`, () =>
        Effect.gen(function* () {
          let asked = 0
          const broken = () =>
            Effect.andThen(
              Effect.sync(() => asked++),
              answer
            )
          const store = Layer.succeed(RateLimiter.RateLimiterStore, {
            fixedWindow: broken,
            tokenBucket: broken,
            adaptiveConsume: broken,
            adaptiveFeedback: broken
          })
          const logs: Array<unknown> = []
          const logger = Logger.layer([Logger.make(({ message }) => logs.push(message))])
          const server = following(status(429, { "retry-after": "1" }), status(200))
          const services = over(server, { retry: { times: 1 } }).pipe(
            Layer.provide(RateLimit.layer({ limit: 1, window: "1 hour", algorithm })),
            Layer.provide(RateLimiter.layer),
            Layer.provide(store)
          )
          yield* Effect.gen(function* () {
            for (const expected of [1, 2]) {
              const fiber = yield* Effect.forkChild(Effect.all([list, list, list]))
              yield* TestClock.adjust("4 seconds")
              yield* Fiber.join(fiber)
              assert.strictEqual(asked, expected)
              assert.strictEqual(logs.length, expected)
              yield* TestClock.adjust("2 seconds")
            }
          }).pipe(Effect.provide(services), Effect.provide(logger))
          assert.strictEqual(server.sent.length, 7)
          assert.include(JSON.stringify(logs), "requests are not limited")
        })
      )
    }
  }
})

describe("the Promise API", () => {
  it("holds requests back by a layer among its policies", async () => {
    const { fetch, requests } = replying(json([]))
    const policies = RateLimit.layerMemory({ limit: 2, window: "1 hour" })
    await using openmeter = new OpenMeter({ baseUrl: "http://openmeter.test", fetch, policies })
    await openmeter.meters.list()
    await openmeter.meters.list()
    const error = await rejection(openmeter.meters.list({}, { timeout: 20 }))
    assert.include(error, { _tag: "TimeoutError", sent: false })
    assert.strictEqual(requests.length, 2)
  })

  it("rejects when a policy is wrong, and names it", async () => {
    const { fetch, requests } = replying(json([]))
    const policies = RateLimit.layerMemory({ limit: 0, window: "1 hour" })
    await using openmeter = new OpenMeter({ baseUrl: "http://openmeter.test", fetch, policies })
    const error = await rejection(openmeter.meters.list())
    assert.include(error, { _tag: "InvalidRequestError", field: "rateLimit.limit" })
    assert.strictEqual(requests.length, 0)
  })
})
