import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Schema } from "effect"
import { TestClock } from "effect/testing"
import { OpenMeter } from "@openmeter/sdk"
import { withCallOptions } from "../../src/layers/Call.ts"
import * as Concurrency from "../../src/layers/Concurrency.ts"
import type { Options } from "../../src/layers/Options.ts"
import { Meters } from "../../src/services/Meters.ts"
import { json, replying } from "../support/fetch.ts"
import { rejection } from "../support/failure.ts"
import { after, following, hang, list, over, scripted, status, type Call, type Scripted } from "../support/script.ts"

/** Makes so many calls at once, by name, in order, and lets time pass until all have ended. */
const together = (server: Scripted, calls: number, options: Partial<Options>, call: Call = list) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(
      Effect.all(
        Array.from({ length: calls }, () => call),
        { concurrency: "unbounded" }
      ).pipe(Effect.provide(over(server, options)))
    )
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

describe("the number of requests under way", () => {
  const slow = after(1000, status(200))

  for (const [what, expected, options, policies, call] of [
    ["is 64 at the most when nobody says anything", 64, {}, Layer.empty, list],
    ["is what the client says", 3, { concurrency: 3 }, Layer.empty, list],
    ["is what the layer says", 2, {}, Concurrency.layer(2), list],
    ["is what the client says, before the layer", 3, { concurrency: 3 }, Concurrency.layer(2), list],
    ["is any when the client says false", 100, { concurrency: false }, Layer.empty, list],
    ["is any under the layer that is off", 100, {}, Concurrency.layerOff, list],
    ["is the default under a layer that says nothing", 64, {}, Concurrency.layer(), list]
  ] as const) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const server = following(slow)
        const fiber = yield* Effect.forkChild(
          Effect.all(
            Array.from({ length: 100 }, () => call),
            { concurrency: "unbounded" }
          ).pipe(Effect.provide(over(server, options).pipe(Layer.provide(policies))))
        )
        yield* TestClock.adjust("1 hour")
        yield* Fiber.join(fiber)
        assert.strictEqual(server.most(), expected)
        assert.strictEqual(server.sent.length, 100)
      })
    )
  }

  it.effect("is what an effect says for its own calls, before the client", () =>
    Effect.gen(function* () {
      const server = following(slow)
      const three = Effect.all([list, list, list], { concurrency: "unbounded" })
      yield* together(server, 1, { concurrency: 1 }, Concurrency.with(three, 2))
      assert.strictEqual(server.most(), 2)
      const unlimited = following(slow)
      yield* together(unlimited, 1, { concurrency: 1 }, Concurrency.with(three, false))
      assert.strictEqual(unlimited.most(), 3)
    })
  )

  it.effect("is shared by the clients over one layer, and by no others", () =>
    Effect.gen(function* () {
      const server = following(slow)
      const both = (shared: Layer.Layer<never, unknown>) =>
        Effect.gen(function* () {
          const client = () => Layer.fresh(over(server)).pipe(Layer.provide(shared))
          const calls = [Effect.provide(list, client()), Effect.provide(list, client())]
          const fiber = yield* Effect.forkChild(Effect.all(calls, { concurrency: "unbounded" }))
          yield* TestClock.adjust("10 seconds")
          yield* Fiber.join(fiber)
          return server.most()
        })
      assert.strictEqual(yield* both(Layer.succeedContext(yield* Layer.build(Concurrency.layer(1)))), 1)
      assert.strictEqual(yield* both(Layer.fresh(Concurrency.layer(1))), 2)
    })
  )

  it.effect("counts a request until the last byte of its answer, not of its head", () =>
    Effect.gen(function* () {
      const server = following(hang, status(200))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(list)
        const second = yield* Effect.forkChild(list)
        yield* TestClock.adjust("29 seconds")
        assert.strictEqual(server.sent.length, 1)
        yield* Fiber.interrupt(first)
        assert.deepStrictEqual(yield* Fiber.join(second), [])
      }).pipe(Effect.provide(over(server, { concurrency: 1 })))
    })
  )

  it.effect("is free again while a call waits to try again", () =>
    Effect.gen(function* () {
      const server = following(status(503, { "retry-after": "10" }), status(200), status(200))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(list)
        yield* TestClock.adjust("1 second")
        assert.deepStrictEqual(yield* list, [])
        yield* TestClock.adjust("10 seconds")
        assert.deepStrictEqual(yield* Fiber.join(first), [])
      }).pipe(Effect.provide(over(server, { concurrency: 1 })))
    })
  )

  for (const limit of [0, -1, 1.5, Number.NaN, Infinity, "8", true]) {
    it.effect(`cannot be ${String(limit)}`, () =>
      Effect.gen(function* () {
        const server = following(status(200))
        const wrong = limit as number
        for (const run of [
          Effect.provide(list, over(server, { concurrency: wrong })),
          Effect.provide(list, over(server).pipe(Layer.provide(Concurrency.layer(wrong)))),
          Effect.provide(Concurrency.with(list, wrong), over(server))
        ]) {
          assert.deepInclude({ ...(yield* Effect.flip(run)) }, { _tag: "InvalidRequestError", field: "concurrency" })
        }
        assert.deepStrictEqual(server.sent, [])
      })
    )
  }
})

