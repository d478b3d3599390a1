/**
 * The client of the Promise API.
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { LogToStderr } from "effect/Logger"
import * as Predicate from "effect/Predicate"
import * as Check from "../layers/Check.ts"
import * as Options from "../layers/Options.ts"
import type { RetryBudget, RetryOptions } from "../layers/RetryOptions.ts"
import { resolve as resolveCheck, type EntitlementCheckOptions } from "../services/AccessCache.ts"
import { CustomerEntitlementCheck } from "../services/CustomerEntitlementCheck.ts"
import { EntitlementCheck } from "../services/EntitlementCheck.ts"
import * as OpenMeterLayer from "../services/OpenMeter.ts"
import { Customers } from "./Customers.ts"
import { Debug } from "./Debug.ts"
import { Entitlements } from "./Entitlements.ts"
import { Events } from "./Events.ts"
import { Features } from "./Features.ts"
import { Grants } from "./Grants.ts"
import { Info } from "./Info.ts"
import { Meters } from "./Meters.ts"
import { Portal } from "./Portal.ts"
import { Runner } from "./Runner.ts"
import { Subjects } from "./Subjects.ts"

/**
 * The part of `fetch` that the client uses: a plain call, without the extra properties of a runtime's own.
 *
 * @since 2.0.0
 * @category models
 */
export type Fetch = (...args: Parameters<typeof globalThis.fetch>) => ReturnType<typeof globalThis.fetch>

/**
 * Configuration of the client: the server's address, credentials, time limits and policies.
 *
 * @since 2.0.0
 * @category models
 */
export interface OpenMeterConfig {
  /** Address of the server, http or https. A path prefix is kept: `https://example.com/openmeter`. */
  readonly baseUrl: string | URL
  /** Bearer token: an API key, or the secret of a portal token. Cannot be combined with `username`. */
  readonly token?: string | undefined
  /** User name of Basic credentials, sent with `password`. Cannot be combined with `token`. */
  readonly username?: string | undefined
  /** Password of Basic credentials, sent with `username`. */
  readonly password?: string | undefined
  /**
   * Headers to send with every request, unless the operation itself sets the header, such as `Content-Type`. Their
   * values are treated as secrets: they never appear in a span, log or error.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Replaces the global `fetch`. */
  readonly fetch?: Fetch | undefined
  /**
   * Time limit of one attempt, from sending the request to the last byte of the body: milliseconds, or a string such as
   * `"5 seconds"`. Default: 30 seconds.
   */
  readonly attemptTimeout?: Duration.Input | undefined
  /** Time limit of the whole call, including every attempt and every wait. Default: 2 minutes. */
  readonly timeout?: Duration.Input | undefined
  /** Retry settings of all calls; `false` disables retries. Default: up to 3 retries. */
  readonly retry?: RetryOptions | false | undefined
  /**
   * Budget of retries shared by all calls, so that a server that is down is not flooded with retries. `false` removes
   * the limit.
   */
  readonly retryBudget?: RetryBudget | false | undefined
  /** Maximum number of requests in flight; `false` removes the limit. Default: 64. */
  readonly concurrency?: number | false | undefined
  /** How long, and how many, answers of `subjects.hasAccess` and `customers.hasAccess` are cached. */
  readonly entitlementCheck?: EntitlementCheckOptions | undefined
  /**
   * Policies as layers of `@openmeter/sdk/effect`: a rate limit, a circuit breaker, telemetry, a tracer, or several of
   * them merged. Default: none.
   */
  readonly policies?: Layer.Layer<never, unknown> | undefined
}

const names: ReadonlyArray<string> = [
  "baseUrl",
  "token",
  "username",
  "password",
  "headers",
  "fetch",
  "attemptTimeout",
  "timeout",
  "retry",
  "retryBudget",
  "concurrency",
  "entitlementCheck",
  "policies"
] satisfies ReadonlyArray<keyof OpenMeterConfig>

/**
 * Resolves the options of the services. They are checked here, because a runtime caches the failure of a layer forever.
 */
