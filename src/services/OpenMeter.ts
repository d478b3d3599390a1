/**
 * Layers of all services.
 *
 * @since 2.0.0
 */
import type * as Config from "effect/Config"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type { InvalidRequestError } from "../errors.ts"
import type { Options } from "../layers/Options.ts"
import { Transport } from "../layers/Transport.ts"
import * as TransportConfig from "../layers/TransportConfig.ts"
import { CustomerEntitlements } from "./CustomerEntitlements.ts"
import { Customers } from "./Customers.ts"
import { Debug } from "./Debug.ts"
import { Entitlements } from "./Entitlements.ts"
import { Events } from "./Events.ts"
import { Features } from "./Features.ts"
import { Grants } from "./Grants.ts"
import { Info } from "./Info.ts"
import { Ingest } from "./Ingest.ts"
import { Meters } from "./Meters.ts"
import { Portal } from "./Portal.ts"
import { Subjects } from "./Subjects.ts"

/**
 * All services of this SDK.
 *
 * @since 2.0.0
 * @category models
 */
export type Services =
  | CustomerEntitlements
  | Customers
  | Debug
  | Entitlements
  | Events
  | Features
  | Grants
  | Info
  | Ingest
  | Meters
  | Portal
  | Subjects

/**
 * All services, over the {@link Transport} that the program provides.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerServices: Layer.Layer<Services, never, Transport> = Layer.mergeAll(
  CustomerEntitlements.layer,
  Customers.layer,
  Debug.layer,
  Entitlements.layer,
  Events.layer,
  Features.layer,
  Grants.layer,
  Info.layer,
  Ingest.layer,
  Meters.layer,
  Portal.layer,
  Subjects.layer
)

/**
 * All services, on `fetch`.
 *
 * Fails with an `InvalidRequestError` that names the invalid option.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters, OpenMeter } from "@openmeter/sdk/effect"
 *
 * const program = Effect.gen(function*() {
 *   const meters = yield* Meters
 *   return yield* meters.list()
 * }).pipe(Effect.provide(OpenMeter.layer({ baseUrl: "http://localhost:8888" })))
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Services, InvalidRequestError> =>
  Layer.provide(layerServices, Transport.layer(options))

/**
 * All services, with the `HttpClient` that the program provides.
 *
 * The client must not follow redirects. For one on `fetch`, provide `FetchHttpClient.RequestInit` with `{ redirect:
 * "manual" }` to its layer.
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { FetchHttpClient } from "effect/http"
 * import { OpenMeter } from "@openmeter/sdk/effect"
 *
 * const layer = OpenMeter.layerWithoutHttpClient({ baseUrl: "http://localhost:8888" }).pipe(
 *   Layer.provide(FetchHttpClient.layer),
 *   Layer.provide(Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layerWithoutHttpClient = (
  options: Options
): Layer.Layer<Services, InvalidRequestError, HttpClient.HttpClient> =>
  Layer.provide(layerServices, Transport.layerWithoutHttpClient(options))

/**
 * All services, on `fetch`, with options from the program's configuration.
 *
 * Without an argument, every option is read from the environment: `OPENMETER_BASE_URL`, `OPENMETER_API_KEY` and the
 * others of `environment`. A given option replaces its variable, or all variables of its parts.
 *
 * Fails with an error that names the variable: a `ConfigError` if it is missing or cannot be read, an
 * `InvalidRequestError` if its value is invalid. No error contains the value of a secret.
 *
 * @example
 * ```ts
 * import { Config } from "effect"
 * import { OpenMeter } from "@openmeter/sdk/effect"
 *
 * const fromEnvironment = OpenMeter.layerConfig()
 * const withOwnNames = OpenMeter.layerConfig({ baseUrl: Config.String("METERING_URL") })
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layerConfig = (
  config?: TransportConfig.TransportConfig
): Layer.Layer<Services, InvalidRequestError | Config.ConfigError> =>
  Layer.provide(layerServices, TransportConfig.layer(config))
