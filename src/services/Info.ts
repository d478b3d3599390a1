/**
 * What the server tells about itself.
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
 * The operations that tell about the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface InfoService {
  /**
   * Lists the currencies that the server knows.
   *
   * `GET /api/v1/info/currencies`
   */
  readonly listCurrencies: () => Effect.Effect<ReadonlyArray<Currency>, CommonError>
  /**
   * Tells how far a long operation is, e.g. a meter query by its `clientId`.
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
 * What the server tells about itself.
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
  /** The operations that tell about the server, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Info, never, Transport> = Layer.effect(Info, make)
}
