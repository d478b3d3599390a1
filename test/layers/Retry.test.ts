import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Random, Schema } from "effect"
import { TestClock } from "effect/testing"
import { OpenMeter } from "@openmeter/sdk"
import { withCallOptions } from "../../src/layers/Call.ts"
import type { Options } from "../../src/layers/Options.ts"
import * as Retry from "../../src/layers/Retry.ts"
import type { RetryBudget } from "../../src/layers/RetryOptions.ts"
import { empty, json, replying } from "../support/fetch.ts"
import { rejection } from "../support/failure.ts"
import {
  create,
  drawing,
  following,
  hang,
  hangInBody,
  ingest,
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

/** Runs an effect while the time of the test passes, as much of it as the effect wants. */
const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("1 day")
    return yield* Fiber.join(fiber)
  })

/** The error of a call to a server, and the times at which it was sent, every wait as long as it may be. */
const failing = (server: Scripted, options: Partial<Options>) =>
  inTime(Effect.flip(list).pipe(Effect.provide(over(server, options)), drawing(1)))

const problem = { title: "Bad Request", detail: "read tcp 127.0.0.1: i/o timeout" }
const stalledUpload = status(400, { "content-type": "application/problem+json" }, JSON.stringify(problem))

describe("an operation", () => {
  const kinds: ReadonlyArray<readonly [kind: string, call: Call, success: number]> = [
    ["that changes nothing", list, 200],
    ["whose repetition the server recognises", ingest, 204],
    ["that creates something", create, 200]
  ]

  const failures: ReadonlyArray<readonly [what: string, step: Step, error: string]> = [
    ["is answered 408", status(408), "UnexpectedStatusError"],
    ["is answered 500", status(500), "ServerError"],
    ["is answered 502", status(502), "ServerError"],
    ["is answered 504", status(504), "ServerError"],
    ["is answered 400 because its upload stalled", stalledUpload, "BadRequestError"],
    ["meets a broken connection", reset, "TransportError"],
    ["meets a connection that breaks in the answer", resetInBody, "TransportError"],
    ["is not answered in time", hang, "TimeoutError"],
    ["is not answered whole in time", hangInBody, "TimeoutError"]
  ]
  const refusals: ReadonlyArray<readonly [what: string, step: Step, error: string]> = [
    ["is answered 429", status(429), "RateLimitedError"],
    ["is answered 503", status(503), "ServerError"]
  ]
  const answers = [300, 302, 400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 418, 422, 424, 431, 501, 505, 507]

  for (const [kind, call] of kinds) {
    for (const [what, step, tag] of refusals) {
      it.effect(`${kind} is tried three times more when it ${what}`, () =>
        Effect.gen(function* () {
          const server = following(step)
          const error = yield* inTime(Effect.flip(call).pipe(Effect.provide(over(server)), drawing(1)))
          assert.strictEqual(error._tag, tag)
          assert.deepStrictEqual(server.times(), [0, 250, 750, 1750])
        })
      )
    }
    const expected = call === create ? 1 : 4
    for (const [what, step, tag] of failures) {
      it.effect(`${kind} is sent ${expected === 1 ? "once" : "four times"} when it ${what}`, () =>
        Effect.gen(function* () {
          const server = following(step)
          const error = yield* inTime(
            Effect.flip(call).pipe(Effect.provide(over(server, { timeout: Infinity })), drawing(1))
          )
          assert.strictEqual(error._tag, tag)
          assert.strictEqual(server.sent.length, expected)
        })
      )
    }
    it.effect(`${kind} is sent once for an answer that would be the same again`, () =>
      Effect.gen(function* () {
        for (const code of answers) {
          const server = following(status(code))
          yield* inTime(Effect.flip(call).pipe(Effect.provide(over(server))))
          assert.strictEqual(server.sent.length, 1, String(code))
        }
      })
    )
  }

  for (const [kind, call, success] of kinds.slice(0, 2)) {
    it.effect(`${kind} succeeds with the first attempt that does, whatever failed before`, () =>
      Effect.gen(function* () {
        const server = following(reset, status(503), resetInBody, status(success))
        yield* inTime(call.pipe(Effect.provide(over(server))))
        assert.strictEqual(server.sent.length, 4)
      })
    )
  }

  it.effect("is sent again as it was, so that the server recognises its events", () =>
    Effect.gen(function* () {
      const server = following(status(500), reset, status(204))
      const [event] = yield* inTime(Effect.provide(ingest, over(server)))
      const bodies = new Set(server.sent.map(({ body }) => body))
      assert.strictEqual(bodies.size, 1)
      assert.propertyVal(JSON.parse([...bodies][0]!), "id", event!.id)
    })
  )

  it.effect("is not sent again once its caller is gone", () =>
    Effect.gen(function* () {
      const server = following(status(503))
      const fiber = yield* Effect.forkChild(list.pipe(Effect.provide(over(server)), drawing(1)))
      yield* TestClock.adjust(300)
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 day")
      assert.deepStrictEqual(server.times(), [0, 250])
    })
  )
})

