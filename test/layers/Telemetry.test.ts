import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Metric, Tracer } from "effect"
import { TestClock } from "effect/testing"
import * as CircuitBreaker from "../../src/layers/CircuitBreaker.ts"
import type { Options } from "../../src/layers/Options.ts"
import * as RateLimit from "../../src/layers/RateLimit.ts"
import * as Telemetry from "../../src/layers/Telemetry.ts"
import { Meters } from "../../src/services/Meters.ts"
import {
  after,
  create,
  drawing,
  following,
  hang,
  ingest,
  list,
  over,
  reset,
  status,
  type Call,
  type Scripted
} from "../support/script.ts"

/** Runs a call in the time that it wants, and gives the spans that ended and the series that there are. */
const observed = (
  call: Call,
  server: Scripted,
  options: Partial<Options> = {},
  policies: Layer.Layer<never, unknown> = Layer.empty
) =>
  Effect.gen(function* () {
    const spans: Array<Tracer.NativeSpan> = []
    const tracer = Tracer.make({
      span(options) {
        const span = new Tracer.NativeSpan(options)
        spans.push(span)
        return span
      }
    })
    const [exit, metrics] = yield* Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        Effect.exit(call).pipe(
          drawing(1),
          Effect.provide(over(server, options).pipe(Layer.provide(policies))),
          Effect.zip(Metric.snapshot)
        )
      )
      yield* TestClock.adjust("1 hour")
      return yield* Fiber.join(fiber)
    }).pipe(Effect.provideService(Tracer.Tracer, tracer), Effect.provideService(Metric.MetricRegistry, new Map()))
    return { exit, spans, metrics }
  })

const attributes = (span: Tracer.NativeSpan | undefined) => Object.fromEntries(span?.attributes ?? [])

const listMeters = {
  "http.request.method": "GET",
  "url.template": "/api/v1/meters",
  "server.address": "openmeter.test",
  "server.port": 80,
  "openmeter.operation": "listMeters"
}

describe("a call", () => {
  it.effect("has a span with the attributes of OpenTelemetry's HTTP conventions", () =>
    Effect.gen(function* () {
      const { spans } = yield* observed(list, following(status(200)))
      assert.deepStrictEqual(
        spans.map(({ kind, name }) => [name, kind]),
        [["openmeter.listMeters", "client"]]
      )
      assert.deepStrictEqual(attributes(spans[0]), { ...listMeters, "http.response.status_code": 200 })
    })
  )

  it.effect("has a span below the program's", () =>
    Effect.gen(function* () {
      const { spans } = yield* observed(Effect.withSpan(list, "report"), following(status(200)))
      const [report, call] = spans
      assert.strictEqual(report?.name, "report")
      assert.deepStrictEqual(attributes(report), {})
      assert.strictEqual(
        call?.parent.pipe((parent) => (parent._tag === "Some" ? parent.value : undefined)),
        report
      )
    })
  )

  for (const [baseUrl, address, port] of [
    ["https://openmeter.test", "openmeter.test", 443],
    ["http://127.0.0.1:8888/prefix", "127.0.0.1", 8888],
    ["https://[::1]:8443", "::1", 8443]
  ] as const) {
    it.effect(`names the server at ${baseUrl}`, () =>
      Effect.gen(function* () {
        const { spans } = yield* observed(list, following(status(200)), { baseUrl })
        assert.deepInclude(attributes(spans[0]), { "server.address": address, "server.port": port })
      })
    )
  }

  it.effect("tells the template of its path, and no value in it", () =>
    Effect.gen(function* () {
      const get = Effect.flatMap(Meters, (meters) => meters.get("my-meter"))
      const { metrics, spans } = yield* observed(get, following(status(404)))
      assert.strictEqual(attributes(spans[0])["url.template"], "/api/v1/meters/:meterIdOrSlug")
      assert.notInclude(JSON.stringify([attributes(spans[0]), metrics]), "my-meter")
    })
  )

  const outcomes: ReadonlyArray<
    readonly [what: string, call: Call, server: () => Scripted, attributes: object, options?: Partial<Options>]
  > = [
    [
      "that is refused",
      create,
      () => following(status(409)),
      { "error.type": "409", "http.response.status_code": 409 }
    ],
    [
      "that fails to the end",
      list,
      () => following(status(503)),
      { "error.type": "503", "http.response.status_code": 503, "http.request.resend_count": 3 }
    ],
    [
      "that succeeds in the end",
      list,
      () => following(reset, status(503), status(200)),
      { "http.response.status_code": 200, "http.request.resend_count": 2 }
    ],
    [
      "whose connection breaks in the end",
      list,
      () => following(status(503), reset),
      { "error.type": "TransportError", "http.request.resend_count": 3 }
    ],
    ["that is not answered", list, () => following(hang), { "error.type": "TimeoutError" }, { retry: false }],
    [
      "that is redirected",
      list,
      () => following(status(302)),
      { "error.type": "UnexpectedStatusError", "http.response.status_code": 302 }
    ],
    [
      "whose answer cannot be read",
      list,
      () => following(status(200, {}, '{"a":')),
      { "error.type": "InvalidResponseError", "http.response.status_code": 200 }
    ],
    [
      "that is never sent",
      Effect.flatMap(Meters, (meters) => meters.get("")),
      () => following(status(200)),
      { "error.type": "InvalidRequestError" }
    ],
    [
      "that is interrupted",
      Effect.timeoutOption(list, "1 second"),
      () => following(hang),
      { "error.type": "interrupted" }
    ]
  ]
  for (const [what, call, server, expected, options = {}] of outcomes) {
    it.effect(`${what} says so in its span`, () =>
      Effect.gen(function* () {
        const { spans } = yield* observed(call, server(), options)
        assert.strictEqual(spans.length, 1)
        const {
          "http.request.method": _method,
          "url.template": _template,
          "server.address": _address,
          "server.port": _port,
          "openmeter.operation": _operation,
          ...seen
        } = attributes(spans[0])
        assert.deepStrictEqual(seen, expected)
      })
    )
  }
})

