import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Logger } from "effect"
import { CircuitBreaker as Breaker } from "effect/persistence"
import { TestClock } from "effect/testing"
import { CircuitOpenError, OpenMeter, ServerError } from "@openmeter/sdk"
import * as CircuitBreaker from "../../src/layers/CircuitBreaker.ts"
import * as Concurrency from "../../src/layers/Concurrency.ts"
import type { Options } from "../../src/layers/Options.ts"
import * as RateLimit from "../../src/layers/RateLimit.ts"
import { Meters } from "../../src/services/Meters.ts"
import { json, replying } from "../support/fetch.ts"
import { rejection } from "../support/failure.ts"
import {
  after,
  drawing,
  following,
  hang,
  hangInBody,
  list,
  over,
  reset,
  resetInBody,
  scripted,
  status,
  type Call,
  type Scripted,
  type Step
} from "../support/script.ts"

/** Opens when half of the last 4 to 10 attempts have failed. */
const sensitive = { failureRate: 0.5, size: 10, minimumCalls: 4, openDuration: "30 seconds" } as const

const guarded = (
  server: Scripted,
  options: Partial<Options> = { retry: false },
  breaker: CircuitBreaker.CircuitBreakerOptions = sensitive
) => over(server, options).pipe(Layer.provide(CircuitBreaker.layerMemory(breaker)))

/** Makes calls one after the other, in all the time that they want, and gives their failures by tag. */
const outcomes = (calls: number, call: Call = list) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(
      Effect.forEach(Array.from({ length: calls }), () =>
        Effect.match(call, { onFailure: ({ _tag }) => _tag as string, onSuccess: () => "ok" })
      )
    )
    // In steps: a fiber that lets others run meanwhile would find its call's time over.
    for (let second = 0; second < 20 * 60; second++) yield* TestClock.adjust("1 second")
    return yield* Fiber.join(fiber)
  })

const times = <A>(count: number, value: A): Array<A> => Array.from({ length: count }, () => value)

describe("the circuit", () => {
  it.effect("opens when too many of the last attempts failed, and then lets nothing through", () =>
    Effect.gen(function* () {
      const server = following(status(500))
      const result = yield* Effect.provide(outcomes(10), guarded(server))
      assert.deepStrictEqual(result, [...times(4, "ServerError"), ...times(6, "CircuitOpenError")])
      assert.strictEqual(server.sent.length, 4)
    })
  )

  it.effect("stays closed while fewer of the last attempts fail", () =>
    Effect.gen(function* () {
      const server = scripted((count) => status(count % 3 === 0 ? 500 : 200))
      yield* Effect.provide(outcomes(60), guarded(server))
      assert.strictEqual(server.sent.length, 60)
    })
  )

  it.effect("looks at the last attempts alone", () =>
    Effect.gen(function* () {
      const server = scripted((count) => status(count <= 100 ? 200 : 500))
      yield* Effect.provide(outcomes(120), guarded(server))
      assert.strictEqual(server.sent.length, 105)
    })
  )

  it.effect("opens by default when 10 of 20 attempts have failed", () =>
    Effect.gen(function* () {
      const server = scripted((count) => status(count <= 10 ? 200 : 503))
      yield* Effect.provide(outcomes(40), guarded(server, { retry: false }, {}))
      assert.strictEqual(server.sent.length, 20)
    })
  )

  const answers: ReadonlyArray<readonly [what: string, step: Step, opens: boolean]> = [
    ...[500, 502, 503, 504, 408].map((code) => [`an answer of ${code}`, status(code), true] as const),
    ["a connection that is broken", reset, true],
    ["a connection that breaks in the answer", resetInBody, true],
    ["an answer that does not come in time", hang, true],
    ["an answer that does not come whole in time", hangInBody, true],
    ...[200, 302, 400, 401, 403, 404, 409, 412, 413, 429, 501].map(
      (code) => [`an answer of ${code}`, status(code), false] as const
    )
  ]
  for (const [what, step, opens] of answers) {
    it.effect(`${opens ? "opens" : "stays closed"} by ${what}`, () =>
      Effect.gen(function* () {
        const server = following(step)
        yield* Effect.provide(outcomes(8), guarded(server))
        assert.strictEqual(server.sent.length, opens ? 4 : 8)
      })
    )
  }

  it.effect("stays closed by what was never sent", () =>
    Effect.gen(function* () {
      const server = following(status(200))
      yield* Effect.gen(function* () {
        const impossible = Effect.flatMap(Meters, (meters) => meters.get(""))
        assert.deepStrictEqual(yield* outcomes(8, impossible), times(8, "InvalidRequestError"))
        yield* list
      }).pipe(Effect.provide(guarded(server)))
    })
  )

  it.effect("stays closed by what a limit held back until its deadline", () =>
    Effect.gen(function* () {
      const server = following(status(200))
      const services = guarded(server, { retry: false, timeout: "1 second" })
      yield* Effect.gen(function* () {
        yield* list
        for (let call = 0; call < 8; call++) {
          const fiber = yield* Effect.forkChild(Effect.flip(list))
          yield* TestClock.adjust("1 second")
          assert.deepInclude({ ...(yield* Fiber.join(fiber)) }, { _tag: "TimeoutError", sent: false })
        }
        assert.deepStrictEqual(yield* RateLimit.suspend(list), [])
      }).pipe(Effect.provide(services.pipe(Layer.provide(RateLimit.layerMemory({ limit: 1, window: "1 hour" })))))
    })
  )

  it.effect("stays closed by calls that are interrupted", () =>
    Effect.gen(function* () {
      const server = following(...times(8, hang), status(200))
      yield* Effect.gen(function* () {
        for (let call = 0; call < 8; call++) {
          const fiber = yield* Effect.forkChild(list)
          yield* TestClock.adjust("1 second")
          yield* Fiber.interrupt(fiber)
        }
        assert.deepStrictEqual(yield* list, [])
      }).pipe(Effect.provide(guarded(server)))
    })
  )
})