const toOptions = (config: OpenMeterConfig): Options.Options => {
  if (!Predicate.isObject(config)) throw Check.invalid("baseUrl", "is required, in an options object")
  Check.refuseUnknown(config, names)
  const { entitlementCheck, fetch, policies, token, ...rest } = config
  if (policies !== undefined && !Layer.isLayer(policies)) throw Check.invalid("policies", "must be a Layer")
  if (fetch !== undefined && !Predicate.isFunction(fetch)) throw Check.invalid("fetch", "must be a function")
  if (entitlementCheck !== undefined) resolveCheck(entitlementCheck)
  const options = { ...rest, apiKey: token }
  const { baseUrl } = Options.resolve(options, { apiKey: "token" })
  // Copied, because the layer is built on the first call and later changes by the program would not have been checked.
  return { ...options, baseUrl, headers: { ...options.headers } }
}

/** Every service, and the cached entitlement checks. */
const layer = (options: Options.Options, entitlementCheck: EntitlementCheckOptions) =>
  Layer.merge(EntitlementCheck.layer(entitlementCheck), CustomerEntitlementCheck.layer(entitlementCheck)).pipe(
    Layer.provideMerge(OpenMeterLayer.layer(options))
  )

/** Reads the global `fetch` on each call: Effect captures the first one it sees, even one that a test installed. */
const globalFetch: Fetch = (input, init) => globalThis.fetch(input, init)

/**
 * Client of an OpenMeter server.
 *
 * Every call rejects with one of the SDK's errors (`NotFoundError`, `RateLimitedError`, …), which can be told apart
 * with `instanceof`; with an {@link AbortError} if its `signal` aborts; or with a {@link ClosedError} after {@link
 * OpenMeter.close}.
 *
 * @example
 * ```ts
 * import { OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * await openmeter.events.ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 * ```
 *
 * @since 2.0.0
 * @category client
 */
export class OpenMeter {
  /** Sends and lists events. */
  readonly events: Events
  /** Creates, changes, lists and queries meters. */
  readonly meters: Meters
  /** Manages subjects and their entitlements. */
  readonly subjects: Subjects
  /** Manages customers and their entitlements. */
  readonly customers: Customers
  /** Manages features, which entitlements give access to. */
  readonly features: Features
  /** Reads entitlements across all subjects and customers. */
  readonly entitlements: Entitlements
  /** Lists and voids grants across all subjects and customers. */
  readonly grants: Grants
  /** Manages portal tokens, which let a browser read the usage of one subject. */
  readonly portal: Portal
  /** Reads information about the server. */
  readonly info: Info
  /** Reads the server's metrics. */
  readonly debug: Debug
  readonly #runner: Runner<OpenMeterLayer.Services | EntitlementCheck | CustomerEntitlementCheck>

  /**
   * Creates a client. No request is sent before the first call.
   *
   * @throws InvalidRequestError naming the invalid option
   */
  constructor(config: OpenMeterConfig) {
    const options = toOptions(config)
    const { entitlementCheck, fetch = globalFetch, policies = Layer.empty } = config
    const provided = Layer.mergeAll(
      // stdout belongs to the program.
      Layer.succeed(LogToStderr, true),
      Layer.succeed(FetchHttpClient.Fetch, fetch),
      policies
    )
    // Merged, because the calls themselves, not the services, read a tracer or logger from the policies.
    this.#runner = new Runner(Layer.provideMerge(layer(options, { ...entitlementCheck }), provided))
    this.events = new Events(this.#runner)
    this.meters = new Meters(this.#runner)
    this.subjects = new Subjects(this.#runner)
    this.customers = new Customers(this.#runner)
    this.features = new Features(this.#runner)
    this.entitlements = new Entitlements(this.#runner)
    this.grants = new Grants(this.#runner)
    this.portal = new Portal(this.#runner)
    this.info = new Info(this.#runner)
    this.debug = new Debug(this.#runner)
  }

  /**
   * Aborts the calls in flight and releases all resources. Later calls reject immediately. Open event buffers first
   * deliver what they hold, for up to their `drainTimeout`.
   */
  close(): Promise<void> {
    return this.#runner.close()
  }

  /** Closes the client at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
