import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as Tracer from "effect/Tracer"
import { withCallOptions } from "../../../src/layers/Call.ts"
import * as CircuitBreaker from "../../../src/layers/CircuitBreaker.ts"
import * as Concurrency from "../../../src/layers/Concurrency.ts"
import * as RateLimit from "../../../src/layers/RateLimit.ts"
import * as Retry from "../../../src/layers/Retry.ts"
import type { Options } from "../../../src/layers/Options.ts"
import { Transport } from "../../../src/layers/Transport.ts"
import { EventBuffer } from "../../../src/services/EventBuffer.ts"
import { Ingest } from "../../../src/services/Ingest.ts"
import { event, events, now, pass } from "../../support/buffer.ts"
import { drawing } from "../../support/script.ts"
import { recorded } from "../../support/storage.ts"

/** What a server got, and how it answers: nothing for a request that hangs. */
const serving = (status: (count: number) => number | undefined) => {
  const requests: Array<HttpClientRequest.HttpClientRequest> = []
  const client = HttpClient.make((request) =>
    Effect.suspend(() => {
      requests.push(request)
      const answer = status(requests.length)
      return answer === undefined
        ? Effect.never
        : Effect.succeed(HttpClientResponse.fromWeb(request, new Response(null, { status: answer })))
    })
  )
  return { requests, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

const transport = (
  server: ReturnType<typeof serving>,
  policies: Layer.Layer<never, unknown>,
  options?: Partial<Options>
) =>
  Ingest.layer.pipe(
    Layer.provide(Transport.layerWithoutHttpClient({ baseUrl: "http://openmeter.test", ...options })),
    Layer.provide(policies),
    Layer.provide(server.layer)
  )

const buffer = EventBuffer.layerMemory({
  linger: 10,
  maxBatchCount: 1,
  baseDelay: 100,
  maxDelay: 100,
  drainTimeout: 1000
})

/** Offers some events to a buffer that is built within `around`, and lets time pass. */
const offered = (
  count: number,
  ingest: Layer.Layer<Ingest, unknown>,
  around: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, unknown, R>
) =>
  Effect.gen(function* () {
    const { offerAll } = yield* EventBuffer
    yield* offerAll(events(0, count))
    yield* pass(2)
  }).pipe(
    Effect.ensuring(Effect.forkDetach(pass(60, 1))),
    Effect.provide(buffer.pipe(Layer.provide(ingest))),
    around,
    Effect.provide(recorded([]))
  )

describe("what a buffer sends has nothing of the call in which it was built:", () => {
  it.effect("neither headers nor a time limit", () => {
    const server = serving(() => undefined)
    return Effect.gen(function* () {
      const ingest = transport(server, Layer.empty, { timeout: "1 hour", attemptTimeout: "1 hour" })
      yield* offered(1, ingest, withCallOptions({ headers: { "x-tenant": "acme" }, timeout: 100 }))
      assert.strictEqual(server.requests.length, 1)
      assert.notProperty(server.requests[0]!.headers, "x-tenant")
    })
  })

  it.effect("nor its retries", () => {
    const server = serving((count) => (count === 1 ? 503 : 204))
    return Effect.gen(function* () {
      const ingest = transport(server, Layer.empty, { retry: { baseDelay: 1, maxDelay: 1 } })
      yield* Effect.gen(function* () {
        const { offer } = yield* EventBuffer
        yield* offer(event(0))
        yield* pass(0.2, 0.01)
        // Sooner than the buffer itself would try again.
        assert.strictEqual(server.requests.length, 2)
      }).pipe(
        Effect.provide(
          EventBuffer.layerMemory({ linger: 10, baseDelay: "1 hour", maxDelay: "1 hour" }).pipe(Layer.provide(ingest))
        ),
        Retry.with(false)
      )
    })
  })

  it.effect("nor its concurrency", () => {
    const server = serving(() => undefined)
    return Effect.gen(function* () {
      yield* offered(3, transport(server, Layer.empty), Concurrency.with(1))
      assert.strictEqual(server.requests.length, 3)
    })
  })

  it.effect("nor its freedom from the rate limit", () => {
    const server = serving(() => 204)
    return Effect.gen(function* () {
      const limited = RateLimit.layerMemory({ limit: 1, window: "1 hour" })
      yield* offered(3, transport(server, limited, { timeout: "2 hours" }), RateLimit.suspend)
      assert.strictEqual(server.requests.length, 1)
    })
  })

  it.effect("nor its freedom from the circuit breaker", () => {
    const server = serving(() => 503)
    return Effect.gen(function* () {
      const guarded = CircuitBreaker.layerMemory({ minimumCalls: 1, openDuration: "1 hour" })
      yield* offered(1, transport(server, guarded, { retry: false }), CircuitBreaker.suspend)
      assert.strictEqual(server.requests.length, 1)
    })
  })

  it.effect("nor its trace", () => {
    const server = serving(() => 204)
    const spans: Array<Tracer.Span> = []
    const tracer = Tracer.make({
      span: (options) => {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    return Effect.gen(function* () {
      yield* offered(1, transport(server, Layer.empty), Effect.withSpan("startup")).pipe(
        Effect.provideService(Tracer.Tracer, tracer)
      )
      const ingest = spans.filter(({ name }) => name.includes("ingestEvents"))
      assert.isAbove(ingest.length, 0)
      const startup = spans.find(({ name }) => name === "startup")
      assert.isDefined(startup)
      assert.isFalse(ingest.some(({ traceId }) => traceId === startup?.traceId))
    })
  })
})

describe("a defect below ingestion", () => {
  it.effect("lets the events wait as an outage does, and is logged with its cause", () => {
    const lines: Array<string> = []
    let calls = 0
    const failing = Layer.succeed(Ingest, {
      ingest: () => Effect.die("not part of the test"),
      send: () =>
        Effect.suspend(() => {
          calls += 1
          return calls <= 5 ? Effect.die(new Error("a bug of the program's middleware")) : Effect.void
        })
    })
    return Effect.gen(function* () {
      const { offer } = yield* EventBuffer
      const receipt = yield* offer(event(0))
      yield* pass(0.05, 0.001)
      assert.strictEqual(calls, 1)
      yield* pass(300, 1)
      assert.strictEqual(calls, 6)
      assert.strictEqual(receipt.outcome?._tag, "Delivered")
      const errors = lines.filter((line) => line.startsWith("ERROR"))
      assert.strictEqual(errors.length, 5)
      for (const line of errors) assert.include(line, "a bug of the program's middleware")
    }).pipe(
      Effect.provide(EventBuffer.layerMemory({ linger: 10, drainTimeout: 0 }).pipe(Layer.provide(failing))),
      Effect.provide(recorded(lines)),
      // Every wait is as long as it may be: the second attempt comes after a second.
      drawing(1)
    )
  })

  it.effect("leaves it open whether the server has the events", () => {
    const failing = Layer.succeed(Ingest, {
      ingest: () => Effect.die("not part of the test"),
      send: () => Effect.die("a defect after the request was sent")
    })
    return Effect.gen(function* () {
      const { close, offer } = yield* EventBuffer
      const receipt = yield* offer(event(0))
      yield* pass(1)
      yield* close({ timeout: 100 }).pipe(Effect.forkChild, Effect.andThen(TestClock.adjust(100)))
      yield* now
      assert.deepStrictEqual(receipt.outcome, { _tag: "Unknown" })
    }).pipe(
      Effect.provide(EventBuffer.layerMemory({ linger: 10 }).pipe(Layer.provide(failing))),
      Effect.provide(recorded([]))
    )
  })
})