describe("an open circuit", () => {
  const opened = Effect.forEach(times(4, list), Effect.exit)

  it.effect("says so, and when it will let a call through again", () =>
    Effect.gen(function* () {
      const server = following(status(500))
      yield* Effect.gen(function* () {
        yield* opened
        yield* TestClock.adjust("10 seconds")
        const error = yield* Effect.flip(list)
        assert.instanceOf(error, CircuitOpenError)
        assert.deepInclude({ ...error }, { operation: "listMeters", method: "GET", retryAfter: 20_000 })
        assert.strictEqual(error.message, "listMeters: not sent: the circuit is open after too many failures")
        assert.isTrue(error.isRetryable)
      }).pipe(Effect.provide(guarded(server)))
    })
  )

  it.effect("stays open for as long as the server asked", () =>
    Effect.gen(function* () {
      const server = following(status(503, { "retry-after": "120" }))
      yield* Effect.gen(function* () {
        yield* opened
        assert.propertyVal(yield* Effect.flip(list), "retryAfter", 120_000)
      }).pipe(Effect.provide(guarded(server)))
    })
  )

  it.effect("lets one call through to try, refuses the others meanwhile, and closes when it succeeds", () =>
    Effect.gen(function* () {
      const server = following(...times(4, status(500)), after(1000, status(200)), status(200))
      yield* Effect.gen(function* () {
        yield* opened
        yield* TestClock.adjust("30 seconds")
        const probe = yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        const error = yield* Effect.flip(list)
        assert.strictEqual(error._tag, "CircuitOpenError")
        assert.match(error.message, /^listMeters: not sent: \S/)
        assert.strictEqual(server.sent.length, 5)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* Fiber.join(probe), [])
        assert.deepStrictEqual(yield* outcomes(10), times(10, "ok"))
      }).pipe(Effect.provide(guarded(server)))
    })
  )

  it.effect("stays open when the call that tries fails", () =>
    Effect.gen(function* () {
      const server = following(status(500))
      yield* Effect.gen(function* () {
        yield* opened
        yield* TestClock.adjust("30 seconds")
        assert.strictEqual((yield* Effect.flip(list))._tag, "ServerError")
        assert.propertyVal(yield* Effect.flip(list), "retryAfter", 30_000)
        assert.strictEqual(server.sent.length, 5)
      }).pipe(Effect.provide(guarded(server)))
    })
  )

  it.effect("lets another call try when the one that did is gone", () =>
    Effect.gen(function* () {
      const server = following(...times(4, status(500)), hang, status(200))
      yield* Effect.gen(function* () {
        yield* opened
        yield* TestClock.adjust("30 seconds")
        const probe = yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        yield* Fiber.interrupt(probe)
        assert.deepStrictEqual(yield* list, [])
      }).pipe(Effect.provide(guarded(server)))
    })
  )

  it.effect("is passed by an effect that suspends it, of which nothing is recorded", () =>
    Effect.gen(function* () {
      const server = following(status(500))
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* outcomes(8, CircuitBreaker.suspend(list)), times(8, "ServerError"))
        yield* opened
        assert.strictEqual((yield* Effect.flip(list))._tag, "CircuitOpenError")
        assert.strictEqual((yield* Effect.flip(CircuitBreaker.suspend(list)))._tag, "ServerError")
      }).pipe(Effect.provide(guarded(server)))
    })
  )

  it.effect("is none under the layer that is off", () =>
    Effect.gen(function* () {
      const server = following(status(500))
      const services = over(server, { retry: false }).pipe(
        Layer.provide(CircuitBreaker.layerOff),
        Layer.provide(CircuitBreaker.layerMemory(sensitive))
      )
      assert.deepStrictEqual(yield* Effect.provide(outcomes(20), services), times(20, "ServerError"))
    })
  )

  it.effect("is open for the clients over one layer that ask the same server, and for no others", () =>
    Effect.gen(function* () {
      const server = following(status(500))
      const shared = Layer.succeedContext(yield* Layer.build(CircuitBreaker.layerMemory(sensitive)))
      const client = (baseUrl: string, breaker: Layer.Layer<never, unknown>) =>
        Layer.fresh(over(server, { retry: false, baseUrl })).pipe(Layer.provide(breaker))
      const first = client("http://a.test/one", shared)
      yield* Effect.provide(opened, first)
      const tagOf = (services: ReturnType<typeof client>) =>
        Effect.provide(
          Effect.map(Effect.flip(list), ({ _tag }) => _tag),
          services
        )
      assert.strictEqual(yield* tagOf(client("http://a.test/two", shared)), "CircuitOpenError")
      assert.strictEqual(yield* tagOf(client("http://b.test", shared)), "ServerError")
      const other = CircuitBreaker.layerMemory(sensitive)
      assert.strictEqual(yield* tagOf(client("http://a.test/one", Layer.fresh(other))), "ServerError")
    })
  )

  it.effect("is open by its key, whatever the server, when it has one", () =>
    Effect.gen(function* () {
      const server = following(status(500))
      const keyed = CircuitBreaker.layerMemory({ ...sensitive, key: "openmeter" })
      const shared = Layer.succeedContext(yield* Layer.build(keyed))
      const client = (baseUrl: string) =>
        Layer.fresh(over(server, { retry: false, baseUrl })).pipe(Layer.provide(shared))
      yield* Effect.provide(opened, client("http://a.test"))
      assert.strictEqual((yield* Effect.provide(Effect.flip(list), client("http://b.test")))._tag, "CircuitOpenError")
    })
  )
})

