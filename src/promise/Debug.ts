/**
 * The server's metrics, in the Promise API.
 *
 * @since 2.0.0
 */
import { Debug as Service } from "../services/Debug.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * Operations that expose the server's metrics.
 *
 * @example
 * ```ts
 * console.log(await openmeter.debug.getMetrics())
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Debug {
  readonly #runner: Runner<Service>

  /** @internal */
  constructor(runner: Runner<Service>) {
    this.#runner = runner
  }

  /**
   * Fetches the server's counters since midnight UTC, such as ingested events per subject, as OpenMetrics text.
   *
   * `GET /api/v1/debug/metrics`
   */
  getMetrics(options?: RequestOptions): Promise<string> {
    return this.#runner.run(Service, (debug) => debug.getMetrics(), options)
  }
}
