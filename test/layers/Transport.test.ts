import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpBody, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { withCallOptions } from "../../src/layers/Call.ts"
import type { Options } from "../../src/layers/Options.ts"
import * as Retry from "../../src/layers/Retry.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { Ingest } from "../../src/services/Ingest.ts"
import { Meters } from "../../src/services/Meters.ts"
import { VERSION } from "../../src/version.ts"
import { nobody, respond, serve, type Received } from "../support/server.ts"

const event = { type: "prompt", subject: "customer-1" }

/** Sends one request through a transport, as the services do, and gives what reached the server. */
const sent = (
  options: Partial<Options>,
  call: Effect.Effect<unknown, unknown, Transport> = Effect.flatMap(Transport, ({ httpClient }) =>
    httpClient.get("/api/v1/meters")
  )
) =>
  Effect.gen(function* () {
    const server = yield* serve((response) => respond(response, 200, []))
    yield* call.pipe(Effect.provide(Transport.layer({ baseUrl: server.url, ...options })))
    assert.strictEqual(server.received.length, 1)
    return server.received[0]!
  })

const services = (options: Options) =>
  Layer.provide(Layer.merge(Meters.layer, Ingest.layer), Transport.layer(options)).pipe(Layer.provide(Retry.layerOff))

/** fetch, and a promise of the first head of an answer that it gets. */
const watchedFetch = Effect.gen(function* () {
  const head = yield* Deferred.make<void>()
  const fetch: typeof globalThis.fetch = async (...args) => {
    const response = await globalThis.fetch(...args)
    Deferred.doneUnsafe(head, Effect.void)
    return response
  }
  return { head: Deferred.await(head), layer: Layer.succeed(FetchHttpClient.Fetch, fetch) }
})

describe("the address", () => {
  for (const [suffix, path] of [
    ["", "/api/v1/meters"],
    ["/", "/api/v1/meters"],
    ["///", "/api/v1/meters"],
    ["/open/meter", "/open/meter/api/v1/meters"],
    ["/open/meter//", "/open/meter/api/v1/meters"],
    ["/a%20b", "/a%20b/api/v1/meters"],
    ["/50%25", "/50%25/api/v1/meters"]
  ] as const) {
    it.effect(`of a baseUrl that ends in ${JSON.stringify(suffix)} begins with it`, () =>
      Effect.gen(function* () {
        const server = yield* serve((response) => respond(response, 200, []))
        for (const baseUrl of [server.url + suffix, new URL(server.url + suffix)]) {
          yield* Effect.flatMap(Meters, (meters) => meters.list()).pipe(Effect.provide(services({ baseUrl })))
        }
        assert.deepStrictEqual(
          server.received.map(({ url }) => url),
          [path, path]
        )
      })
    )
  }

  for (const [value, segment] of [
    ["50%", "%35%30%25"],
    ["ü%", "%C3%BC%2525"],
    ["a/b", "a%2Fb"],
    ["a b", "a%20b"],
    ["zz%q", "%7A%7A%25%71"],
    ["😀", "%F0%9F%98%80"],
    ["%", "%2525"],
    ["a?b#c", "a%3Fb%23c"],
    ["..%2F", "%2E%2E%25%32%46"]
  ] as const) {
    it.effect(`holds ${value} as ${segment}`, () =>
      Effect.gen(function* () {
        const server = yield* serve((response) => respond(response, 404, {}))
        yield* Effect.flip(Effect.flatMap(Meters, (meters) => meters.query(value, { windowSize: "DAY" }))).pipe(
          Effect.provide(services({ baseUrl: `${server.url}/prefix` }))
        )
        assert.strictEqual(server.received[0]?.url, `/prefix/api/v1/meters/${segment}/query?windowSize=DAY`)
      })
    )
  }

  it.effect("of a value that no path can hold is never asked for", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => respond(response, 200, {}))
      yield* Effect.gen(function* () {
        const meters = yield* Meters
        for (const value of ["", ".", "..", "a\ud800"]) {
          const error = yield* Effect.flip(meters.get(value))
          assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "meterIdOrSlug" })
        }
      }).pipe(Effect.provide(services({ baseUrl: server.url })))
      assert.deepStrictEqual(server.received, [])
    })
  )
})

