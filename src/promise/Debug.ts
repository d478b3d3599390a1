/**
 * The server's counters, with Promises.
 *
 * @since 2.0.0
 */
import { Debug as Service } from "../services/Debug.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * The server's counters.
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
   * Reads the server's counters since midnight UTC, such as ingested events by subject, as OpenMetrics text.
   *
   * `GET /api/v1/debug/metrics`
   */
  getMetrics(options?: RequestOptions): Promise<string> {
    return this.#runner.run(Service, (debug) => debug.getMetrics(), options)
  }
}