describe("attempts", () => {
  const twice = () => following(status(503), status(200))

  it.effect("have no spans of their own", () =>
    Effect.gen(function* () {
      const server = twice()
      const { spans } = yield* observed(list, server)
      assert.strictEqual(spans.length, 1)
      assert.notProperty(server.sent[0]!.headers, "traceparent")
      assert.notProperty(server.sent[0]!.headers, "b3")
    })
  )

  it.effect("have spans below the call's when the program wants them", () =>
    Effect.gen(function* () {
      const server = twice()
      const { spans } = yield* observed(list, server, {}, Telemetry.layer({ attempts: true }))
      const [call, ...attempts] = spans
      assert.deepStrictEqual(
        attempts.map(({ attributes, name, parent }) => [
          name,
          attributes.get("http.response.status_code"),
          parent._tag === "Some" ? parent.value.spanId : undefined
        ]),
        [
          ["GET", 503, call!.spanId],
          ["GET", 200, call!.spanId]
        ]
      )
      for (const { headers } of server.sent) {
        assert.notProperty(headers, "traceparent")
        assert.notProperty(headers, "b3")
      }
    })
  )

  it.effect("tell the server of the trace when the program wants that", () =>
    Effect.gen(function* () {
      const server = twice()
      const policies = Telemetry.layer({ attempts: true, propagation: true })
      const { spans } = yield* observed(list, server, {}, policies)
      const [, ...attempts] = spans
      assert.deepStrictEqual(
        server.sent.map(({ headers }) => headers["traceparent"]),
        attempts.map(({ spanId, traceId }) => `00-${traceId}-${spanId}-01`)
      )
    })
  )
})

