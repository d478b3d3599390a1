/**
 * What the server counts, for whoever runs it.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DebugApi } from "../api/Debug.ts"
import type { CommonError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"

/**
 * The operations for whoever runs the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface DebugService {
  /**
   * Reads the server's counters since midnight UTC, such as ingested events by subject, as OpenMetrics text.
   *
   * `GET /api/v1/debug/metrics`
   */
  readonly getMetrics: () => Effect.Effect<string, CommonError>
}

const make = Effect.gen(function* () {
  const debug = yield* client(DebugApi)
  return Debug.of({ getMetrics: () => debug.getDebugMetrics({}) })
})

/**
 * What the server counts, for whoever runs it.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Debug } from "@openmeter/sdk/effect"
 *
 * const metrics = Effect.gen(function*() {
 *   const debug = yield* Debug
 *   return yield* debug.getMetrics()
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Debug extends Context.Service<Debug, DebugService>()("@openmeter/sdk/Debug") {
  /** The operations for whoever runs the server, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Debug, never, Transport> = Layer.effect(Debug, make)
}