describe("the wait before a retry", () => {
  it.effect("doubles up to its longest", () =>
    Effect.gen(function* () {
      const server = following(status(503))
      yield* failing(server, { retry: { times: 7 } })
      const gaps = server.times().map((at, index, times) => at - (times[index - 1] ?? 0))
      assert.deepStrictEqual(gaps, [0, 250, 500, 1000, 2000, 4000, 8000, 8000])
    })
  )

  it.effect("is as the client says", () =>
    Effect.gen(function* () {
      const server = following(status(503))
      yield* failing(server, { retry: { times: 4, baseDelay: "1 second", maxDelay: "3 seconds" } })
      assert.deepStrictEqual(server.times(), [0, 1000, 3000, 6000, 9000])
    })
  )

  it.effect.prop(
    "lies between nothing and its bound, whatever is drawn",
    {
      seed: Schema.String,
      times: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 12 })),
      baseDelay: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2000 })),
      maxDelay: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 20_000 }))
    },
    ({ baseDelay, maxDelay, seed, times }) =>
      Effect.gen(function* () {
        const server = following(status(503))
        yield* inTime(
          Effect.flip(list).pipe(
            Effect.provide(over(server, { timeout: Infinity, retry: { times, baseDelay, maxDelay } })),
            Random.withSeed(seed)
          )
        )
        const moments = server.times()
        assert.strictEqual(moments.length, times + 1)
        for (let index = 1; index < moments.length; index++) {
          const wait = moments[index]! - moments[index - 1]!
          assert.isAtLeast(wait, 0)
          assert.isAtMost(wait, Math.min(maxDelay, baseDelay * 2 ** (index - 1)))
        }
      })
  )

  it.effect("is drawn from the whole range, so that clients that failed together do not come back together", () =>
    Effect.gen(function* () {
      const waits: Array<number> = []
      for (let seed = 0; seed < 200; seed++) {
        const server = following(status(503))
        const options = { retry: { times: 1, baseDelay: 1000 } }
        yield* inTime(Effect.flip(list).pipe(Effect.provide(over(server, options)), Random.withSeed(seed)))
        waits.push(server.times()[1]! - server.times()[0]!)
      }
      for (let tenth = 0; tenth < 10; tenth++) {
        assert.isTrue(waits.some((wait) => wait >= tenth * 100 && wait < (tenth + 1) * 100))
      }
    })
  )
})

