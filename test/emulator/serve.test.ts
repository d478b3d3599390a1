import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { request } from "node:http"
import { connect } from "node:net"
import { Emulator } from "../../src/emulator/Emulator.ts"

const Fresh = Layer.fresh(Emulator.layer)

const served = <A, E>(
  use: (listening: {
    readonly url: string
    readonly port: number
  }) => Effect.Effect<A, E, Emulator | HttpClient.HttpClient>
) =>
  Effect.flatMap(Emulator.serve({ port: 0 }), use).pipe(
    Effect.scoped,
    Effect.provide(Layer.mergeAll(Fresh, FetchHttpClient.layer))
  )

const exchanges: ReadonlyArray<HttpClientRequest.HttpClientRequest> = [
  HttpClientRequest.post("/api/v1/meters").pipe(
    HttpClientRequest.bodyJsonUnsafe({ slug: "m", eventType: "t", aggregation: "COUNT" })
  ),
  HttpClientRequest.get("/api/v1/meters/m"),
  HttpClientRequest.get("/api/v1/meters", { urlParams: { page: "0" } }),
  HttpClientRequest.get("/api/v1/subjects/a%2Fb%20%C3%A9"),
  HttpClientRequest.post("/api/v1/events").pipe(
    HttpClientRequest.bodyText(
      `{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"é"}`,
      "application/cloudevents+json"
    )
  ),
  HttpClientRequest.post("/api/v1/events").pipe(
    HttpClientRequest.bodyText("[]", "application/cloudevents-batch+json; charset=utf-8")
  ),
  HttpClientRequest.get("/api/v1/meters/m/query", {
    headers: { accept: "text/csv" },
    urlParams: { groupBy: "subject" }
  }),
  HttpClientRequest.delete("/api/v1/meters/m"),
  HttpClientRequest.get("/api/v1/meters/"),
  HttpClientRequest.patch("/api/v1/meters/m")
]

/** Every answer, without what differs from one clock to the next. */
const answers = (url: string) =>
  Effect.forEach(exchanges, (exchange) =>
    Effect.gen(function* () {
      const response = yield* HttpClient.execute(HttpClientRequest.prependUrl(exchange, url))
      const text = yield* response.text
      return [
        response.status,
        response.headers["content-type"],
        text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME").replaceAll(/"[0-9A-Z]{26}"/g, "ID")
      ]
    })
  )

/** What the server sends back on a socket of its own, as text, until it closes the connection. */
const raw = (port: number, text: string) =>
  Effect.callback<string>((resume) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(text))
    let received = ""
    socket.on("data", (chunk) => (received += chunk.toString()))
    socket.on("close", () => resume(Effect.succeed(received)))
    socket.on("error", () => resume(Effect.succeed(received)))
  })

/** The status of a GET whose path is sent as it is. */
const statusOf = (port: number, path: string) =>
  Effect.callback<number>((resume) => {
    request({ port, path, host: "127.0.0.1" }, (response) => {
      response.resume()
      resume(Effect.succeed(response.statusCode ?? 0))
    }).end()
  })

describe("the emulator on a socket", () => {
  it.live("answers as it does in process", () =>
    served(({ url }) =>
      Effect.gen(function* () {
        const inProcess = yield* answers("http://emulator").pipe(
          Effect.provide(Emulator.layerHttpClient.pipe(Layer.provide(Fresh)))
        )
        assert.deepStrictEqual(yield* answers(url), inProcess)
        assert.deepStrictEqual(
          inProcess.map(([status]) => status),
          [200, 200, 400, 404, 204, 400, 200, 204, 404, 405]
        )
      })
    )
  )

  it.live("takes a path as it was sent", () =>
    served(({ port }) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* statusOf(port, "/api/v1/subjects/%ZZ"), 400)
        assert.strictEqual(yield* statusOf(port, "/api/v1/subjects/50%25"), 400)
        assert.strictEqual(yield* statusOf(port, "/api/v1/subjects/50%2525"), 404)
      })
    )
  )

  it.live("keeps nothing of a request that was never whole", () =>
    served(({ port }) =>
      Effect.gen(function* () {
        const event = `{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"s"}`
        const head = `POST /api/v1/events HTTP/1.1\r\nhost: e\r\nconnection: close\r\ncontent-type: application/cloudevents+json\r\n`
        yield* raw(port, `${head}content-length: ${event.length + 1}\r\n\r\n${event}`)
        const emulator = yield* Emulator
        assert.deepStrictEqual(yield* emulator.events, [])
        assert.include(yield* raw(port, `${head}content-length: ${event.length}\r\n\r\n${event}`), "204")
        assert.strictEqual((yield* emulator.events).length, 1)
      })
    )
  )

  it.live("answers a preflight of the portal", () =>
    served(({ url }) =>
      Effect.gen(function* () {
        const response = yield* HttpClient.execute(
          HttpClientRequest.options(`${url}/api/v1/portal/meters/m/query`, {
            headers: { "access-control-request-method": "GET", "access-control-request-headers": "authorization" }
          }).pipe(HttpClientRequest.setHeader("origin", "https://example.com"))
        )
        assert.strictEqual(response.status, 200)
      })
    )
  )

  it.live("fails when the port is taken", () =>
    served(({ port }) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.scoped(Emulator.serve({ port })))
        assert.strictEqual(error._tag, "ServeError")
        assert.include(error.message, "EADDRINUSE")
      })
    )
  )

  it.live("is gone when its scope closes, open connections too", () =>
    Effect.gen(function* () {
      const url = yield* served(({ url }) => Effect.as(HttpClient.get(url), url))
      const error = yield* Effect.flip(HttpClient.get(url))
      assert.strictEqual(error.reason._tag, "TransportError")
    }).pipe(Effect.provide(FetchHttpClient.layer))
  )
})
