/**
 * A transport with options from the program's configuration. Separate from {@link Transport}, so that programs that do
 * not use it do not bundle it.
 *
 * @since 2.0.0
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { InvalidRequestError } from "../errors.ts"
import * as Check from "./Check.ts"
import { byVariable, environment } from "./Environment.ts"
import { resolve, type Options } from "./Options.ts"
import { Transport } from "./Transport.ts"

/**
 * Configuration of the options. Omitted ones are read from the environment, as described at {@link environment}.
 *
 * @since 2.0.0
 * @category models
 */
export type TransportConfig = Partial<{ readonly [K in keyof Options]: Config.Wrap<Options[K]> }>

const options = (config: TransportConfig): Effect.Effect<Options, InvalidRequestError | Config.ConfigError> =>
  Effect.tap(Config.unwrap<Options>({ ...environment, ...config }), (options) =>
    Effect.mapError(
      Check.run(() => resolve(options)),
      (error) => byVariable(error, config)
    )
  )

/**
 * A transport on `fetch`, with options from the program's configuration.
 *
 * Fails with an error that names the variable: a `ConfigError` if it is missing or cannot be read, an
 * `InvalidRequestError` if its value is invalid. No error contains the value of a secret.
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { Ingest, TransportConfig } from "@openmeter/sdk/effect"
 *
 * const IngestLive = Ingest.layer.pipe(Layer.provide(TransportConfig.layer()))
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (config: TransportConfig = {}): Layer.Layer<Transport, InvalidRequestError | Config.ConfigError> =>
  Layer.unwrap(Effect.map(options(config), Transport.layer))

/**
 * Like {@link layer}, with the `HttpClient` that the program provides.
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import { Ingest, TransportConfig } from "@openmeter/sdk/effect"
 *
 * const IngestLive = Ingest.layer.pipe(
 *   Layer.provide(TransportConfig.layerWithoutHttpClient()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layerWithoutHttpClient = (
  config: TransportConfig = {}
): Layer.Layer<Transport, InvalidRequestError | Config.ConfigError, HttpClient.HttpClient> =>
  Layer.unwrap(Effect.map(options(config), Transport.layerWithoutHttpClient))