describe("Retry-After", () => {
  for (const code of [429, 503, 500]) {
    it.effect(`of ${code} is waited for, in seconds`, () =>
      Effect.gen(function* () {
        const server = following(status(code, { "retry-after": "7" }), status(200))
        yield* inTime(list.pipe(Effect.provide(over(server)), drawing(1)))
        assert.deepStrictEqual(server.times(), [0, 7000])
      })
    )
  }

  it.effect("is waited for until a date", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2025, 5, 1, 12))
      const server = following(status(503, { "retry-after": "Sun, 01 Jun 2025 12:00:20 GMT" }), status(200))
      yield* inTime(list.pipe(Effect.provide(over(server)), drawing(1)))
      assert.strictEqual(server.times()[1]! - server.times()[0]!, 20_000)
    })
  )

  it.effect("lengthens a wait and never shortens it", () =>
    Effect.gen(function* () {
      for (const value of ["0", "0.1", "Thu, 01 Jan 1970 00:00:00 GMT", "Wed, 31 Dec 1969 23:00:00 GMT"]) {
        const server = following(status(503, { "retry-after": value }), status(200))
        yield* inTime(list.pipe(Effect.provide(over(server)), drawing(1)))
        assert.strictEqual(server.times()[1]! - server.times()[0]!, 250, value)
      }
    })
  )

  it.effect("that cannot be read is as good as none", () =>
    Effect.gen(function* () {
      for (const value of ["soon", "-7", "7 seconds", "", "2025-06-01T12:00:00Z"]) {
        const server = following(status(503, { "retry-after": value }), status(200))
        yield* inTime(list.pipe(Effect.provide(over(server)), drawing(1)))
        assert.strictEqual(server.times()[1]! - server.times()[0]!, 250, value)
      }
    })
  )

  it.effect("beyond a minute ends the call at once, and is told", () =>
    Effect.gen(function* () {
      const server = following(status(429, { "retry-after": "3600" }))
      const error = yield* Effect.flip(Effect.provide(list, over(server)))
      assert.deepInclude({ ...error }, { _tag: "RateLimitedError", status: 429, retryAfter: 3_600_000 })
      assert.deepStrictEqual(server.times(), [0])
    })
  )

  it.effect("is waited for as long as the client says", () =>
    Effect.gen(function* () {
      const limits = { timeout: Infinity, retry: { maxRetryAfter: "1 hour" } } as const
      const patient = following(status(429, { "retry-after": "3600" }), status(200))
      yield* inTime(Effect.provide(list, over(patient, limits)))
      assert.deepStrictEqual(patient.times(), [0, 3_600_000])
      const tooLong = following(status(429, { "retry-after": "3601" }))
      const error = yield* Effect.flip(Effect.provide(list, over(tooLong, limits)))
      assert.deepInclude({ ...error }, { _tag: "RateLimitedError", retryAfter: 3_601_000 })
    })
  )
})

describe("the budget", () => {
  /** How many requests so many calls make, one after the other. */
  const requests = (server: Scripted, calls: number, options: Partial<Options> = {}) =>
    inTime(Effect.provide(Effect.repeat(Effect.exit(list), { times: calls - 1 }), over(server, options))).pipe(
      Effect.map(() => server.sent.length)
    )

  it.effect("bounds what 500 calls send to a dead server to 600 requests", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* requests(following(status(503)), 500), 600)
      assert.strictEqual(yield* requests(following(reset), 500), 600)
    })
  )

  it.effect("bounds what 500 calls send to a server that answers 503 to every other request", () =>
    Effect.gen(function* () {
      const server = scripted((count) => status(count % 2 === 0 ? 200 : 503))
      const sent = yield* requests(server, 500)
      const successes = server.sent.filter((_, index) => index % 2 === 1).length
      assert.isAtMost(sent - 500, (500 + successes) / 5)
      assert.isAbove(sent, 600)
    })
  )

  it.effect.prop(
    "allows so many retries as its credit and what successes gave back pay for",
    {
      pattern: Schema.Array(Schema.Boolean).check(Schema.isMinLength(1)),
      capacity: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 })),
      cost: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 })),
      gain: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10 }))
    },
    ({ capacity, cost, gain, pattern }) =>
      Effect.gen(function* () {
        let successes = 0
        const server = scripted((count) => {
          const isSuccess = pattern[(count - 1) % pattern.length]!
          if (isSuccess) successes++
          return status(isSuccess ? 200 : 503)
        })
        const sent = yield* requests(server, 40, { retryBudget: { capacity, cost, gain } })
        assert.isAtMost((sent - 40) * cost, capacity + gain * successes)
      })
  )

  it.effect("is given back by an answer that is no failure, up to its capacity", () =>
    Effect.gen(function* () {
      const budget = { capacity: 5, cost: 5, gain: 1 }
      // Ten answers fill an empty credit of 5 once, not twice.
      const server = scripted((count) => status(count > 2 && count <= 12 ? 404 : 503))
      yield* inTime(
        Effect.provide(
          Effect.repeat(Effect.exit(list), { times: 13 }),
          over(server, { retry: { times: 1 }, retryBudget: budget })
        )
      )
      // 2 of the first call, 10 that are answered, 2 of the next call, 1 each of the two that are left.
      assert.strictEqual(server.sent.length, 16)
    })
  )

  it.effect("is each client's own, or that of the layer they share", () =>
    Effect.gen(function* () {
      const policies = Retry.layer({ times: 1 }, { capacity: 5 })
      const server = following(status(503))
      const twice = (shared: Layer.Layer<never, unknown>) =>
        Effect.gen(function* () {
          const before = server.sent.length
          yield* inTime(Effect.exit(list).pipe(Effect.provide(Layer.fresh(over(server)).pipe(Layer.provide(shared)))))
          yield* inTime(Effect.exit(list).pipe(Effect.provide(Layer.fresh(over(server)).pipe(Layer.provide(shared)))))
          return server.sent.length - before
        })
      const context = yield* Layer.build(policies)
      assert.strictEqual(yield* twice(Layer.succeedContext(context)), 3)
      assert.strictEqual(yield* twice(Layer.fresh(policies)), 4)
    })
  )

  it.effect("that is none allows no retry, and that is without end any number", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* requests(following(status(503)), 10, { retryBudget: { capacity: 0 } }), 10)
      assert.strictEqual(yield* requests(following(status(503)), 200, { retryBudget: false }), 800)
    })
  )

  it.effect("is not spent on a retry that could not finish", () =>
    Effect.gen(function* () {
      const server = following(status(503, { "retry-after": "10" }))
      const options = { retry: { times: 1 }, retryBudget: { capacity: 5 } }
      yield* Effect.gen(function* () {
        yield* inTime(Effect.exit(list.pipe(withCallOptions({ timeout: "5 seconds" }))))
        assert.strictEqual(server.sent.length, 1)
        yield* inTime(Effect.exit(list))
        assert.strictEqual(server.sent.length, 3)
      }).pipe(Effect.provide(over(server, options)))
    })
  )
})

