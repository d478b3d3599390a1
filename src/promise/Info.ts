/**
 * What the server knows of itself, with Promises.
 *
 * @since 2.0.0
 */
import type { Currency, Progress } from "../schemas/Info.ts"
import { Info as Service } from "../services/Info.ts"
import type { Listing } from "./Listing.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * What the server knows of itself.
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
   * Lists the currencies that the server knows.
   *
   * `GET /api/v1/info/currencies`
   */
  listCurrencies(options?: RequestOptions): Listing<ReadonlyArray<Currency>, Currency> {
    return this.#runner.array(Service, (info) => info.listCurrencies(), options)
  }

  /**
   * Tells how far a long operation is, e.g. a meter query by its `clientId`.
   *
   * `GET /api/v1/info/progress/{id}`
   */
  getProgress(id: string, options?: RequestOptions): Promise<Progress> {
    return this.#runner.run(Service, (info) => info.getProgress(id), options)
  }
}
