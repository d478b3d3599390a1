/**
 * The server's metrics.
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
 * Operations that expose the server's metrics.
 *
 * @since 2.0.0
 * @category models
 */
export interface DebugService {
  /**
   * Fetches the server's counters since midnight UTC, such as ingested events per subject, as OpenMetrics text.
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
 * Service for the server's metrics.
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
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Debug, never, Transport> = Layer.effect(Debug, make)
}