describe("how often a call is tried", () => {
  const attempts = (call: Effect.Effect<unknown, unknown>, server: Scripted) =>
    Effect.map(inTime(Effect.exit(call)), () => server.sent.length)

  const cases: ReadonlyArray<
    readonly [
      what: string,
      expected: number,
      options: Partial<Options>,
      policies: Layer.Layer<never, unknown>,
      call?: (self: Call) => Call
    ]
  > = [
    ["is four times when nobody says anything", 4, {}, Layer.empty],
    ["is what the layer says", 2, {}, Retry.layer({ times: 1 })],
    ["is four times under a layer that says nothing of it", 4, {}, Retry.layer({ baseDelay: 1 })],
    ["is once under the layer that is off", 1, {}, Retry.layerOff],
    ["is what the client says, before the layer", 3, { retry: { times: 2 } }, Retry.layer({ times: 5 })],
    ["is once when the client says false", 1, { retry: false }, Retry.layer({ times: 5 })],
    ["is the layer's when the client says something else", 6, { retry: { baseDelay: 1 } }, Retry.layer({ times: 5 })],
    ["is what the effect says, before the client", 2, { retry: { times: 5 } }, Layer.empty, Retry.with({ times: 1 })],
    ["is once when the effect says false", 1, {}, Layer.empty, Retry.with(false)],
    ["is what the call's options say", 3, {}, Layer.empty, withCallOptions({ retry: { times: 2 } })],
    [
      "is what the innermost says of the effects that do",
      3,
      {},
      Retry.layerOff,
      (self) => self.pipe(Retry.with({ times: 2 }), Retry.with({ times: 5 }), Retry.with(false))
    ],
    [
      "is what an outer effect says when the inner one says something else",
      3,
      {},
      Layer.empty,
      (self) => self.pipe(Retry.with({ baseDelay: 1 }), Retry.with({ times: 2 }))
    ]
  ]
  for (const [what, expected, options, policies, call = (self: Call) => self] of cases) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const server = following(status(503))
        const services = over(server, options).pipe(Layer.provide(policies))
        assert.strictEqual(yield* attempts(Effect.provide(call(list), services), server), expected)
      })
    )
  }

  it.effect("is of that effect alone", () =>
    Effect.gen(function* () {
      const server = following(status(503))
      yield* Effect.gen(function* () {
        yield* inTime(Effect.exit(Retry.with(list, false)))
        yield* inTime(Effect.exit(list))
      }).pipe(Effect.provide(over(server)))
      assert.strictEqual(server.sent.length, 5)
    })
  )

  const wrong: ReadonlyArray<readonly [options: unknown, field: string]> = [
    [{ times: -1 }, "retry.times"],
    [{ times: 1.5 }, "retry.times"],
    [{ times: 101 }, "retry.times"],
    [{ times: "3" }, "retry.times"],
    [{ baseDelay: -1 }, "retry.baseDelay"],
    [{ maxDelay: "soon" }, "retry.maxDelay"],
    [{ maxRetryAfter: -1 }, "retry.maxRetryAfter"],
    [{ attempts: 3 }, "retry.attempts"],
    [true, "retry"],
    [3, "retry"]
  ]
  for (const [options, field] of wrong) {
    it.effect(`is refused as ${JSON.stringify(options)}, wherever it is said, before anything is sent`, () =>
      Effect.gen(function* () {
        const server = following(status(200))
        const retry = options as { times: number }
        for (const run of [
          Effect.provide(list, over(server, { retry })),
          Effect.provide(list, over(server).pipe(Layer.provide(Retry.layer(retry)))),
          Effect.provide(Retry.with(list, retry), over(server)),
          Effect.provide(withCallOptions(list, { retry }), over(server))
        ]) {
          assert.deepInclude({ ...(yield* Effect.flip(run)) }, { _tag: "InvalidRequestError", field })
        }
        assert.deepStrictEqual(server.sent, [])
      })
    )
  }

  for (const [budget, field] of [
    [{ capacity: -1 }, "retryBudget.capacity"],
    [{ cost: 0 }, "retryBudget.cost"],
    [{ gain: Number.NaN }, "retryBudget.gain"],
    [{ size: 5 }, "retryBudget.size"],
    [true, "retryBudget"]
  ] as const) {
    it.effect(`is refused with a budget of ${JSON.stringify(budget)}`, () =>
      Effect.gen(function* () {
        const retryBudget = budget as RetryBudget
        const server = following(status(200))
        for (const services of [
          over(server, { retryBudget }),
          over(server).pipe(Layer.provide(Retry.layer({}, retryBudget)))
        ]) {
          const error = yield* Effect.flip(Effect.provide(list, services))
          assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field })
        }
      })
    )
  }
})

