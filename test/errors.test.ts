import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Logger, Redacted, Schema, Stream, Tracer } from "effect"
import { HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { inspect } from "node:util"
import { fromResponse, OpenMeterError, retryAfter, type Operation } from "../src/errors.ts"
import { withCallOptions } from "../src/layers/Call.ts"
import * as Retry from "../src/layers/Retry.ts"
import * as Telemetry from "../src/layers/Telemetry.ts"
import { Transport } from "../src/layers/Transport.ts"
import { Meters } from "../src/services/Meters.ts"
import * as OpenMeter from "../src/services/OpenMeter.ts"
import { Portal } from "../src/services/Portal.ts"
import { connect, text } from "./support/http.ts"
import { assertHidden, renderings, secrets } from "./support/secrets.ts"
import { nobody, serve } from "./support/server.ts"

const now = Date.UTC(2025, 5, 1)

const operation = (...errors: ReadonlyArray<number>): Operation => ({
  name: "getMeter",
  method: "GET",
  path: "/api/v1/meters/:meterIdOrSlug",
  errors: new Set(errors),
  idempotency: "idempotent"
})

const request = HttpClientRequest.get("https://openmeter.test/prefix/api/v1/meters/m%201", {
  urlParams: { windowSize: "DAY" }
})

const answer = (
  declared: ReadonlyArray<number>,
  status: number,
  body: string,
  headers: Record<string, string> = {}
): OpenMeterError => {
  const web = new Response(status === 304 ? null : body, { status, headers })
  return fromResponse(operation(...declared), HttpClientResponse.fromWeb(request, web), body, now)
}

const problem = (status: number, rest: object = {}) => ({
  type: "about:blank",
  title: "Nope",
  status,
  detail: 'no meter\n "m 1"',
  instance: "urn:request:host/abc-1",
  ...rest
})

const declarable = {
  400: "BadRequestError",
  401: "UnauthorizedError",
  403: "ForbiddenError",
  404: "NotFoundError",
  409: "ConflictError",
  412: "PreconditionFailedError",
  413: "PayloadTooLargeError",
  500: "ServerError",
  501: "NotImplementedError",
  503: "ServerError"
} as const

/** The class of each status, for an operation that declares all errors, and for one that declares none. */
const statuses: ReadonlyArray<readonly [status: number, declared: string, undeclared: string]> = [
  ...Object.entries(declarable).map(
    ([status, tag]) => [Number(status), tag, Number(status) >= 500 ? "ServerError" : "UnexpectedStatusError"] as const
  ),
  ...[201, 206, 301, 302, 304, 307, 308, 402, 405, 408, 410, 415, 418, 422, 431, 451, 499].map(
    (status) => [status, "UnexpectedStatusError", "UnexpectedStatusError"] as const
  ),
  [429, "RateLimitedError", "RateLimitedError"],
  ...[502, 504, 520, 599].map((status) => [status, "ServerError", "ServerError"] as const)
]

const whole = JSON.stringify(problem(400))

/** Bodies that a server, a gateway or a broken line sends, and what the message says of each. */
const bodies: ReadonlyArray<readonly [what: string, contentType: string | undefined, body: string, says: string]> = [
  ["a problem", "application/problem+json", whole, 'Nope: no meter "m 1"'],
  ["a problem with charset", "application/problem+json; charset=utf-8", whole, 'Nope: no meter "m 1"'],
  ["a problem as JSON", "application/json", whole, 'Nope: no meter "m 1"'],
  ["a problem without content type", undefined, whole, 'Nope: no meter "m 1"'],
  ["a problem labelled as text", "text/plain", whole, 'Nope: no meter "m 1"'],
  ["a problem without detail", "application/problem+json", '{"type":"about:blank","title":"Nope"}', "Nope"],
  ["a problem with blanks", "application/problem+json", '{"title":" ","detail":"\\n"}', "(no detail)"],
  ["a problem without words", "application/problem+json", '{"type":"about:blank","status":400}', "(no detail)"],
  ["members of the wrong type", "application/problem+json", '{"title":5,"detail":"gone"}', "gone"],
  ["a gateway's JSON", "application/json", '{"message":"Forbidden"}', '{"message":"Forbidden"}'],
  ["a page", "text/html", "<html>\n<h1>Bad\n Gateway</h1><hr>nginx</html>", "Bad Gateway nginx"],
  ["a page that names the status", "text/html", "<h1>404 Not Found</h1><hr>nginx", "Not Found nginx"],
  ["nothing", undefined, "", "(empty body)"],
  ["blanks", "text/plain", " \n\t", "(empty body)"],
  ["tags alone", "text/html", "<html></html>", "(empty body)"],
  ["a text of lines", "text/plain", "upstream\r\nis down", "upstream is down"],
  ["JSON that is cut off", "application/problem+json", '{"type":"about:blank","title":"No', '{ "title":"No'],
  ["a JSON text", "application/json", '"boom"', '"boom"'],
  ["a JSON list", "application/json", "[1]", "[1]"],
  ["null", "application/json", "null", "null"]
]

describe("fromResponse", () => {
  for (const [status, declared, undeclared] of statuses) {
    it(`makes ${declared} of ${status} where it is declared, ${undeclared} elsewhere, whatever the body`, () => {
      for (const [what, contentType, body] of bodies) {
        const headers = contentType === undefined ? {} : { "content-type": contentType }
        for (const [error, tag] of [
          [answer(Object.keys(declarable).map(Number), status, body, headers), declared],
          [answer([], status, body, headers), undeclared]
        ] as const) {
          assert.strictEqual(error._tag, tag, what)
          assert.deepInclude(
            { ...error },
            { operation: "getMeter", method: "GET", url: "/prefix/api/v1/meters/m%201?windowSize=DAY", status }
          )
          assert.isTrue(error.message.startsWith(`getMeter: ${status} `), error.message)
          assert.notMatch(error.message, /[\r\n]|about:blank|\s$/)
        }
      }
    })
  }

  for (const [what, contentType, body, says] of bodies) {
    it(`says what ${what} says`, () => {
      const headers = contentType === undefined ? {} : { "content-type": contentType }
      assert.strictEqual(answer([404], 404, body, headers).message, `getMeter: 404 ${says}`)
    })
  }

  it("shows no more of a page than its beginning", () => {
    assert.isAtMost(answer([], 502, `<p>${"x ".repeat(10_000)}</p>`).message.length, 220)
  })

  it("keeps the problem and the id under which the server logged the request", () => {
    const error = answer([404], 404, JSON.stringify(problem(404)), { "x-request-id": "other" })
    assert.deepInclude({ ...error }, { requestId: "host/abc-1", problem: problem(404) })
  })

  it("takes the request id from the header when the problem names another instance or none", () => {
    for (const body of ["", JSON.stringify(problem(404, { instance: "/meters/m1" }))]) {
      assert.propertyVal(answer([404], 404, body, { "x-request-id": "abc-2" }), "requestId", "abc-2")
    }
    assert.notProperty(answer([404], 404, ""), "requestId")
    assert.notProperty(answer([404], 404, "", {}), "problem")
  })

  it("lists what the server found wrong, wherever it nests it", () => {
    const validationErrors = [
      { code: "must_be_positive", field: "$.amount", message: "amount must be positive", severity: "critical" },
      { message: "no feature" },
      "not an issue"
    ]
    for (const rest of [{ extensions: { validationErrors } }, { detail: "", validationErrors }]) {
      const body = JSON.stringify({ title: "Bad Request", ...rest })
      const error = answer([400], 400, body)
      assert.propertyVal(error, "message", "getMeter: 400 Bad Request: $.amount: amount must be positive; no feature")
      assert.deepPropertyVal(error, "validationErrors", validationErrors.slice(0, 2))
    }
  })

  it("lists nothing wrong when the server only gave a text", () => {
    for (const body of ["", "nope", JSON.stringify(problem(400)), '{"extensions":{"validationErrors":"x"}}']) {
      assert.deepPropertyVal(answer([400], 400, body), "validationErrors", [])
    }
  })

  it("names the resource that stands in the way", () => {
    for (const rest of [{ extensions: { conflictingEntityId: "01H" } }, { conflictingEntityId: "01H" }]) {
      assert.propertyVal(answer([409], 409, JSON.stringify(problem(409, rest))), "conflictingEntityId", "01H")
    }
    assert.notProperty(answer([409], 409, JSON.stringify(problem(409))), "conflictingEntityId")
    assert.notProperty(answer([409], 409, '{"conflictingEntityId":5}'), "conflictingEntityId")
  })

  it("tells for how long the server asks to wait", () => {
    for (const status of [429, 500, 503]) {
      assert.propertyVal(answer([500, 503], status, "", { "retry-after": "7" }), "retryAfter", 7000)
      assert.notProperty(answer([500, 503], status, ""), "retryAfter")
    }
  })

  it("says where a redirect leads, without its query, and that it is not followed", () => {
    const location = "https://login.test/openmeter?state=secret#top"
    assert.strictEqual(
      answer([], 302, "<p>moved</p>", { location }).message,
      "getMeter: 302 redirects are not followed: set baseUrl so that it leads to https://login.test/openmeter"
    )
    assert.strictEqual(
      answer([], 302, "").message,
      "getMeter: 302 redirects are not followed: set baseUrl to the final address"
    )
  })

  it("reads the redirect that a browser hides, status 0, as a redirect", () => {
    const hidden = Object.create(HttpClientResponse.fromWeb(request, new Response(null)), { status: { value: 0 } })
    const error = fromResponse(operation(404), hidden, "", now)
    assert.strictEqual(error._tag, "UnexpectedStatusError")
    assert.include(error.message, "getMeter: 0 redirects are not followed")
  })

  it("shows nothing of a success that the operation does not have: it may hold what was asked for", () => {
    const error = answer([400], 201, '{"token":"om_secret","title":"om_secret","detail":"om_secret"}')
    assert.strictEqual(error.message, "getMeter: 201 (a success status that the operation does not define)")
    assert.notProperty(error, "problem")
    assert.notInclude(inspect(error, { depth: Infinity }), "om_secret")
  })

  it("are OpenMeterErrors, whatever their class, and no others are", () => {
    for (const [status] of statuses) assert.isTrue(answer([], status, "") instanceof OpenMeterError)
    for (const other of [new Error("no"), { _tag: "NotFoundError" }, undefined]) {
      assert.isFalse(other instanceof OpenMeterError)
    }
  })

  it("calls retryable what may succeed later, and nothing else", () => {
    const retryable = statuses
      .filter(([status]) => answer(Object.keys(declarable).map(Number), status, "").isRetryable)
      .map(([status]) => status)
    assert.sameMembers(retryable, [408, 429, 500, 502, 503, 504])
    assert.isTrue(answer([400], 400, '{"detail":"read tcp 127.0.0.1: i/o timeout"}').isRetryable)
  })
})

describe("retryAfter", () => {
  const cases: ReadonlyArray<readonly [value: string | undefined, expected: number | undefined]> = [
    ["0", 0],
    ["7", 7000],
    [" 7 ", 7000],
    ["1.5", 1500],
    ["Sun, 01 Jun 2025 00:00:30 GMT", 30_000],
    ["Sun, 01 Jun 2025 00:00:00 GMT", 0],
    ["Sat, 31 May 2025 23:59:00 GMT", 0],
    [undefined, undefined],
    ["", undefined],
    ["soon", undefined],
    ["-1", undefined],
    ["1e3", undefined],
    ["7s", undefined],
    ["5 o'clock", undefined],
    ["9".repeat(400), undefined],
    ["Infinity", undefined],
    ["NaN", undefined]
  ]
  for (const [value, expected] of cases) {
    it(`reads ${JSON.stringify(value)?.slice(0, 40)} as ${expected}`, () => {
      assert.strictEqual(retryAfter({ "retry-after": value }, now), expected)
    })
  }

  it.prop("never asks for a negative or unending wait", { value: Schema.String }, ({ value }) => {
    const wait = retryAfter({ "retry-after": value }, now)
    return wait === undefined || (Number.isFinite(wait) && wait >= 0)
  })
})

describe("InvalidResponseError", () => {
  const unreadable: ReadonlyArray<readonly [what: string, body: string, says: string]> = [
    ["text that is not JSON", '{"id": om_secret}', "body: Expected a valid JSON string"],
    ["JSON that is cut off", '{"id":"om_secret', "body: Expected a valid JSON string"],
    ["a page", "<html>om_secret</html>", "body: Expected a valid JSON string"],
    ["nothing", "", "body: Expected a valid JSON string"],
    ["a text", '"om_secret"', "body: Expected Meter"],
    ["a list", '[{"id":"om_secret"}]', "body: Expected Meter"],
    ["an object without its members", "{}", "id: Missing key"],
    ["a member of another type", '{"id":5,"slug":"om_secret"}', "id: Expected string"]
  ]
  for (const [what, body, says] of unreadable) {
    it.effect(`says of ${what} what was expected, and not what came`, () =>
      Effect.gen(function* () {
        const answer = { ...text(200, "application/json", body), headers: { "x-request-id": "abc" } }
        const { service } = yield* connect(Meters, Meters.layer, answer)
        const error = yield* Effect.flip(service.get("m1"))
        assert.deepInclude(
          { ...error, message: error.message },
          {
            _tag: "InvalidResponseError",
            message: `getMeter: 200 with an unreadable body: ${says}`,
            operation: "getMeter",
            url: "/api/v1/meters/m1",
            status: 200,
            requestId: "abc"
          }
        )
        assert.isFalse(error.isRetryable)
        assert.notInclude(inspect(error, { depth: Infinity }), "om_secret")
      })
    )
  }
})

// -----------------------------------------------------------------------------
// secrets
// -----------------------------------------------------------------------------

/** A tracer that keeps all that an exporter would tell of the spans. */
const recordingTracer = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span(options) {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  const seen = () =>
    spans.map((span) => {
      const failure =
        span.status._tag === "Ended" && Exit.isFailure(span.status.exit) ? span.status.exit.cause : Cause.empty
      return (
        inspect([span.name, span.attributes, span.events, span.links]) + Cause.pretty(failure) + JSON.stringify(failure)
      )
    })
  return { spans, layer: Layer.succeed(Tracer.Tracer, tracer), seen }
}

const recordingLogger = () => {
  const lines: Array<string> = []
  const logger = Logger.make((options) => {
    lines.push(inspect(options, { depth: Infinity }))
  })
  return { lines, layer: Logger.layer([logger, Logger.map(Logger.formatJson, (line) => lines.push(line))]) }
}

/** Each attempt has a span of effect's own client, with the headers of request and response. */
const tracedAttempts = Telemetry.layer({ attempts: true, propagation: true })

const credentials = {
  token: { apiKey: secrets.apiKey },
  basic: { username: "user", password: secrets.password }
}

/** Runs calls that fail, each with every secret, and gives all that became visible of them. */
const exposed = (baseUrl: string, authorization: (typeof credentials)["token" | "basic"]) =>
  Effect.gen(function* () {
    const tracing = recordingTracer()
    const logging = recordingLogger()
    const shown: Array<string> = []
    let failures = 0
    const show = <A, E>(call: Effect.Effect<A, E>) =>
      call.pipe(
        withCallOptions({ headers: { "x-call": secrets.callHeader } }),
        Effect.tapCause((cause) =>
          Effect.gen(function* () {
            failures++
            shown.push(...renderings(Cause.squash(cause), cause))
            yield* Effect.logError("failed", cause)
          })
        ),
        Effect.exit
      )
    yield* Effect.gen(function* () {
      const meters = yield* Meters
      const portal = yield* Portal
      yield* show(meters.get("m1"))
      yield* show(meters.list())
      yield* show(Stream.runCollect(meters.items()))
      yield* show(meters.create({ slug: "m", eventType: "t", aggregation: "COUNT" }))
      yield* show(portal.createToken({ subject: "s" }))
      yield* show(portal.query("m1", {}, Redacted.make(secrets.portalToken)))
    }).pipe(
      Effect.provide(OpenMeter.layer({ baseUrl, ...authorization, headers: { "x-tenant": secrets.header } })),
      Effect.provide(Layer.merge(Retry.layerOff, tracedAttempts)),
      Effect.provide(Layer.merge(tracing.layer, logging.layer)),
      Effect.provideService(HttpClient.TracerHeaderFilter, () => true)
    )
    return { failures, spans: tracing.spans.length, all: [...shown, ...logging.lines, ...tracing.seen()] }
  })

describe("secrets never appear in an error, its causes, a span or a log", () => {
  const answers: ReadonlyArray<readonly [what: string, status: number, body: string]> = [
    ["a refusal", 401, JSON.stringify(problem(401))],
    ["a failure", 500, ""],
    ["a redirect", 302, ""],
    ["a success of another status", 201, JSON.stringify({ subject: "s", token: secrets.answered })],
    ["a success that is not JSON", 200, `{"subject":"s","token":${secrets.answered}}`],
    ["a success of another shape", 200, JSON.stringify([{ token: secrets.answered }])],
    ["a success with a wrong member", 200, JSON.stringify({ subject: 5, token: secrets.answered })]
  ]
  for (const [what, status, body] of answers) {
    it.effect(`after ${what}`, () =>
      Effect.gen(function* () {
        const server = yield* serve((response) => response.writeHead(status, { location: "/elsewhere" }).end(body))
        for (const authorization of Object.values(credentials)) {
          const { failures, spans, all } = yield* exposed(server.url, authorization)
          assert.isAtLeast(failures, 4)
          assert.isAtLeast(spans, 12)
          assertHidden(all)
        }
        assert.isTrue(server.received.some(({ headers }) => headers.authorization === `Bearer ${secrets.portalToken}`))
        assert.isTrue(server.received.every(({ headers }) => headers["x-call"] === secrets.callHeader))
      })
    )
  }

  it.effect("when nobody answers", () =>
    Effect.gen(function* () {
      for (const authorization of Object.values(credentials)) {
        const { failures, all } = yield* exposed(yield* nobody, authorization)
        assert.strictEqual(failures, 6)
        assert.isTrue(all.some((rendering) => rendering.includes("'http.request.header.x-tenant' => '<redacted>'")))
        assertHidden(all)
      }
    })
  )

  it.effect("in the request as the program's own HttpClient shows it", () =>
    Effect.gen(function* () {
      const shown: Array<string> = []
      const client = HttpClient.make((request) =>
        Effect.sync(() => {
          shown.push(inspect(request, { depth: Infinity }), JSON.stringify(request))
          return HttpClientResponse.fromWeb(request, new Response(null, { status: 204 }))
        })
      )
      const tracing = recordingTracer()
      yield* Effect.flatMap(Transport, ({ httpClient }) => httpClient.get("/api/v1/meters")).pipe(
        withCallOptions({ headers: { "x-call": secrets.callHeader } }),
        Effect.provide(
          Transport.layerWithoutHttpClient({
            baseUrl: "http://openmeter.test",
            ...credentials.token,
            headers: { "x-tenant": secrets.header }
          }).pipe(Layer.provide([Layer.succeed(HttpClient.HttpClient, client), tracedAttempts]))
        ),
        Effect.provide(tracing.layer),
        Effect.provideService(HttpClient.TracerHeaderFilter, () => true)
      )
      assert.strictEqual(tracing.spans.length, 1)
      assert.strictEqual(tracing.spans[0]?.attributes.get("http.request.header.x-call"), "<redacted>")
      assert.strictEqual(shown.length, 2)
      assertHidden([...shown, ...tracing.seen()])
    })
  )
})
