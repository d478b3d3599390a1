/**
 * Spans, metrics and logs, sent to a collector by OTLP: `npm run build && node examples/telemetry.ts`.
 *
 * The collector is at OTEL_EXPORTER_OTLP_ENDPOINT, or on this machine, for example:
 * `docker run --rm -p 4318:4318 -p 16686:16686 jaegertracing/all-in-one`. The server is at OPENMETER_BASE_URL (with
 * OPENMETER_API_KEY, if it requires one), or an emulator.
 */
import { OpenMeter } from "@openmeter/sdk"
import { Events, Meters, OpenMeter as OpenMeterLayer, Telemetry } from "@openmeter/sdk/effect"
import { startEmulator } from "@openmeter/sdk/testing"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Otlp from "effect/observability/Otlp"

/** The addresses of the server and the collector, and the API key. */
export interface Places {
  readonly baseUrl: string
  readonly collector: string
  readonly apiKey?: string | undefined
}

/** Exports all spans, metrics and logs of Effect, every few seconds and when the program ends. */
const observability = ({ collector }: Places) =>
  Otlp.layerJson({ baseUrl: collector, resource: { serviceName: "metering", serviceVersion: "1.0.0" } }).pipe(
    Layer.provide(FetchHttpClient.layer)
  )

// Each call has a span. `attempts` adds one per attempt, and `propagation` makes the server's spans their children.
const telemetry = Telemetry.layer({ attempts: true, propagation: true })

const event = { type: "prompt", subject: "customer-1", data: { tokens: 42 } }

/** With Promises, telemetry is one of the client's policies. */
export const withPromises = async (places: Places): Promise<void> => {
  await using openmeter = new OpenMeter({
    baseUrl: places.baseUrl,
    token: places.apiKey,
    policies: Layer.merge(observability(places), telemetry)
  })
  await openmeter.events.ingest(event)
  await openmeter.meters.list()
  // Closing the client exports what is left.
}

/** With Effect, provide the same layers to the program: its own spans and logs are exported along with the client's. */
export const withEffect = (places: Places): Promise<void> =>
  Effect.gen(function* () {
    const { ingest } = yield* Events
    const meters = yield* Meters
    yield* ingest(event)
    const { length } = yield* meters.list()
    yield* Effect.logInfo(`${length} meters`)
  }).pipe(
    Effect.withSpan("nightly"),
    Effect.provide(
      OpenMeterLayer.layer({ baseUrl: places.baseUrl, apiKey: places.apiKey }).pipe(Layer.provide(telemetry))
    ),
    Effect.provide(observability(places)),
    Effect.runPromise
  )

if (import.meta.main) {
  const { OPENMETER_BASE_URL, OPENMETER_API_KEY, OTEL_EXPORTER_OTLP_ENDPOINT } = process.env
  await using emulator = await startEmulator()
  const places = {
    baseUrl: OPENMETER_BASE_URL ?? emulator.url,
    apiKey: OPENMETER_API_KEY,
    collector: OTEL_EXPORTER_OTLP_ENDPOINT ?? "http://localhost:4318"
  }
  await withPromises(places)
  await withEffect(places)
}