describe("the Promise API", () => {
  const baseUrl = "http://openmeter.test"
  const unavailable = json({ title: "Service Unavailable" }, 503)

  it("tries again, until a success", async () => {
    const { fetch, requests } = replying(
      unavailable,
      () => Promise.reject(new TypeError("fetch failed")),
      unavailable,
      json([])
    )
    await using openmeter = new OpenMeter({ baseUrl, fetch, retry: { baseDelay: 1 } })
    assert.deepStrictEqual(await openmeter.meters.list(), [])
    assert.strictEqual(requests.length, 4)
  })

  it("sends the same events again", async () => {
    const { fetch, requests } = replying(unavailable, empty)
    await using openmeter = new OpenMeter({ baseUrl, fetch, retry: { baseDelay: 1 } })
    await openmeter.events.ingest({ type: "prompt", subject: "customer-1" })
    const [first, second] = await Promise.all(requests.map((request) => request.json()))
    assert.deepStrictEqual(second, first)
  })

  const attempts = async (config: object, call?: object) => {
    const { fetch, requests } = replying(unavailable)
    await using openmeter = new OpenMeter({ baseUrl, fetch, ...config })
    const error = await rejection(openmeter.meters.list({}, call))
    assert.propertyVal(error, "_tag", "ServerError")
    return requests.length
  }

  it("tries as often as the client, the call, and the policies say", async () => {
    assert.strictEqual(await attempts({ retry: { baseDelay: 1 } }), 4)
    assert.strictEqual(await attempts({ retry: { times: 1, baseDelay: 1 } }), 2)
    assert.strictEqual(await attempts({ retry: false }), 1)
    assert.strictEqual(await attempts({ retry: { baseDelay: 1 } }, { retry: { times: 2 } }), 3)
    assert.strictEqual(await attempts({ retry: { baseDelay: 1 } }, { retry: false }), 1)
    assert.strictEqual(await attempts({ retry: false }, { retry: { times: 1, baseDelay: 1 } }), 2)
    assert.strictEqual(await attempts({ policies: Retry.layer({ times: 2, baseDelay: 1 }) }), 3)
    assert.strictEqual(await attempts({ policies: Retry.layerOff }), 1)
  })

  it("spends no more than its budget", async () => {
    const { fetch, requests } = replying(unavailable)
    await using openmeter = new OpenMeter({ baseUrl, fetch, retry: { baseDelay: 1 }, retryBudget: { capacity: 20 } })
    for (let call = 0; call < 10; call++) await rejection(openmeter.meters.list())
    assert.strictEqual(requests.length, 14)
  })
})
