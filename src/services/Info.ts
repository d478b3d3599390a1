/**
 * Information about the server.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { InfoApi } from "../api/Info.ts"
import type { CommonError, NotFoundError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type { Currency, Progress } from "../schemas/Info.ts"

/**
 * Operations that return information about the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface InfoService {
  /**
   * Lists the currencies that the server supports.
   *
   * `GET /api/v1/info/currencies`
   */
  readonly listCurrencies: () => Effect.Effect<ReadonlyArray<Currency>, CommonError>
  /**
   * Fetches the progress of a long-running operation, such as a meter query by its `clientId`.
   *
   * `GET /api/v1/info/progress/{id}`
   */
  readonly getProgress: (id: string) => Effect.Effect<Progress, NotFoundError | CommonError>
}

const make = Effect.gen(function* () {
  const info = yield* client(InfoApi)
  return Info.of({
    listCurrencies: () => info.listCurrencies({}),
    getProgress: (id) => info.getProgress({ params: { id } })
  })
})

/**
 * Service for information about the server.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Info } from "@openmeter/sdk/effect"
 *
 * const codes = Effect.gen(function*() {
 *   const info = yield* Info
 *   return (yield* info.listCurrencies()).map((currency) => currency.code)
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Info extends Context.Service<Info, InfoService>()("@openmeter/sdk/Info") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Info, never, Transport> = Layer.effect(Info, make)
}