describe("with retries", () => {
  it.effect("the circuit counts attempts, and is not waited for", () =>
    Effect.gen(function* () {
      const server = following(status(503))
      const fiber = yield* Effect.forkChild(
        Effect.all([Effect.flip(list), Effect.flip(list)]).pipe(Effect.provide(guarded(server, {})), drawing(1))
      )
      yield* TestClock.adjust("1 day")
      const [first, second] = yield* Fiber.join(fiber)
      assert.strictEqual(first._tag, "ServerError")
      assert.strictEqual(second._tag, "CircuitOpenError")
      assert.deepStrictEqual(server.times(), [0, 250, 750, 1750])
    })
  )

  it.effect("a call whose retry meets an open circuit ends at once with what it met before", () =>
    Effect.gen(function* () {
      for (const [step, tag] of [
        [status(503), "ServerError"],
        [reset, "TransportError"]
      ] as const) {
        const server = following(step)
        const breaker = { ...sensitive, minimumCalls: 2 }
        const call = Effect.flip(list).pipe(Effect.provide(guarded(server, {}, breaker)), drawing(1))
        const fiber = yield* Effect.forkChild(call)
        yield* TestClock.adjust(750)
        const exit = fiber.pollUnsafe()
        assert.isTrue(exit !== undefined && Exit.isSuccess(exit))
        assert.strictEqual((yield* Fiber.join(fiber))._tag, tag)
        assert.strictEqual(server.sent.length, 2)
      }
    })
  )
})

describe("with the other policies", () => {
  it.effect("an open circuit takes nothing from the rate limit", () =>
    Effect.gen(function* () {
      const server = following(...times(4, status(500)), status(200))
      const limit = RateLimit.layerMemory({ limit: 5, window: "1 hour", algorithm: "fixed-window" })
      yield* Effect.gen(function* () {
        const open = yield* Effect.forEach(times(14, list), Effect.flip)
        assert.strictEqual(open.filter(({ _tag }) => _tag === "CircuitOpenError").length, 10)
        yield* TestClock.adjust("30 seconds")
        // The fifth of the window: a refused call was none of them.
        assert.deepStrictEqual(yield* list, [])
      }).pipe(Effect.provide(guarded(server).pipe(Layer.provide(limit))))
    })
  )

  it.effect("an open circuit answers those at once who would have to queue", () =>
    Effect.gen(function* () {
      const server = following(hang, status(500))
      yield* Effect.gen(function* () {
        // Holds the only permit, while four others fail beside it.
        yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        yield* Effect.forEach(times(4, list), (call) => Effect.flip(Concurrency.with(call, false)))
        assert.strictEqual((yield* Effect.flip(list))._tag, "CircuitOpenError")
      }).pipe(Effect.provide(guarded(server, { retry: false, concurrency: 1 })))
    })
  )
})