describe("the headers", () => {
  const header = (name: string) => (request: Received) => request.headers[name]

  it.effect("hold a Bearer token", () =>
    Effect.gen(function* () {
      assert.strictEqual(header("authorization")(yield* sent({ apiKey: "om_abc" })), "Bearer om_abc")
      assert.strictEqual(header("authorization")(yield* sent({ apiKey: Redacted.make("om_abc") })), "Bearer om_abc")
    })
  )

  it.effect("hold Basic credentials in UTF-8", () =>
    Effect.gen(function* () {
      for (const password of ["pass:wörd😀", Redacted.make("pass:wörd😀")]) {
        const { headers } = yield* sent({ username: "jürgen", password })
        const [scheme, credentials = ""] = headers.authorization?.split(" ") ?? []
        assert.strictEqual(scheme, "Basic")
        assert.strictEqual(Buffer.from(credentials, "base64").toString(), "jürgen:pass:wörd😀")
      }
    })
  )

  it.effect("hold no credentials when there are none", () =>
    Effect.gen(function* () {
      assert.notProperty((yield* sent({})).headers, "authorization")
    })
  )

  it.effect("hold the client's own, whatever their case", () =>
    Effect.gen(function* () {
      const { headers } = yield* sent({ headers: { "X-Tenant": "acme", "x-key": Redacted.make("é") } })
      assert.strictEqual(headers["x-tenant"], "acme")
      assert.strictEqual(headers["x-key"], "é")
    })
  )

  it.effect("hold a call's own, over the client's", () =>
    Effect.gen(function* () {
      const call = Effect.flatMap(Transport, ({ httpClient }) => httpClient.get("/")).pipe(
        withCallOptions({ headers: { "x-Tenant": "inner", authorization: "Bearer inner" } }),
        withCallOptions({ headers: { "x-tenant": "outer", "x-outer": "outer", "x-none": undefined } })
      )
      const { headers } = yield* sent({ apiKey: "client", headers: { "X-TENANT": "client", "x-none": "client" } }, call)
      assert.strictEqual(headers["x-tenant"], "inner")
      assert.strictEqual(headers["authorization"], "Bearer inner")
      assert.strictEqual(headers["x-outer"], "outer")
      assert.strictEqual(headers["x-none"], "client")
    })
  )

  it.effect("name this SDK, unless the program names itself", () =>
    Effect.gen(function* () {
      assert.strictEqual(header("user-agent")(yield* sent({})), `openmeter-sdk/${VERSION}`)
      assert.strictEqual(header("user-agent")(yield* sent({ headers: { "User-Agent": "my-app/1" } })), "my-app/1")
    })
  )

  it.effect("tell nobody of the trace", () =>
    Effect.gen(function* () {
      const call = Effect.withSpan(
        Effect.flatMap(Transport, ({ httpClient }) => httpClient.get("/")),
        "program"
      )
      const { headers } = yield* sent({}, call)
      assert.notProperty(headers, "traceparent")
      assert.notProperty(headers, "b3")
    })
  )

  it.effect("name the exact content types of events, whatever the program's own headers say", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => response.writeHead(204).end())
      const headers = { "Content-Type": "application/json" }
      yield* Effect.flatMap(Ingest, ({ ingest }) => Effect.andThen(ingest(event), ingest([event]))).pipe(
        withCallOptions({ headers }),
        Effect.provide(services({ baseUrl: server.url, headers }))
      )
      assert.deepStrictEqual(
        server.received.map(({ headers }) => headers["content-type"]),
        ["application/cloudevents+json", "application/cloudevents-batch+json"]
      )
    })
  )
})

describe("an operation's own headers", () => {
  it.effect("go over the program's", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => response.writeHead(200, { "content-type": "text/csv" }).end("a,b"))
      yield* Effect.flatMap(Meters, (meters) => meters.queryCsv("m")).pipe(
        withCallOptions({ headers: { accept: "text/html" } }),
        Effect.provide(services({ baseUrl: server.url, headers: { Accept: "application/json" } }))
      )
      assert.strictEqual(server.received[0]?.headers.accept, "text/csv")
    })
  )
})

