/**
 * The client with Promises.
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
 * What a client asks of a `fetch`: no more than a call, whatever else a runtime's own one has.
 *
 * @since 2.0.0
 * @category models
 */
export type Fetch = (...args: Parameters<typeof globalThis.fetch>) => ReturnType<typeof globalThis.fetch>

/**
 * Where the server is, who calls, and how long a call may take.
 *
 * @since 2.0.0
 * @category models
 */
export interface OpenMeterConfig {
  /** The server's address, http or https. A path prefix is kept: `https://example.com/openmeter`. */
  readonly baseUrl: string | URL
  /** Sent as a Bearer token: an API key, or the secret of a portal token. Not together with `username`. */
  readonly token?: string | undefined
  /** Sent with `password` as Basic credentials. Not together with `token`. */
  readonly username?: string | undefined
  /** Sent with `username` as Basic credentials. */
  readonly password?: string | undefined
  /**
   * Sent with every request, but where the operation itself sets one, `Content-Type` say. Their values are treated as
   * secrets: they appear in no span, log or error.
   */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Takes the place of the global `fetch`. */
  readonly fetch?: Fetch | undefined
  /**
   * How long one attempt may take, from sending to the last byte of the body: milliseconds, or a text such as
   * `"5 seconds"`. Default: 30 seconds.
   */
  readonly attemptTimeout?: Duration.Input | undefined
  /** How long a whole call may take, with every attempt and every wait. Default: 2 minutes. */
  readonly timeout?: Duration.Input | undefined
  /** How often a call is tried again; `false` is never. Default: up to 3 times. */
  readonly retry?: RetryOptions | false | undefined
  /** The credit of retries that all calls share, so that a server that is down is not stormed; `false` is without end. */
  readonly retryBudget?: RetryBudget | false | undefined
  /** How many requests may be under way at the same time; `false` is any number. Default: 64. */
  readonly concurrency?: number | false | undefined
  /** For how long the answers of `subjects.hasAccess` and `customers.hasAccess` are used, and how many are kept. */
  readonly entitlementCheck?: EntitlementCheckOptions | undefined
  /**
   * Policies as layers of `@openmeter/sdk/effect`: a rate limit, a circuit breaker, telemetry, a tracer, several of them
   * merged. Default: none.
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

/** Options of the services, checked here because a runtime keeps a layer that failed for ever. */
const toOptions = (config: OpenMeterConfig): Options.Options => {
  if (!Predicate.isObject(config)) throw Check.invalid("baseUrl", "is required, in an object of options")
  Check.refuseUnknown(config, names)
  const { entitlementCheck, fetch, policies, token, ...rest } = config
  if (policies !== undefined && !Layer.isLayer(policies)) throw Check.invalid("policies", "must be a Layer")
  if (fetch !== undefined && !Predicate.isFunction(fetch)) throw Check.invalid("fetch", "must be a function")
  if (entitlementCheck !== undefined) resolveCheck(entitlementCheck)
  const options = { ...rest, apiKey: token }
  const { baseUrl } = Options.resolve(options, { apiKey: "token" })
  // Copies: the layer is built at the first call, and what the program changes until then has passed no check.
  return { ...options, baseUrl, headers: { ...options.headers } }
}

/** Every service, and the checks that are kept in memory. */
const layer = (options: Options.Options, entitlementCheck: EntitlementCheckOptions) =>
  Layer.merge(EntitlementCheck.layer(entitlementCheck), CustomerEntitlementCheck.layer(entitlementCheck)).pipe(
    Layer.provideMerge(OpenMeterLayer.layer(options))
  )

/** The global `fetch` of the moment: effect keeps the first one that it sees, also when a test has put it there. */
const globalFetch: Fetch = (input, init) => globalThis.fetch(input, init)

/**
 * The client of an OpenMeter server.
 *
 * Every call rejects with one of the SDK's errors (`NotFoundError`, `RateLimitedError`, …), which all can be told apart
 * by `instanceof`, with an {@link AbortError} when its `signal` broke it off, or with a {@link ClosedError} after
 * {@link OpenMeter.close}.
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
  /** Events: sent and listed. */
  readonly events: Events
  /** Meters: created, changed, listed, queried. */
  readonly meters: Meters
  /** Subjects and their entitlements. */
  readonly subjects: Subjects
  /** Customers and their entitlements. */
  readonly customers: Customers
  /** Features: what entitlements are to. */
  readonly features: Features
  /** Entitlements, whosever they are. */
  readonly entitlements: Entitlements
  /** Grants, whosever they are. */
  readonly grants: Grants
  /** Portal tokens: what lets a browser read the usage of one subject. */
  readonly portal: Portal
  /** What the server knows of itself. */
  readonly info: Info
  /** The server's counters. */
  readonly debug: Debug
  readonly #runner: Runner<OpenMeterLayer.Services | EntitlementCheck | CustomerEntitlementCheck>

  /**
   * Makes a client. Nothing is sent before the first call.
   *
   * @throws InvalidRequestError that names the option that is wrong
   */
  constructor(config: OpenMeterConfig) {
    const options = toOptions(config)
    const { entitlementCheck, fetch = globalFetch, policies = Layer.empty } = config
    const provided = Layer.mergeAll(
      // What a program prints is its own.
      Layer.succeed(LogToStderr, true),
      Layer.succeed(FetchHttpClient.Fetch, fetch),
      policies
    )
    // Merged, because a tracer or a logger among the policies is read by the call itself, not by the services.
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
   * Breaks off the calls that are under way, and lets go of everything. Calls made afterwards reject at once. Buffers of
   * events that are open deliver what they hold before, for as long as their `drainTimeout`.
   */
  close(): Promise<void> {
    return this.#runner.close()
  }

  /** Closes the client at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