describe("a store that is out of reach", () => {
  const failure = Effect.fail(
    new Breaker.CircuitBreakerError({ reason: new Breaker.CircuitBreakerStoreError({ message: "no Redis" }) })
  )

  for (const [what, answer] of [
    ["fails", failure],
    ["does not answer", Effect.never]
  ] as const) {
    it.effect(`opens nothing while it ${what}, and is left alone for five seconds`, () =>
      Effect.gen(function* () {
        let asked = 0
        const broken = () =>
          Effect.suspend(() =>
            Effect.andThen(
              Effect.sync(() => asked++),
              answer
            )
          )
        const store = Layer.succeed(Breaker.CircuitBreakerStore, { admit: broken, record: broken, state: broken })
        const server = following(status(500))
        const logs: Array<unknown> = []
        const logger = Logger.layer([Logger.make(({ message }) => logs.push(message))])
        yield* Effect.gen(function* () {
          for (const expected of [1, 2]) {
            assert.deepStrictEqual(yield* outcomes(10, Effect.delay(list, 0)), times(10, "ServerError"))
            assert.strictEqual(asked, expected)
            assert.strictEqual(logs.length, expected)
            yield* TestClock.adjust("5 seconds")
          }
        }).pipe(
          Effect.provide(
            over(server, { retry: false }).pipe(Layer.provide(CircuitBreaker.layer(sensitive)), Layer.provide(store))
          ),
          Effect.provide(logger)
        )
        assert.include(JSON.stringify(logs), "CircuitBreaker store unavailable")
      })
    )
  }

  it.effect("counts again when it is back", () =>
    Effect.gen(function* () {
      let isBroken = true
      const memory = yield* Layer.build(Breaker.layerStoreMemory())
      const healthy = Context.get(memory, Breaker.CircuitBreakerStore)
      const store = Layer.succeed(Breaker.CircuitBreakerStore, {
        ...healthy,
        admit: (key) => (isBroken ? failure : healthy.admit(key))
      })
      const server = following(status(500))
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* outcomes(10), times(10, "ServerError"))
        isBroken = false
        yield* TestClock.adjust("5 seconds")
        const result = yield* outcomes(10)
        assert.deepStrictEqual(result, [...times(4, "ServerError"), ...times(6, "CircuitOpenError")])
      }).pipe(
        Effect.provide(
          over(server, { retry: false }).pipe(Layer.provide(CircuitBreaker.layer(sensitive)), Layer.provide(store))
        )
      )
    })
  )
})

describe("options", () => {
  const wrong: ReadonlyArray<readonly [options: unknown, field: string]> = [
    [{ failureRate: 0 }, "circuitBreaker.failureRate"],
    [{ failureRate: 1.1 }, "circuitBreaker.failureRate"],
    [{ failureRate: "half" }, "circuitBreaker.failureRate"],
    [{ size: 0 }, "circuitBreaker.size"],
    [{ minimumCalls: 0 }, "circuitBreaker.minimumCalls"],
    [{ size: 10, minimumCalls: 11 }, "circuitBreaker.minimumCalls"],
    [{ openDuration: "soon" }, "circuitBreaker.openDuration"],
    [{ key: "" }, "circuitBreaker.key"],
    [{ rate: 0.5 }, "circuitBreaker.rate"],
    [null, "circuitBreaker"]
  ]
  for (const [options, field] of wrong) {
    it.effect(`are refused as ${JSON.stringify(options)}`, () =>
      Effect.gen(function* () {
        const layer = CircuitBreaker.layerMemory(options as CircuitBreaker.CircuitBreakerOptions)
        assert.deepInclude({ ...(yield* Effect.flip(Layer.build(layer))) }, { _tag: "InvalidRequestError", field })
      })
    )
  }
})

describe("the Promise API", () => {
  it("rejects with the circuit's error, by a layer among its policies", async () => {
    const { fetch, requests } = replying(json({}, 500))
    const policies = CircuitBreaker.layerMemory({ ...sensitive, minimumCalls: 2 })
    await using openmeter = new OpenMeter({ baseUrl: "http://openmeter.test", fetch, policies, retry: false })
    assert.instanceOf(await rejection(openmeter.meters.list()), ServerError)
    assert.instanceOf(await rejection(openmeter.meters.list()), ServerError)
    const error = await rejection(openmeter.meters.list())
    assert.instanceOf(error, CircuitOpenError)
    assert.isAbove(error.retryAfter!, 0)
    assert.strictEqual(requests.length, 2)
  })
})
