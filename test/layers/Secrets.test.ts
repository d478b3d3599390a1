import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpClient } from "effect/http"
import { Otlp } from "effect/observability"
import { inspect } from "node:util"
import { OpenMeter as Client } from "@openmeter/sdk"
import type { OpenMeterError } from "../../src/errors.ts"
import { withCallOptions } from "../../src/layers/Call.ts"
import * as CircuitBreaker from "../../src/layers/CircuitBreaker.ts"
import * as RateLimit from "../../src/layers/RateLimit.ts"
import * as Telemetry from "../../src/layers/Telemetry.ts"
import { Meters } from "../../src/services/Meters.ts"
import * as OpenMeter from "../../src/services/OpenMeter.ts"
import { Portal } from "../../src/services/Portal.ts"
import { collector } from "../support/collector.ts"
import { assertHidden, renderings, secrets } from "../support/secrets.ts"
import { serve, type Received } from "../support/server.ts"

/** Everything that can be traced, counted and logged, exported with all headers. */
const observability = (url: string) =>
  Layer.mergeAll(
    Otlp.layerJson({ baseUrl: url, resource: { serviceName: "test" }, loggerMergeWithExisting: false }).pipe(
      Layer.provide(FetchHttpClient.layer)
    ),
    Telemetry.layer({ attempts: true, propagation: true }),
    Layer.succeed(HttpClient.TracerHeaderFilter, () => true),
    RateLimit.layerMemory({ limit: 1000, window: "1 second" }),
    CircuitBreaker.layerMemory()
  )

const credentials = [
  { apiKey: secrets.apiKey },
  { apiKey: secrets.portalToken },
  { username: "user", password: secrets.password }
] as const

/** Makes calls that fail, with every secret, and gives what came to light; each face its own way. */
const faces: ReadonlyArray<
  readonly [
    face: string,
    run: (
      baseUrl: string,
      collector: string,
      authorization: (typeof credentials)[number]
    ) => Promise<ReadonlyArray<string>>
  ]
> = [
  [
    "services",
    (baseUrl, url, authorization) =>
      Effect.gen(function* () {
        const meters = yield* Meters
        const portal = yield* Portal
        const shown: Array<string> = []
        const calls: ReadonlyArray<Effect.Effect<unknown, OpenMeterError>> = [
          meters.list(),
          meters.create({ slug: "m", eventType: "t", aggregation: "COUNT" }),
          portal.createToken({ subject: "s" }),
          portal.query("m1", {}, Redacted.make(secrets.portalToken))
        ]
        for (const call of calls) {
          yield* withCallOptions(call, { headers: { "x-call": secrets.callHeader } }).pipe(
            Effect.tapCause((cause) => Effect.logError("failed", cause)),
            Effect.match({
              onFailure: (error) => shown.push(...renderings(error)),
              onSuccess: (value) => shown.push(inspect(value, { depth: Infinity }), JSON.stringify(value))
            })
          )
        }
        return shown
      }).pipe(
        Effect.provide(
          OpenMeter.layer({
            baseUrl,
            ...authorization,
            headers: { "x-tenant": secrets.header },
            retry: { times: 2, baseDelay: 1 }
          })
        ),
        Effect.provide(observability(url)),
        Effect.runPromise
      )
  ],
  [
    "Promises",
    async (baseUrl, url, authorization) => {
      const { apiKey: token, ...basic } = { apiKey: undefined, ...authorization }
      await using client = new Client({
        baseUrl,
        token,
        ...basic,
        headers: { "x-tenant": secrets.header },
        retry: { times: 2, baseDelay: 1 },
        policies: observability(url)
      })
      const options = { headers: { "x-call": secrets.callHeader } }
      const shown = [inspect(client, { depth: Infinity, showHidden: true }), JSON.stringify(client)]
      for (const call of [
        () => client.meters.list({}, options),
        () => client.meters.create({ slug: "m", eventType: "t", aggregation: "COUNT" }, options),
        () => client.portal.createToken({ subject: "s" }, options),
        () => client.portal.query("m1", {}, options)
      ]) {
        await Promise.resolve(call()).catch((error: unknown) => shown.push(...renderings(error)))
      }
      return shown
    }
  ]
]

describe("no secret comes to light in a span, a metric, a log, an error or a rejection", () => {
  const answers: ReadonlyArray<readonly [what: string, status: number, body: string]> = [
    ["refused", 401, '{"title":"Unauthorized"}'],
    ["failing", 503, "<h1>Service Unavailable</h1>"],
    ["redirected", 302, ""],
    ["misunderstood", 200, `{"subject":"s","token":${secrets.answered}}`]
  ]
  for (const [face, run] of faces) {
    for (const [what, status, body] of answers) {
      it.live(`of calls with ${face} that are ${what}`, () =>
        Effect.gen(function* () {
          const server = yield* serve((response) => response.writeHead(status, { location: "/elsewhere" }).end(body))
          for (const authorization of credentials) {
            const telemetry = yield* collector
            const shown = yield* Effect.promise(() => run(server.url, telemetry.url, authorization))
            assert.isAtLeast(shown.length, 4)
            assertHidden(shown)
            assert.isAtLeast(telemetry.spans().length, 8)
            assert.isAtLeast(telemetry.metrics().size, 2)
            assertHidden(telemetry.bodies())
          }
          const has = (name: string, value: string) =>
            server.received.some((received: Received) => received.headers[name] === value)
          assert.isTrue(has("authorization", `Bearer ${secrets.apiKey}`))
          assert.isTrue(has("authorization", `Bearer ${secrets.portalToken}`))
          assert.isTrue(has("x-tenant", secrets.header))
          assert.isTrue(has("x-call", secrets.callHeader))
        })
      )
    }
  }
})
