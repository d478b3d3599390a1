import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { withEffect, withPromises, type Places } from "../../examples/telemetry.ts"
import { collector } from "../support/collector.ts"
import { respond, serve } from "../support/server.ts"

describe.each([
  ["with Promises", withPromises, undefined],
  ["with Effect", withEffect, "nightly"]
] as const)("telemetry %s", (_, run, program) => {
  const exported = Effect.gen(function* () {
    const server = yield* serve((response, { method }) =>
      method === "POST" ? response.writeHead(204).end() : respond(response, 200, [])
    )
    const telemetry = yield* collector
    const places: Places = { baseUrl: server.url, collector: telemetry.url, apiKey: "om_abc" }
    yield* Effect.promise(() => run(places))
    return { server, telemetry }
  })

  it.live("exports a span of each call, and of its attempts below it", () =>
    Effect.gen(function* () {
      const { server, telemetry } = yield* exported
      const spans = telemetry.spans()
      const { port } = new URL(server.url)
      for (const [name, method, path, status] of [
        ["ingestEvents", "POST", "/api/v1/events", 204],
        ["listMeters", "GET", "/api/v1/meters", 200]
      ] as const) {
        const call = spans.find((span) => span.name === `openmeter.${name}`)
        assert.deepStrictEqual(call?.attributes, {
          "http.request.method": method,
          "url.template": path,
          "server.address": "127.0.0.1",
          "server.port": Number(port),
          "openmeter.operation": name,
          "http.response.status_code": status
        })
        const attempt = spans.find((span) => span.name === method)
        assert.strictEqual(attempt?.parentSpanId, call?.spanId)
        assert.deepInclude(attempt?.attributes, { "http.response.status_code": status })
        const received = server.received.find((request) => request.method === method)
        assert.strictEqual(received?.headers["traceparent"], `00-${attempt?.traceId}-${attempt?.spanId}-01`)
        assert.strictEqual(call?.parentSpanId, spans.find((span) => span.name === program)?.spanId)
      }
    })
  )

  it.live("exports the metrics of calls and attempts", () =>
    Effect.gen(function* () {
      const { telemetry } = yield* exported
      const metrics = telemetry.metrics()
      assert.strictEqual(metrics.get("http.client.request.duration"), "s")
      assert.strictEqual(metrics.get("openmeter.client.operation.duration"), "s")
    })
  )

  it.live("exports no credentials", () =>
    Effect.gen(function* () {
      const { server, telemetry } = yield* exported
      assert.isTrue(server.received.every(({ headers }) => headers.authorization === "Bearer om_abc"))
      assert.isAtLeast(telemetry.bodies().length, 2)
      for (const body of telemetry.bodies()) assert.notInclude(body, "om_abc")
    })
  )
})

describe("telemetry with Effect", () => {
  it.live("exports the program's own logs", () =>
    Effect.gen(function* () {
      const server = yield* serve((response, { method }) =>
        method === "POST" ? response.writeHead(204).end() : respond(response, 200, [])
      )
      const telemetry = yield* collector
      yield* Effect.promise(() => withEffect({ baseUrl: server.url, collector: telemetry.url }))
      assert.deepStrictEqual(telemetry.logs(), ["0 meters"])
    })
  )
})