describe("a call's options", () => {
  for (const [what, options, field] of [
    ["timeout", { timeout: 0 }, "timeout"],
    ["timeout", { timeout: "soon" as "1 second" }, "timeout"],
    ["name of a header", { headers: { "a b": "c" } }, "headers.a b"],
    ["header", { headers: { tenant: "a\nb" } }, "headers.tenant"]
  ] as const) {
    it.effect(`fail the call before it begins when a ${what} is wrong: ${JSON.stringify(options)}`, () =>
      Effect.gen(function* () {
        let begun = false
        const error = yield* Effect.flip(
          withCallOptions(
            Effect.sync(() => (begun = true)),
            options
          )
        )
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field })
        assert.isFalse(begun)
      })
    )
  }
})

describe("a redirect", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it.effect(`of ${status} is an error, and never followed`, () =>
      Effect.gen(function* () {
        const target = yield* serve((response) => respond(response, 200, []))
        const server = yield* serve((response) =>
          response.writeHead(status, { location: `${target.url}/login?a=b` }).end()
        )
        yield* Effect.gen(function* () {
          const { ingest } = yield* Ingest
          const meters = yield* Meters
          for (const error of [yield* Effect.flip(meters.list()), yield* Effect.flip(ingest(event))]) {
            assert.deepInclude({ ...error }, { _tag: "UnexpectedStatusError", status })
            assert.include(
              error.message,
              `redirects are not followed: set baseUrl so that it leads to ${target.url}/login`
            )
          }
        }).pipe(Effect.provide(services({ baseUrl: server.url, apiKey: "om_abc" })))
        assert.deepStrictEqual(target.received, [])
        assert.deepStrictEqual(
          server.received.map(({ method }) => method),
          ["GET", "POST"]
        )
      })
    )
  }

  it.effect("is never followed, whatever a program asks of fetch besides", () =>
    Effect.gen(function* () {
      const target = yield* serve((response) => respond(response, 200, []))
      const server = yield* serve((response) => response.writeHead(307, { location: target.url }).end())
      const asked = Layer.succeed(FetchHttpClient.RequestInit, { redirect: "follow", headers: { "x-asked": "1" } })
      const own = services({ baseUrl: server.url })
      for (const layer of [Layer.merge(own, asked), Layer.provide(own, asked)]) {
        const error = yield* Effect.flip(Effect.flatMap(Meters, (meters) => meters.list())).pipe(Effect.provide(layer))
        assert.deepInclude({ ...error }, { _tag: "UnexpectedStatusError", status: 307 })
      }
      assert.deepStrictEqual(target.received, [])
      assert.deepStrictEqual(
        server.received.map(({ headers }) => headers["x-asked"]),
        ["1", "1"]
      )
    })
  )

  it.effect("is never followed in a program that has another client on fetch, which follows its own", () =>
    Effect.gen(function* () {
      const target = yield* serve((response) => respond(response, 200, []))
      const server = yield* serve((response) => response.writeHead(302, { location: target.url }).end())
      const other = Layer.effectDiscard(Effect.flatMap(HttpClient.HttpClient, (client) => client.get(server.url))).pipe(
        Layer.provide(FetchHttpClient.layer)
      )
      for (const layer of [
        Layer.provideMerge(services({ baseUrl: server.url }), other),
        Layer.provideMerge(other, services({ baseUrl: server.url }))
      ]) {
        const error = yield* Effect.flip(Effect.flatMap(Meters, (meters) => meters.list())).pipe(Effect.provide(layer))
        assert.deepInclude({ ...error }, { _tag: "UnexpectedStatusError", status: 302 })
      }
      assert.strictEqual(target.received.length, 2)
    })
  )
})

