/**
 * The connection to the server: address, credentials and policies.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Headers from "effect/http/Headers"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { InvalidRequestError } from "../errors.ts"
import { VERSION } from "../version.ts"
import { attempt } from "./Attempt.ts"
import { CurrentCallOptions } from "./Call.ts"
import * as Check from "./Check.ts"
import * as Concurrency from "./Concurrency.ts"
import * as Options from "./Options.ts"
import { escapePath } from "./PathEscape.ts"
import { isBrowser } from "./Platform.ts"
import { CircuitBreakerPolicy, RateLimitPolicy, type Client } from "./Policy.ts"
import * as Retry from "./Retry.ts"
import * as Telemetry from "./Telemetry.ts"

/**
 * The connection to the server that all services use.
 *
 * @since 2.0.0
 * @category models
 */
export interface TransportService {
  /** Sends a request whose URL is a path of the server, and reads the full response, whatever its status. */
  readonly httpClient: Client
  /** Observes the calls made through this transport. */
  readonly observer: Telemetry.Observer
}

/**
 * Adds the server's address to a request, and the headers that the operation has not set: for ingestion, the server
 * requires an exact content type.
 */
const address = (
  request: HttpClientRequest.HttpClientRequest,
  baseUrl: string,
  headers: Readonly<Record<string, Redacted.Redacted>>
): HttpClientRequest.HttpClientRequest => {
  const all: Record<string, string> = {}
  for (const name of Object.keys(headers)) all[name] = Redacted.value(headers[name]!)
  // Built in one step, because each of the request's setters would copy it.
  return HttpClientRequest.makeWith(
    request.method,
    baseUrl + escapePath(request.url),
    request.urlParams,
    request.hash,
    Headers.fromRecordUnsafe(Object.assign(all, request.headers)),
    request.body
  )
}

const make = (options: Options.Options): Effect.Effect<TransportService, InvalidRequestError, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const resolved = yield* Check.run(() => Options.resolve(options))
    const { attemptTimeout, baseUrl, headers } = resolved
    // Browsers set their own user agent, and require CORS permission for a custom one.
    const ownHeaders: Readonly<Record<string, Redacted.Redacted>> = isBrowser()
      ? headers
      : { "user-agent": Redacted.make(`openmeter-sdk/${VERSION}`), ...headers }
    const secretNames = Object.keys(headers)
    const observer = yield* Telemetry.make(new URL(baseUrl))
    const addressed = (yield* HttpClient.HttpClient).pipe(
      HttpClient.mapRequestEffect((request) =>
        Effect.withFiber((fiber) =>
          Effect.succeed(address(request, baseUrl, { ...ownHeaders, ...fiber.getRef(CurrentCallOptions).headers }))
        )
      ),
      // A program's client may turn a status into an error (`filterStatusOk`), but it is a response nevertheless.
      HttpClient.catchTag("HttpClientError", (error) =>
        error.reason._tag === "StatusCodeError" ? Effect.succeed(error.reason.response) : Effect.fail(error)
      ),
      // Keeps these headers out of anything that shows the request, such as a span of the program's HttpClient.
      HttpClient.transformResponse((response) =>
        Effect.withFiber((fiber) => {
          const names = [...secretNames, ...Object.keys(fiber.getRef(CurrentCallOptions).headers)]
          return names.length === 0
            ? response
            : Effect.updateService(response, Headers.CurrentRedactedNames, (others) => [...others, ...names])
        })
      )
    )
    // From the inside out. The breaker counts attempts, so it is inside the retries. Requests that wait for the rate
    // limit must not hold a permit that others could use.
    const policies = [
      observer.policy,
      yield* Concurrency.policy(resolved.concurrency, observer),
      yield* RateLimitPolicy,
      yield* CircuitBreakerPolicy,
      yield* Retry.policy(resolved, observer)
    ]
    const httpClient = policies.reduce((inner, policy) => policy(inner), attempt(addressed, attemptTimeout))
    return { httpClient, observer }
  })

/** By default, fetch follows redirects, which turns a POST into a GET and sends credentials to another server. */
const fetchWithoutRedirects = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const provided = yield* Effect.context<never>()
    const client = yield* HttpClient.HttpClient
    return HttpClient.transformResponse(client, (response) =>
      Effect.withFiber((fiber) => {
        // A program can provide `fetch` to this layer, or to a single call.
        const fetch =
          Context.getOrUndefined(fiber.context, FetchHttpClient.Fetch) ?? Context.get(provided, FetchHttpClient.Fetch)
        // Overrides the program's own RequestInit.
        return Effect.provideService(response, FetchHttpClient.Fetch, (input, init) =>
          fetch(input, { ...init, redirect: "manual" })
        )
      })
    )
  })
  // Fresh, so as not to share the client with the same layer elsewhere in the program, for example for telemetry.
).pipe(Layer.provide(Layer.fresh(FetchHttpClient.layer)))

/**
 * The connection to the server that all services use.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Meters, Transport } from "@openmeter/sdk/effect"
 *
 * // A program that uses a single service bundles only that one.
 * const MetersLive = Meters.layer.pipe(Layer.provide(Transport.layer({ baseUrl: "http://localhost:8888" })))
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Transport extends Context.Service<Transport, TransportService>()("@openmeter/sdk/Transport") {
  /**
   * A transport on `fetch`.
   *
   * Fails with an `InvalidRequestError` that names the invalid option.
   */
  static readonly layer = (options: Options.Options): Layer.Layer<Transport, InvalidRequestError> =>
    Layer.provide(Transport.layerWithoutHttpClient(options), fetchWithoutRedirects)

  /**
   * A transport with the `HttpClient` that the program provides.
   *
   * The client must not follow redirects. For one on `fetch`, provide `FetchHttpClient.RequestInit` with `{ redirect:
   * "manual" }` to its layer.
   */
  static readonly layerWithoutHttpClient = (
    options: Options.Options
  ): Layer.Layer<Transport, InvalidRequestError, HttpClient.HttpClient> => Layer.effect(Transport, make(options))
}
