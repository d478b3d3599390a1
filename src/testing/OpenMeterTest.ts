/**
 * Every service over an in-process emulator.
 *
 * @since 2.0.0
 */
import * as Layer from "effect/Layer"
import { Emulator } from "../emulator/Emulator.ts"
import type { Seed, SeedError } from "../emulator/Seed.ts"
import * as OpenMeter from "../services/OpenMeter.ts"

const services = OpenMeter.layerWithoutHttpClient({ baseUrl: "http://emulator" }).pipe(
  // The options above are valid, so their error cannot occur.
  Layer.orDie,
  Layer.provide(Emulator.layerHttpClient)
)

/**
 * Every service over an in-process emulator that needs no socket, and the emulator itself for inspection.
 *
 * It runs on the program's `Clock`: under a `TestClock`, `TestClock.adjust("45 days")` lets usage periods pass.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Events, Meters } from "@openmeter/sdk/effect"
 * import { Emulator, OpenMeterTest } from "@openmeter/sdk/testing"
 *
 * const test = Effect.gen(function*() {
 *   const meters = yield* Meters
 *   const { ingest } = yield* Events
 *   yield* meters.create({ slug: "tokens_total", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" })
 *   yield* ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 *   const emulator = yield* Emulator
 *   return [yield* meters.query("tokens_total"), yield* emulator.events]
 * }).pipe(Effect.provide(OpenMeterTest.layer))
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer: Layer.Layer<OpenMeter.Services | Emulator> = Layer.provideMerge(services, Emulator.layer)

/**
 * The same, over an emulator that holds something from the start.
 *
 * Fails with a `SeedError` that names the entry if one is refused.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 * import { OpenMeterTest } from "@openmeter/sdk/testing"
 *
 * const Test = OpenMeterTest.layerSeeded({
 *   meters: [{ slug: "requests_total", eventType: "request", aggregation: "COUNT" }],
 *   events: [{ type: "request", subject: "customer-1" }]
 * })
 *
 * const test = Effect.flatMap(Meters, (meters) => meters.query("requests_total")).pipe(Effect.provide(Test))
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layerSeeded = (seed: Seed): Layer.Layer<OpenMeter.Services | Emulator, SeedError> =>
  Layer.provideMerge(services, Emulator.layerSeeded(seed))
