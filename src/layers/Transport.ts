/**
 * The one way to the server: address, credentials, policies.
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
 * The way to the server that every service takes.
 *
 * @since 2.0.0
 * @category models
 */
export interface TransportService {
  /** Sends a request whose URL is a path of the server, and reads the whole answer, whatever its status. */
  readonly httpClient: Client
  /** Sees the calls that are made through it. */
  readonly observer: Telemetry.Observer
}

/** A browser names itself, and asks the server for leave before it sends a header of ours. */
/** Gives a request its whole address, and headers that the operation has not set: its type makes the server take events. */
const address = (
  request: HttpClientRequest.HttpClientRequest,
  baseUrl: string,
  headers: Readonly<Record<string, Redacted.Redacted>>
): HttpClientRequest.HttpClientRequest => {
  const all: Record<string, string> = {}
  for (const name of Object.keys(headers)) all[name] = Redacted.value(headers[name]!)
  // At once: each setter of a request copies it.
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
      // A client of the program may make an error of a status (`filterStatusOk`): it is an answer all the same.
      HttpClient.catchTag("HttpClientError", (error) =>
        error.reason._tag === "StatusCodeError" ? Effect.succeed(error.reason.response) : Effect.fail(error)
      ),
      // Whoever shows the request, a span of the program's HttpClient say, shows none of these.
      HttpClient.transformResponse((response) =>
        Effect.withFiber((fiber) => {
          const names = [...secretNames, ...Object.keys(fiber.getRef(CurrentCallOptions).headers)]
          return names.length === 0
            ? response
            : Effect.updateService(response, Headers.CurrentRedactedNames, (others) => [...others, ...names])
        })
      )
    )
    // From the inside out. The breaker counts attempts, so it stands within the retries; a wait for the rate limit
    // takes no permit from those who may go.
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

/** fetch follows redirects by itself, which turns a POST into a GET and sends credentials to another server. */
const fetchWithoutRedirects = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const provided = yield* Effect.context<never>()
    const client = yield* HttpClient.HttpClient
    return HttpClient.transformResponse(client, (response) =>
      Effect.withFiber((fiber) => {
        // A program may provide its fetch to this layer, or to one call.
        const fetch =
          Context.getOrUndefined(fiber.context, FetchHttpClient.Fetch) ?? Context.get(provided, FetchHttpClient.Fetch)
        // Whatever a program says in its own RequestInit.
        return Effect.provideService(response, FetchHttpClient.Fetch, (input, init) =>
          fetch(input, { ...init, redirect: "manual" })
        )
      })
    )
  })
  // Fresh, because a program that has this layer elsewhere, for its telemetry say, would share one client with us.
).pipe(Layer.provide(Layer.fresh(FetchHttpClient.layer)))

/**
 * The way to the server that every service takes.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Meters, Transport } from "@openmeter/sdk/effect"
 *
 * // A program that needs one service carries that one alone.
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
   * Fails with the `InvalidRequestError` that names the option that is wrong.
   */
  static readonly layer = (options: Options.Options): Layer.Layer<Transport, InvalidRequestError> =>
    Layer.provide(Transport.layerWithoutHttpClient(options), fetchWithoutRedirects)

  /**
   * A transport on the program's own `HttpClient`.
   *
   * A client that follows redirects by itself should be told not to: one on `fetch` by providing
   * `FetchHttpClient.RequestInit` with `{ redirect: "manual" }` under its layer.
   */
  static readonly layerWithoutHttpClient = (
    options: Options.Options
  ): Layer.Layer<Transport, InvalidRequestError, HttpClient.HttpClient> => Layer.effect(Transport, make(options))
}
