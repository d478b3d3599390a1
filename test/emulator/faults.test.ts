import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../src/emulator/Emulator.ts"
import * as Faults from "../../src/emulator/Faults.ts"

const meter = { slug: "tokens", eventType: "prompt", aggregation: "COUNT" }

const InProcess = Emulator.layerHttpClient.pipe(Layer.provideMerge(Emulator.layer))

const ingest = (id: string) =>
  HttpClientRequest.post("http://emulator/api/v1/events").pipe(
    HttpClientRequest.bodyText(
      JSON.stringify({ specversion: "1.0", id, source: "test", type: "prompt", subject: "acme" }),
      "application/cloudevents+json"
    ),
    HttpClient.execute
  )

const getMeter = HttpClient.get("http://emulator/api/v1/meters/tokens")

/** Status and text of an answer, or why there is none. */
const told = (response: typeof getMeter) =>
  response.pipe(
    Effect.flatMap(({ status, text }) => Effect.map(text, (body) => `${status} ${body.slice(0, 40)}`)),
    Effect.catch((error) => Effect.succeed(error.reason._tag))
  )

const statuses = (count: number) =>
  Effect.replicateEffect(Effect.match(getMeter, { onSuccess: ({ status }) => status, onFailure: () => 0 }), count)

const held = Effect.gen(function* () {
  const emulator = yield* Emulator
  return (yield* emulator.events).map(({ id }) => id)
})

const inject = (...faults: ReadonlyArray<Faults.Fault>) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(...faults))