describe("the metrics", () => {
  type Snapshots = Effect.Success<typeof Metric.snapshot>

  const series = (metrics: Snapshots, id: string): ReadonlyArray<Readonly<Record<string, unknown>>> =>
    metrics
      .filter((metric) => metric.id === id)
      .map((metric) => {
        const { unit: _unit, ...attributes } = metric.attributes ?? {}
        return metric.type === "Histogram"
          ? Object.assign(attributes, { count: metric.state.count, sum: metric.state.sum })
          : Object.assign(attributes, { value: metric.type === "Counter" ? metric.state.count : metric.state })
      })

  const request = {
    "http.request.method": "GET",
    "url.template": "/api/v1/meters",
    "server.address": "openmeter.test",
    "server.port": "80"
  }

  it.effect("tell how long each attempt took, and each call", () =>
    Effect.gen(function* () {
      const server = following(after(100, status(503)), after(200, reset), after(400, status(200)))
      const { metrics } = yield* observed(list, server)
      assert.deepStrictEqual(series(metrics, "http.client.request.duration"), [
        { ...request, "http.response.status_code": "503", "error.type": "503", count: 1, sum: 0.1 },
        { ...request, "error.type": "TransportError", count: 1, sum: 0.2 },
        { ...request, "http.response.status_code": "200", count: 1, sum: 0.4 }
      ])
      assert.deepStrictEqual(series(metrics, "openmeter.client.operation.duration"), [
        { "http.request.method": "GET", "openmeter.operation": "listMeters", count: 1, sum: 1.45 }
      ])
      assert.deepStrictEqual(series(metrics, "openmeter.client.retries"), [
        { "openmeter.operation": "listMeters", value: 2 }
      ])
    })
  )

  it.effect("count each operation and each outcome apart, and the same ones together", () =>
    Effect.gen(function* () {
      const server = following(status(200), status(204), status(404), status(200))
      const { metrics } = yield* observed(
        Effect.andThen(list, ingest).pipe(Effect.andThen(Effect.ignore(list)), Effect.andThen(list)),
        server
      )
      assert.deepStrictEqual(
        series(metrics, "openmeter.client.operation.duration").map(({ count, ...attributes }) => [attributes, count]),
        [
          [{ "http.request.method": "GET", "openmeter.operation": "listMeters", sum: 0 }, 2],
          [{ "http.request.method": "POST", "openmeter.operation": "ingestEvents", sum: 0 }, 1],
          [{ "http.request.method": "GET", "openmeter.operation": "listMeters", "error.type": "404", sum: 0 }, 1]
        ]
      )
    })
  )

  it.effect("can be read by the names that are exported", () =>
    Effect.gen(function* () {
      const read = Metric.value(
        Metric.withAttributes(Telemetry.requestDuration, { ...request, "http.response.status_code": "200" })
      )
      const { exit } = yield* observed(Effect.andThen(list, read), following(status(200)))
      assert.deepInclude(exit, { _tag: "Success" })
      assert.propertyVal(exit._tag === "Success" ? exit.value : undefined, "count", 1)
    })
  )

  it.effect("tell how long attempts waited for a permit, of those that had to", () =>
    Effect.gen(function* () {
      const three = Effect.all([list, list, list], { concurrency: "unbounded" })
      const { metrics } = yield* observed(three, following(after(100, status(200))), { concurrency: 1 })
      const [waits, ...others] = series(metrics, "openmeter.client.queue.duration")
      assert.propertyVal(waits, "count", 2)
      assert.closeTo(waits?.["sum"] as number, 0.3, 1e-9)
      assert.deepStrictEqual(others, [])
    })
  )

  it.effect("tell the state of a circuit", () =>
    Effect.gen(function* () {
      const breaker = CircuitBreaker.layerMemory({ size: 2, minimumCalls: 2, openDuration: "1 minute", key: "main" })
      const failing = Effect.ignore(list)
      const read = Effect.map(Metric.snapshot, (metrics) => series(metrics, "openmeter.client.circuit.state"))
      const states: Array<unknown> = []
      const look = Effect.flatMap(Effect.andThen(Effect.yieldNow, read), (state) =>
        Effect.sync(() => states.push(...state))
      )
      yield* observed(
        failing.pipe(
          Effect.andThen(failing),
          Effect.andThen(look),
          Effect.andThen(Effect.sleep("1 minute")),
          Effect.andThen(Effect.timeoutOption(list, "1 second")),
          Effect.andThen(look),
          Effect.andThen(list),
          Effect.andThen(look)
        ),
        following(status(500), status(500), hang, status(200)),
        { retry: false },
        breaker
      )
      assert.deepStrictEqual(states, [
        { "openmeter.circuit": "main", value: { value: 2 } },
        { "openmeter.circuit": "main", value: { value: 1 } },
        { "openmeter.circuit": "main", value: { value: 0 } }
      ])
    })
  )
})

describe("switched off", () => {
  it.effect("nothing is traced or counted, nor added to the program's spans", () =>
    Effect.gen(function* () {
      const server = following(status(503), status(200))
      const { exit, metrics, spans } = yield* observed(
        Effect.withSpan(list, "report"),
        server,
        { concurrency: 1 },
        Layer.merge(Telemetry.layerOff, RateLimit.layerMemory({ limit: 10, window: "1 second" }))
      )
      assert.strictEqual(exit._tag, "Success")
      assert.deepStrictEqual(metrics, [])
      assert.deepStrictEqual(
        spans.map(({ name }) => name),
        ["report"]
      )
      assert.deepStrictEqual(attributes(spans[0]), {})
      assert.notProperty(server.sent[0]!.headers, "traceparent")
    })
  )
})