describe("time", () => {
  /** Starts a call to a server that stalls, in the head or in the body of its answer, until a time has passed. */
  const stalling = (where: "head" | "body", options: Partial<Options>, wait: string, callTimeout?: "3 seconds") =>
    Effect.gen(function* () {
      const reached = yield* Deferred.make<void>()
      const server = yield* serve((response) => {
        if (where === "body") response.writeHead(200, { "content-length": "100" }).write("[")
        Deferred.doneUnsafe(reached, Effect.void)
      })
      const { head, layer } = yield* watchedFetch
      const call = Effect.flatMap(Meters, (meters) => meters.list()).pipe(
        callTimeout === undefined ? (self) => self : withCallOptions({ timeout: callTimeout }),
        Effect.provide(services({ baseUrl: server.url, ...options })),
        Effect.provide(layer)
      )
      const fiber = yield* Effect.forkChild(Effect.flip(call))
      yield* where === "body" ? head : Deferred.await(reached)
      yield* TestClock.adjust(wait as "1 second")
      return { fiber, error: fiber.pollUnsafe() === undefined ? undefined : yield* Fiber.join(fiber) }
    })

  for (const where of ["head", "body"] as const) {
    it.effect(`is over for an attempt whose answer stalls in its ${where}, after 30 seconds`, () =>
      Effect.gen(function* () {
        const before = yield* stalling(where, {}, "29 seconds")
        assert.isUndefined(before.error)
        yield* TestClock.adjust("1 second")
        const error = yield* Fiber.join(before.fiber)
        assert.deepInclude({ ...error }, { _tag: "TimeoutError", timeout: 30_000, url: "/api/v1/meters" })
        assert.strictEqual(error.message, "listMeters: no complete response within 30000 ms")
        assert.isTrue(error.isRetryable)
      })
    )

    it.effect(`is over for a whole call whose answer stalls in its ${where}`, () =>
      Effect.gen(function* () {
        const { error } = yield* stalling(where, { timeout: "5 seconds" }, "5 seconds")
        assert.deepInclude({ ...error }, { _tag: "TimeoutError", timeout: 5000 })
      })
    )
  }

  it.effect("is over for an attempt as the client says", () =>
    Effect.gen(function* () {
      const { error } = yield* stalling("body", { attemptTimeout: "2 seconds" }, "2 seconds")
      assert.deepInclude({ ...error }, { _tag: "TimeoutError", timeout: 2000 })
    })
  )

  it.effect("is over for a call as the call says, not the client", () =>
    Effect.gen(function* () {
      const { error } = yield* stalling("body", { timeout: "1 second" }, "1 second", "3 seconds")
      assert.isUndefined(error)
      const later = yield* stalling("body", { timeout: "1 second" }, "3 seconds", "3 seconds")
      assert.deepInclude({ ...later.error }, { _tag: "TimeoutError", timeout: 3000 })
    })
  )
})

describe("a broken call", () => {
  const lists = (baseUrl: string) =>
    Effect.flip(Effect.flatMap(Meters, (meters) => meters.list())).pipe(Effect.provide(services({ baseUrl })))

  it.effect("closes its socket when it is interrupted, before an answer and within one", () =>
    Effect.gen(function* () {
      for (const write of [false, true]) {
        const reached = yield* Deferred.make<void>()
        const closed = yield* Deferred.make<boolean>()
        const server = yield* serve((response) => {
          response.on("close", () => Deferred.doneUnsafe(closed, Effect.succeed(response.writableFinished)))
          if (write) response.writeHead(200).write("[")
          else Deferred.doneUnsafe(reached, Effect.void)
        })
        const { head, layer } = yield* watchedFetch
        const fiber = yield* Effect.forkChild(lists(server.url).pipe(Effect.provide(layer)))
        yield* write ? head : Deferred.await(reached)
        yield* Fiber.interrupt(fiber)
        assert.isFalse(yield* Deferred.await(closed))
      }
    })
  )

  it.effect("closes its socket when its time is over", () =>
    Effect.gen(function* () {
      const closed = yield* Deferred.make<void>()
      const server = yield* serve((response) => {
        response.on("close", () => Deferred.doneUnsafe(closed, Effect.void))
        response.writeHead(200).write("[")
      })
      const { head, layer } = yield* watchedFetch
      const fiber = yield* Effect.forkChild(lists(server.url).pipe(Effect.provide(layer)))
      yield* head
      yield* TestClock.adjust("30 seconds")
      yield* Fiber.join(fiber)
      yield* Deferred.await(closed)
    })
  )

  it.effect("is a TransportError when the answer breaks off", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => {
        response.writeHead(200, { "content-length": "100" }).write("[", () => response.destroy())
      })
      const error = yield* lists(server.url)
      assert.strictEqual(error._tag, "TransportError")
      assert.match(error.message, /^listMeters: no response: \S/)
      assert.isTrue(error.isRetryable)
    })
  )

  it.effect("is a TransportError when the server hangs up", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => response.destroy())
      const error = yield* lists(server.url)
      assert.strictEqual(error._tag, "TransportError")
      assert.match(error.message, /^listMeters: no response: \S/)
    })
  )

  it.effect("is a TransportError that says why when nobody listens", () =>
    Effect.gen(function* () {
      const error = yield* lists(yield* nobody)
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "listMeters: no response: connect ECONNREFUSED")
      assert.deepInclude({ ...error }, { operation: "listMeters", method: "GET", url: "/api/v1/meters" })
    })
  )

  it.effect("is a TransportError when the host is not known", () =>
    Effect.gen(function* () {
      const error = yield* lists("http://openmeter.invalid")
      assert.strictEqual(error._tag, "TransportError")
      assert.include(error.message, "openmeter.invalid")
    })
  )

  it.effect("is one error, whatever fetch rejects with", () =>
    Effect.gen(function* () {
      for (const reason of [new Error("no network"), "no network", { message: "no network" }, undefined, null]) {
        const error = yield* lists("http://openmeter.test").pipe(
          Effect.provideService(FetchHttpClient.Fetch, () => Promise.reject(reason))
        )
        assert.strictEqual(error._tag, "TransportError")
        assert.match(error.message, /^listMeters: no response: \S/)
      }
    })
  )
})