describe("faults", () => {
  it.layer(Layer.fresh(InProcess))("strike chosen requests", (it) => {
    it.effect("of an operation, as many as asked for", () =>
      Effect.gen(function* () {
        const emulator = yield* Emulator
        yield* emulator.seed({ meters: [meter] })
        yield* inject(Faults.once("getMeter", Faults.status(503)), Faults.times(2, "listMeters", Faults.status(429)))
        assert.deepStrictEqual(yield* statuses(2), [503, 200])
        const list = Effect.map(HttpClient.get("http://emulator/api/v1/meters"), ({ status }) => status)
        assert.deepStrictEqual(yield* Effect.replicateEffect(list, 3), [429, 429, 200])
      })
    )
  })

  const strikes: ReadonlyArray<readonly [name: string, fault: Faults.Fault, statuses: ReadonlyArray<number>]> = [
    ["always", Faults.always("getMeter", Faults.status(500)), [500, 500, 500, 500]],
    ["never for another operation", Faults.always(["ingestEvents", "listMeters"], Faults.reset), [404, 404, 404, 404]],
    ["for every request", Faults.times(3, "*", Faults.reset), [0, 0, 0, 404]],
    ["after some", Faults.make({ operation: "getMeter", skip: 1, times: 2 }, Faults.status(502)), [404, 502, 502, 404]],
    ["with a probability of 1", Faults.random(1, Faults.status(500)), [500, 500, 500, 500]],
    ["with a probability of 0", Faults.random(0, Faults.status(500)), [404, 404, 404, 404]]
  ]

  it.effect.each(strikes)("strike %s", ([, fault, expected]) =>
    Effect.gen(function* () {
      yield* inject(fault)
      assert.deepStrictEqual(yield* statuses(4), [...expected])
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("strike at random in the same way for the same seed", () =>
    Effect.gen(function* () {
      const runs = yield* Effect.forEach([1, 1, 2], (seed) =>
        Effect.andThen(inject(Faults.random(0.3, Faults.reset, { seed })), statuses(100)).pipe(
          Effect.provide(Layer.fresh(InProcess))
        )
      )
      assert.deepStrictEqual(runs[0], runs[1])
      assert.notDeepEqual(runs[0], runs[2])
      const struck = runs[0]?.filter((status) => status === 0).length ?? 0
      assert.isTrue(struck > 10 && struck < 60, `${struck} of 100`)
    })
  )

  it.effect("strike from one time until another", () =>
    Effect.gen(function* () {
      yield* inject(Faults.between("10 seconds", "25 seconds", Faults.status(503)))
      const seen: Array<number> = []
      for (const wait of ["9999 millis", "1 millis", "14999 millis", "1 millis"] as const) {
        yield* TestClock.adjust(wait)
        seen.push(...(yield* statuses(1)))
      }
      assert.deepStrictEqual(seen, [404, 503, 503, 404])
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("strike one request together, the one injected first from the outside", () =>
    Effect.gen(function* () {
      yield* inject(
        Faults.once("getMeter", Faults.replaceBody("outer")),
        Faults.once("getMeter", Faults.replaceBody("inner", "text/plain")),
        Faults.once("getMeter", Faults.status(500))
      )
      const response = yield* getMeter
      assert.deepStrictEqual(
        [response.status, response.headers["content-type"], yield* response.text],
        [500, "text/plain", "outer"]
      )
      assert.deepStrictEqual(yield* statuses(1), [404])
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("are gone when they are cleared", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* inject(Faults.always("*", Faults.reset))
      yield* emulator.clearFaults
      assert.deepStrictEqual(yield* statuses(1), [404])
    }).pipe(Effect.provide(InProcess))
  )
})

describe("behaviours", () => {
  it.effect("status answers with a problem and headers, and the server sees nothing", () =>
    Effect.gen(function* () {
      yield* inject(Faults.once("ingestEvents", Faults.status(503, { "retry-after": "2" })))
      const response = yield* ingest("a")
      assert.strictEqual(response.status, 503)
      assert.strictEqual(response.headers["retry-after"], "2")
      assert.deepStrictEqual(yield* response.json, { type: "about:blank", title: "Service Unavailable", status: 503 })
      assert.deepStrictEqual(yield* held, [])
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("status and respond may answer without a body", () =>
    Effect.gen(function* () {
      for (const behaviour of [Faults.status(204), Faults.status(304), Faults.respond({ status: 205 })]) {
        yield* inject(Faults.once("getMeter", behaviour))
        assert.strictEqual(yield* (yield* getMeter).text, "")
      }
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("reset breaks the connection before the server sees the request, loseAnswer after it", () =>
    Effect.gen(function* () {
      yield* inject(Faults.once("ingestEvents", Faults.reset))
      assert.strictEqual(yield* told(ingest("a")), "TransportError")
      assert.deepStrictEqual(yield* held, [])
      yield* inject(Faults.once("ingestEvents", Faults.loseAnswer))
      assert.strictEqual(yield* told(ingest("a")), "TransportError")
      assert.deepStrictEqual(yield* held, ["a"])
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("hang never answers, and can be given up", () =>
    Effect.gen(function* () {
      yield* inject(Faults.once("getMeter", Faults.hang))
      const fiber = yield* Effect.forkChild(Effect.timeoutOption(getMeter, "30 days"))
      yield* TestClock.adjust("30 days")
      assert.isTrue(Option.isNone(yield* Fiber.join(fiber)))
      const emulator = yield* Emulator
      assert.deepStrictEqual(
        (yield* emulator.requests).map(({ operation, status }) => [operation, status]),
        [["getMeter", undefined]]
      )
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("resetMidBody breaks off in the body, truncate ends it early", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* emulator.seed({ meters: [meter] })
      yield* inject(Faults.once("getMeter", Faults.resetMidBody))
      const broken = yield* getMeter
      assert.strictEqual(broken.status, 200)
      assert.strictEqual((yield* Effect.flip(broken.text)).reason._tag, "DecodeError")
      yield* inject(Faults.once("getMeter", Faults.truncate))
      const short = yield* (yield* getMeter).text
      const whole = yield* (yield* getMeter).text
      assert.strictEqual(short, whole.slice(0, Math.floor(whole.length / 2)))
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("replaceBody gives another body, of another type", () =>
    Effect.gen(function* () {
      yield* inject(Faults.once("getMeter", Faults.replaceBody("<h1>Bad gateway</h1>", "text/html")))
      const html = yield* getMeter
      assert.deepStrictEqual([html.status, html.headers["content-type"]], [404, "text/html"])
      assert.strictEqual(yield* html.text, "<h1>Bad gateway</h1>")
      yield* inject(Faults.once("getMeter", Faults.replaceBody("[]")))
      assert.strictEqual(yield* told(getMeter), "404 []")
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("loseEvents accepts events and forgets them", () =>
    Effect.gen(function* () {
      yield* inject(Faults.once("*", Faults.loseEvents))
      assert.strictEqual((yield* ingest("a")).status, 204)
      assert.strictEqual((yield* ingest("b")).status, 204)
      assert.deepStrictEqual(yield* held, ["b"])
      // The lost one was not seen: sent again, it is no duplicate.
      assert.strictEqual((yield* ingest("a")).status, 204)
      assert.deepStrictEqual(yield* held, ["b", "a"])
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("clockSkew lets the server's time differ", () =>
    Effect.gen(function* () {
      yield* inject(Faults.always("ingestEvents", Faults.clockSkew("-5 minutes")))
      yield* TestClock.adjust("1 hour")
      yield* ingest("a")
      const emulator = yield* Emulator
      const [event] = yield* emulator.events
      assert.deepStrictEqual(event?.ingestedAt, new Date(55 * 60 * 1000))
    }).pipe(Effect.provide(InProcess))
  )

  it.effect("combine puts one behaviour before another", () =>
    Effect.gen(function* () {
      yield* inject(Faults.once("getMeter", Faults.combine(Faults.latency("3 seconds"), Faults.status(504))))
      const fiber = yield* Effect.forkChild(statuses(1))
      yield* TestClock.adjust("2999 millis")
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* Fiber.join(fiber), [504])
    }).pipe(Effect.provide(InProcess))
  )

  /** How long each of a number of requests took, in milliseconds, with a latency. */
  const durations = (latency: Faults.Latency, count: number) =>
    Effect.gen(function* () {
      yield* inject(Faults.always("getMeter", Faults.latency(latency)))
      const timed = Effect.gen(function* () {
        const start = yield* Clock.currentTimeMillis
        yield* getMeter
        return (yield* Clock.currentTimeMillis) - start
      })
      const fibers = yield* Effect.replicateEffect(Effect.forkChild(timed), count)
      yield* TestClock.adjust("1 hour")
      return (yield* Fiber.joinAll(fibers)).sort((a, b) => a - b)
    }).pipe(Effect.provide(Layer.fresh(InProcess)))

  it.effect("latency is fixed, uniform or log-normal", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* durations("20 millis", 3), [20, 20, 20])

      const uniform = yield* durations({ min: "100 millis", max: "200 millis" }, 200)
      assert.isTrue(uniform.every((millis) => millis >= 100 && millis <= 200))
      assert.approximately(uniform[100] ?? 0, 150, 25)

      const normal = yield* durations({ median: "50 millis", p99: "500 millis" }, 1000)
      assert.approximately(normal[500] ?? 0, 50, 10)
      assert.approximately(normal[990] ?? 0, 500, 200)
    })
  )
})

describe("faults on a socket", () => {
  const served = <A, E>(use: (url: string) => Effect.Effect<A, E, Emulator | HttpClient.HttpClient>) =>
    Effect.gen(function* () {
      const { url } = yield* Emulator.serve({ port: 0 })
      return yield* use(url)
    }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(Layer.fresh(Emulator.layer), FetchHttpClient.layer)))

  const meters = (url: string) => HttpClient.get(`${url}/api/v1/meters`)

  it.live("reset breaks the connection, and the next one is fine", () =>
    served((url) =>
      Effect.gen(function* () {
        yield* inject(Faults.once("listMeters", Faults.reset))
        const error = yield* Effect.flip(meters(url))
        assert.strictEqual(error.reason._tag, "TransportError")
        assert.include(String(Reflect.get(Object(error.reason.cause), "cause")), "ECONNRESET")
        assert.strictEqual((yield* meters(url)).status, 200)
      })
    )
  )

  it.live("resetMidBody breaks off after the head of the answer", () =>
    served((url) =>
      Effect.gen(function* () {
        yield* Effect.flatMap(Emulator, (emulator) => emulator.seed({ meters: [meter] }))
        yield* inject(Faults.once("listMeters", Faults.resetMidBody))
        const response = yield* meters(url)
        assert.strictEqual(response.status, 200)
        assert.strictEqual((yield* Effect.flip(response.text)).reason._tag, "DecodeError")
      })
    )
  )

  it.live("truncate ends the body early, as if it were whole", () =>
    served((url) =>
      Effect.gen(function* () {
        yield* Effect.flatMap(Emulator, (emulator) => emulator.seed({ meters: [meter] }))
        yield* inject(Faults.once("listMeters", Faults.truncate))
        const body = yield* (yield* meters(url)).text
        assert.isTrue(body.startsWith("["))
        assert.throws(() => JSON.parse(body))
      })
    )
  )

  it.live("hang keeps the connection until the client gives up", () =>
    served((url) =>
      Effect.gen(function* () {
        yield* inject(Faults.once("listMeters", Faults.hang))
        assert.isTrue(Option.isNone(yield* Effect.timeoutOption(meters(url), "100 millis")))
        assert.strictEqual((yield* meters(url)).status, 200)
      })
    )
  )

  it.live("status carries its headers", () =>
    served((url) =>
      Effect.gen(function* () {
        yield* inject(Faults.once("*", Faults.status(429, { "retry-after": "7" })))
        const response = yield* meters(url)
        assert.deepStrictEqual([response.status, response.headers["retry-after"]], [429, "7"])
      })
    )
  )
})
