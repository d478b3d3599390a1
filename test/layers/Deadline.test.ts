import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { OpenMeter, ServerError, TimeoutError } from "@openmeter/sdk"
import { withCallOptions } from "../../src/layers/Call.ts"
import type { Options } from "../../src/layers/Options.ts"
import { hanging, json, replying } from "../support/fetch.ts"
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
  status,
  type Call,
  type Scripted
} from "../support/script.ts"

/** The error of a call, and the time at which it came. */
const failing = (server: Scripted, options: Partial<Options>, call: Call = list) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(
      Effect.zip(
        Effect.flip(call),
        TestClock.testClockWith((clock) => clock.currentTimeMillis)
      ).pipe(Effect.provide(over(server, options)), drawing(1))
    )
    yield* TestClock.adjust("1 day")
    const [error, at] = yield* Fiber.join(fiber)
    return { error, at }
  })

describe("a call", () => {
  it.effect("that gets no answer is over after two minutes", () =>
    Effect.gen(function* () {
      const server = following(hang)
      const { at, error } = yield* failing(server, {})
      assert.strictEqual(at, 120_000)
      assert.strictEqual(error._tag, "TimeoutError")
      // Three attempts of 30 seconds, and one that is cut short.
      assert.deepStrictEqual(server.times(), [0, 30_250, 60_750, 91_750])
    })
  )

  it.effect("makes no attempt that would begin after its end, and reports the last answer", () =>
    Effect.gen(function* () {
      const server = following(status(503, { "retry-after": "50" }))
      const { at, error } = yield* failing(server, { timeout: "60 seconds" })
      assert.deepStrictEqual(server.times(), [0, 50_000])
      assert.strictEqual(at, 50_000)
      assert.deepInclude({ ...error }, { _tag: "ServerError", status: 503, retryAfter: 50_000 })
    })
  )

  it.effect("makes no attempt at the very instant of its end", () =>
    Effect.gen(function* () {
      const server = following(status(503, { "retry-after": "5" }))
      const { error } = yield* failing(server, { timeout: "5 seconds" })
      assert.deepStrictEqual(server.times(), [0])
      assert.strictEqual(error._tag, "ServerError")
    })
  )

  it.effect("reports the last broken connection when no time is left for another attempt", () =>
    Effect.gen(function* () {
      const server = following(after(700, reset))
      const { at, error } = yield* failing(server, { timeout: "1800 millis" })
      assert.deepStrictEqual(server.times(), [0, 950])
      assert.strictEqual(at, 1650)
      assert.strictEqual(error._tag, "TransportError")
    })
  )

  it.effect("that is cut short within an attempt tells what the attempt before met", () =>
    Effect.gen(function* () {
      const server = following(status(503, {}, '{"title":"Service Unavailable","detail":"database is down"}'), hang)
      const { at, error } = yield* failing(server, { timeout: "20 seconds" })
      assert.strictEqual(at, 20_000)
      assert.instanceOf(error, TimeoutError)
      assert.strictEqual(
        error.message,
        "listMeters: no complete response within 20000 ms, after listMeters: 503 Service Unavailable: database is down"
      )
      assert.instanceOf(error.cause, ServerError)
      assert.deepInclude({ ...error }, { timeout: 20_000, sent: true })
    })
  )

  it.effect("that is cut short within its first attempt has no cause", () =>
    Effect.gen(function* () {
      for (const step of [hang, hangInBody]) {
        const { error } = yield* failing(following(step), { timeout: "5 seconds" })
        assert.deepInclude({ ...error }, { _tag: "TimeoutError", timeout: 5000, sent: true })
        assert.strictEqual(error.message, "listMeters: no complete response within 5000 ms")
        assert.isUndefined((error as TimeoutError).cause)
      }
    })
  )

  it.effect("that is cut short after a timed-out attempt tells of that one", () =>
    Effect.gen(function* () {
      const { at, error } = yield* failing(following(hang), { attemptTimeout: "4 seconds", timeout: "6 seconds" })
      assert.strictEqual(at, 6000)
      assert.strictEqual(
        error.message,
        "listMeters: no complete response within 6000 ms, after listMeters: no complete response within 4000 ms"
      )
    })
  )

  it.effect("may take as long as the call says, and each of several calls as long as all of them", () =>
    Effect.gen(function* () {
      const slow = Effect.andThen(list, list).pipe(withCallOptions({ timeout: "3 seconds" }))
      const server = following(after(2000, status(200)))
      const fiber = yield* Effect.forkChild(Effect.provide(slow, over(server, { timeout: "1 second" })))
      yield* TestClock.adjust("4 seconds")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(server.times(), [0, 2000])
    })
  )

  it.effect("without a limit takes as long as it takes", () =>
    Effect.gen(function* () {
      const server = following(after(3_600_000, status(200)))
      const unlimited = { attemptTimeout: Infinity, timeout: Infinity }
      const fiber = yield* Effect.forkChild(Effect.provide(list, over(server, unlimited)))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* Fiber.join(fiber), [])
    })
  )
})

describe("an attempt", () => {
  it.effect("that gets no complete response in time is made again", () =>
    Effect.gen(function* () {
      for (const step of [hang, hangInBody]) {
        const server = following(step, status(200))
        const begin = yield* TestClock.testClockWith((clock) => clock.currentTimeMillis)
        const call = list.pipe(Effect.provide(over(server, { attemptTimeout: "1 second" })), drawing(1))
        const fiber = yield* Effect.forkChild(call)
        yield* TestClock.adjust("2 seconds")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(
          server.times().map((at) => at - begin),
          [0, 1250]
        )
      }
    })
  )

  it.effect("that is over in time keeps nothing waiting", () =>
    Effect.gen(function* () {
      const server = following(after(999, status(200)))
      const fiber = yield* Effect.forkChild(Effect.provide(list, over(server, { attemptTimeout: "1 second" })))
      yield* TestClock.adjust(999)
      assert.deepStrictEqual(yield* Fiber.join(fiber), [])
    })
  )
})

describe("the Promise API", () => {
  const baseUrl = "http://openmeter.test"

  it("rejects with what the attempt before met, when the time of the call is over", async () => {
    const { fetch } = replying(json({ title: "Service Unavailable" }, 503), hanging)
    await using openmeter = new OpenMeter({ baseUrl, fetch, timeout: 50, retry: { baseDelay: 1 } })
    const error = await rejection(openmeter.meters.list())
    assert.instanceOf(error, TimeoutError)
    assert.instanceOf(error.cause, ServerError)
  })

  it("reports the last answer when no time is left for another attempt", async () => {
    const { fetch, requests } = replying(() => new Response(null, { status: 503, headers: { "retry-after": "50" } }))
    await using openmeter = new OpenMeter({ baseUrl, fetch })
    const error = await rejection(openmeter.meters.list({}, { timeout: 40_000 }))
    assert.instanceOf(error, ServerError)
    assert.strictEqual(requests.length, 1)
  })
})
