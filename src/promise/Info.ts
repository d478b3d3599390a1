/**
 * Information about the server, in the Promise API.
 *
 * @since 2.0.0
 */
import type { Currency, Progress } from "../schemas/Info.ts"
import { Info as Service } from "../services/Info.ts"
import type { Listing } from "./Listing.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * Operations that return information about the server.
 *
 * @example
 * ```ts
 * for await (const currency of openmeter.info.listCurrencies()) console.log(currency.code, currency.name)
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Info {
  readonly #runner: Runner<Service>

  /** @internal */
  constructor(runner: Runner<Service>) {
    this.#runner = runner
  }

  /**
   * Lists the currencies that the server supports.
   *
   * `GET /api/v1/info/currencies`
   */
  listCurrencies(options?: RequestOptions): Listing<ReadonlyArray<Currency>, Currency> {
    return this.#runner.array(Service, (info) => info.listCurrencies(), options)
  }

  /**
   * Fetches the progress of a long-running operation, such as a meter query by its `clientId`.
   *
   * `GET /api/v1/info/progress/{id}`
   */
  getProgress(id: string, options?: RequestOptions): Promise<Progress> {
    return this.#runner.run(Service, (info) => info.getProgress(id), options)
  }
}