describe("the queue", () => {
  const get = (name: number) => Effect.flatMap(Meters, (meters) => meters.delete(`m${name}`))
  const order = (server: Scripted) => server.sent.map(({ path }) => Number(path.slice(path.lastIndexOf("m") + 1)))

  it.effect("lets requests go in the order in which they came", () =>
    Effect.gen(function* () {
      const server = following(after(10, status(204)))
      const names = Array.from({ length: 30 }, (_, name) => name)
      yield* Effect.gen(function* () {
        const fibers = yield* Effect.forEach(names, (name) => Effect.forkChild(get(name)))
        yield* TestClock.adjust("1 hour")
        yield* Fiber.joinAll(fibers)
      }).pipe(Effect.provide(over(server, { concurrency: 3 })))
      assert.deepStrictEqual(order(server), names)
    })
  )

  it.effect("lets nobody pass who comes at the instant at which a permit is given back", () =>
    Effect.gen(function* () {
      const server = following(after(10, status(204)))
      yield* Effect.gen(function* () {
        // Asks anew as soon as it has its answer, while another waits already.
        const greedy = yield* Effect.forkChild(Effect.forEach([0, 2, 4], get))
        yield* Effect.yieldNow
        const patient = yield* Effect.forkChild(Effect.forEach([1, 3, 5], get))
        yield* TestClock.adjust("1 hour")
        yield* Fiber.joinAll([greedy, patient])
      }).pipe(Effect.provide(over(server, { concurrency: 1 })))
      assert.deepStrictEqual(order(server), [0, 1, 2, 3, 4, 5])
    })
  )

  it.effect.prop(
    "lets no more requests go than there are permits, whoever gives up, and whenever",
    {
      limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 })),
      calls: Schema.Array(
        Schema.Struct({
          begins: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 50 })),
          takes: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30 })),
          givesUp: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })))
        })
      ).check(Schema.isMaxLength(20))
    },
    ({ calls, limit }) =>
      Effect.gen(function* () {
        const server = scripted((count) => after(calls[count - 1]?.takes ?? 0, status(204)))
        yield* Effect.gen(function* () {
          const fibers = yield* Effect.forEach(calls, ({ begins, givesUp }, name) => {
            const call = Effect.delay(get(name), begins)
            return Effect.forkChild(givesUp === undefined ? call : Effect.timeoutOption(call, givesUp))
          })
          yield* TestClock.adjust("1 minute")
          yield* Fiber.joinAll(fibers)
          assert.isAtMost(server.most(), limit)
        }).pipe(Effect.provide(over(server, { concurrency: limit })))
      })
  )

  it.effect.prop(
    "has all permits back when everybody is gone, whoever gave up, and whenever",
    {
      limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 4 })),
      givesUp: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 30 }))).check(
        Schema.isMaxLength(20)
      )
    },
    ({ givesUp, limit }) =>
      Effect.gen(function* () {
        const server = following(after(10, status(204)))
        yield* Effect.gen(function* () {
          const fibers = yield* Effect.forEach(givesUp, (time) => Effect.forkChild(Effect.timeoutOption(get(0), time)))
          yield* TestClock.adjust("1 minute")
          yield* Fiber.joinAll(fibers)
          const before = server.sent.length
          const last = yield* Effect.forEach(Array.from({ length: limit + 1 }), () => Effect.forkChild(get(0)))
          yield* TestClock.adjust(0)
          assert.strictEqual(server.sent.length - before, limit)
          yield* TestClock.adjust(20)
          yield* Fiber.joinAll(last)
        }).pipe(Effect.provide(over(server, { concurrency: limit })))
      })
  )

  it.effect("gives the permit of an interrupted request to the next", () =>
    Effect.gen(function* () {
      const server = following(hang, hang, status(200))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        const second = yield* Effect.forkChild(list)
        const third = yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        assert.strictEqual(server.sent.length, 1)
        yield* Fiber.interrupt(first)
        yield* TestClock.adjust(0)
        assert.strictEqual(server.sent.length, 2)
        yield* Fiber.interrupt(second)
        assert.deepStrictEqual(yield* Fiber.join(third), [])
      }).pipe(Effect.provide(over(server, { concurrency: 1 })))
    })
  )

  it.effect("is left by a request that is interrupted in it, which is never sent", () =>
    Effect.gen(function* () {
      const server = following(after(1000, status(200)))
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        const second = yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        yield* Fiber.interrupt(second)
        const third = yield* Effect.forkChild(list)
        yield* TestClock.adjust("2 seconds")
        yield* Fiber.joinAll([first, third])
      }).pipe(Effect.provide(over(server, { concurrency: 1 })))
      assert.deepStrictEqual(server.times(), [0, 1000])
    })
  )

  it.effect("is left at the deadline, with an error that says that nothing was sent", () =>
    Effect.gen(function* () {
      const server = following(hang)
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(withCallOptions(list, { timeout: "10 seconds" }))
        yield* TestClock.adjust(0)
        const second = yield* Effect.forkChild(Effect.flip(list))
        yield* TestClock.adjust("5 seconds")
        const error = yield* Fiber.join(second)
        assert.deepInclude({ ...error }, { _tag: "TimeoutError", timeout: 5000, sent: false })
        assert.strictEqual(error.message, "listMeters: not sent within 5000 ms: held back by a request limit")
        assert.isTrue(error.isRetryable)
        assert.strictEqual(server.sent.length, 1)
        yield* Fiber.interrupt(first)
      }).pipe(Effect.provide(over(server, { concurrency: 1, timeout: "5 seconds", retry: false })))
    })
  )

  it.effect("sends nothing whose turn comes at the deadline", () =>
    Effect.gen(function* () {
      const server = following(hang)
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(Effect.flip(list))
        yield* TestClock.adjust(0)
        const second = yield* Effect.forkChild(Effect.flip(list))
        yield* TestClock.adjust("5 seconds")
        assert.propertyVal(yield* Fiber.join(first), "sent", true)
        assert.propertyVal(yield* Fiber.join(second), "sent", false)
        assert.strictEqual(server.sent.length, 1)
      }).pipe(Effect.provide(over(server, { concurrency: 1, timeout: "5 seconds" })))
    })
  )

  it.effect("leaves an attempt its whole time, and the call its deadline", () =>
    Effect.gen(function* () {
      const server = following(after(4000, status(200)), hang)
      const options = { concurrency: 1, attemptTimeout: "5 seconds", timeout: "12 seconds", retry: false } as const
      yield* Effect.gen(function* () {
        const first = yield* Effect.forkChild(list)
        yield* TestClock.adjust(0)
        const second = yield* Effect.forkChild(Effect.flip(list))
        const third = yield* Effect.forkChild(Effect.flip(list))
        yield* TestClock.adjust("8 seconds")
        assert.isUndefined(second.pollUnsafe())
        yield* TestClock.adjust("1 second")
        assert.deepInclude({ ...(yield* Fiber.join(second)) }, { _tag: "TimeoutError", timeout: 5000, sent: true })
        yield* TestClock.adjust("3 seconds")
        // Sent at 9 seconds, and cut short by the call's own end.
        assert.deepInclude({ ...(yield* Fiber.join(third)) }, { _tag: "TimeoutError", timeout: 12_000, sent: true })
        yield* Fiber.join(first)
      }).pipe(Effect.provide(over(server, options)))
      assert.deepStrictEqual(server.times(), [0, 4000, 9000])
    })
  )
})

describe("the Promise API", () => {
  it("has no more requests under way than the client says, and all of them answered", async () => {
    let underWay = 0
    let most = 0
    const { fetch, requests } = replying(async () => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 1))
      underWay--
      return Response.json([])
    })
    await using openmeter = new OpenMeter({ baseUrl: "http://openmeter.test", fetch, concurrency: 3 })
    await Promise.all(Array.from({ length: 20 }, () => openmeter.meters.list()))
    assert.strictEqual(most, 3)
    assert.strictEqual(requests.length, 20)
  })

  it("frees the place of a call that is aborted", async () => {
    const { fetch, reached } = replying(() => new Promise<never>(() => {}), json([]))
    await using openmeter = new OpenMeter({ baseUrl: "http://openmeter.test", fetch, concurrency: 1 })
    const controller = new AbortController()
    const first = rejection(openmeter.meters.list({}, { signal: controller.signal }))
    await reached(1)
    const second = openmeter.meters.list()
    controller.abort()
    assert.propertyVal(await first, "name", "AbortError")
    assert.deepStrictEqual(await second, [])
  })
})