describe("an answer", () => {
  it.effect("is read whole, so that an error that nobody reads holds no socket", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => respond(response, 500, { detail: "x".repeat(100_000) }))
      yield* Effect.gen(function* () {
        const { httpClient } = yield* Transport
        for (let index = 0; index < 10; index++) yield* httpClient.get("/api/v1/meters")
      }).pipe(Effect.provide(Transport.layer({ baseUrl: server.url })), Effect.provide(Retry.layerOff))
      assert.strictEqual(server.received.length, 10)
      assert.isAtMost(server.connections(), 2)
    })
  )

  it.effect("can be read as often as anyone likes", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => respond(response, 200, { a: "ü" }))
      yield* Effect.gen(function* () {
        const { httpClient } = yield* Transport
        const response = yield* httpClient.get("/")
        assert.deepStrictEqual(yield* response.json, { a: "ü" })
        assert.strictEqual(yield* response.text, '{"a":"ü"}')
        assert.strictEqual(yield* response.text, '{"a":"ü"}')
        assert.strictEqual((yield* response.arrayBuffer).byteLength, 10)
      }).pipe(Effect.provide(Transport.layer({ baseUrl: server.url })))
    })
  )
})

describe("layerWithoutHttpClient", () => {
  it.effect("gives the errors of the answers, also through a client that makes errors of them itself", () =>
    Effect.gen(function* () {
      const client = HttpClient.filterStatusOk(
        HttpClient.make((request) =>
          Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ detail: "gone" }, { status: 404 })))
        )
      )
      const error = yield* Effect.flip(Effect.flatMap(Meters, (meters) => meters.get("m"))).pipe(
        Effect.provide(Meters.layer),
        Effect.provide(Transport.layerWithoutHttpClient({ baseUrl: "https://openmeter.test" })),
        Effect.provideService(HttpClient.HttpClient, client)
      )
      assert.strictEqual(error._tag, "NotFoundError")
      assert.strictEqual(error.message, "getMeter: 404 gone")
    })
  )

  it.effect("sends through the program's own client", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const client = HttpClient.make((request) =>
        Effect.sync(() => {
          seen.push(`${request.method} ${request.url} ${request.headers["authorization"]}`)
          return HttpClientResponse.fromWeb(request, new Response(null, { status: 204 }))
        })
      )
      yield* Effect.flatMap(Transport, ({ httpClient }) =>
        httpClient.execute(HttpClientRequest.setBody(HttpClientRequest.post("/api/v1/events"), HttpBody.text("{}")))
      ).pipe(
        Effect.provide(Transport.layerWithoutHttpClient({ baseUrl: "https://openmeter.test/p/", apiKey: "k" })),
        Effect.provideService(HttpClient.HttpClient, client)
      )
      assert.deepStrictEqual(seen, ["POST https://openmeter.test/p/api/v1/events Bearer k"])
    })
  )
})
