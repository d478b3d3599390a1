/**
 * Options of a client, and their validation before anything is built from them.
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Check from "./Check.ts"
import {
  resolveBudget,
  resolveRetry,
  type BudgetSettings,
  type RetryBudget,
  type RetryOptions,
  type RetrySettings
} from "./RetryOptions.ts"

/**
 * Options of a client: the server's address, credentials, time limits and policies.
 *
 * @since 2.0.0
 * @category models
 */
export interface Options {
  /** Address of the server, http or https. A path prefix is kept: `https://example.com/openmeter`. */
  readonly baseUrl: string | URL
  /** API key, sent as a Bearer token. Cannot be combined with `username`. */
  readonly apiKey?: string | Redacted.Redacted | undefined
  /** User name of Basic credentials, sent with `password`. Cannot be combined with `apiKey`. */
  readonly username?: string | undefined
  /** Password of Basic credentials, sent with `username`. */
  readonly password?: string | Redacted.Redacted | undefined
  /**
   * Headers to send with every request, unless the operation itself sets the header, such as `Content-Type`. Their
   * values are treated as secrets: they never appear in a span, log or error.
   */
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted>> | undefined
  /**
   * Time limit of one attempt, from sending the request to the last byte of the body; `Infinity` removes the limit.
   * Default: 30 seconds.
   */
  readonly attemptTimeout?: Duration.Input | undefined
  /**
   * Time limit of the whole call, including every attempt and every wait; `Infinity` removes the limit. Default: 2
   * minutes.
   */
  readonly timeout?: Duration.Input | undefined
  /** Retry settings for this client. Overrides `Retry.layer`; `false` disables retries. Default: up to 3 retries. */
  readonly retry?: RetryOptions | false | undefined
  /** Budget of retries shared by the client's calls. Overrides `Retry.layer`; `false` removes the limit. */
  readonly retryBudget?: RetryBudget | false | undefined
  /** Maximum number of requests in flight. Overrides `Concurrency.layer`; `false` removes the limit. Default: 64. */
  readonly concurrency?: number | false | undefined
}

/**
 * Validated options, in the form that requests need.
 *
 * @since 2.0.0
 * @category models
 */
export interface ResolvedOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string
  /** By lowercase name. */
  readonly headers: Readonly<Record<string, Redacted.Redacted>>
  /** In milliseconds, or infinite. */
  readonly attemptTimeout: number
  /** In milliseconds, or infinite. */
  readonly timeout: number
  readonly retry: Partial<RetrySettings>
  readonly retryBudget: BudgetSettings | false | undefined
  readonly concurrency: number | false | undefined
}

const resolveBaseUrl = (input: unknown): string => {
  if (input === undefined || input === "") {
    throw Check.invalid("baseUrl", 'is required, e.g. "https://openmeter.example.com"')
  }
  const text = input instanceof URL ? input.href : input
  if (!Predicate.isString(text) || !URL.canParse(text)) throw Check.invalid("baseUrl", "must be a URL")
  const url = new URL(text)
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw Check.invalid("baseUrl", "must be an http or https URL")
  if (url.username !== "" || url.password !== "") {
    throw Check.invalid("baseUrl", "must not contain credentials; use `username` and `password`")
  }
  if (url.search !== "" || url.hash !== "") throw Check.invalid("baseUrl", "must not have a query or a fragment")
  // Every call would request /api/v1/api/v1/… and report the 404 as its result.
  if (/\/api\/v\d+\/*$/.test(url.pathname))
    throw Check.invalid("baseUrl", "must end before /api: the client adds the rest")
  return url.origin + url.pathname.replace(/\/+$/, "")
}

const secret = (field: string, value: unknown): string | undefined => {
  const text = Redacted.isRedacted(value) ? Redacted.value(value) : value
  if (text === undefined) return undefined
  if (!Predicate.isString(text)) throw Check.invalid(field, "must be a string")
  if (text === "") throw Check.invalid(field, "must not be empty")
  if (/[^\P{Cc}\t]/u.test(text)) throw Check.invalid(field, "must not contain line breaks or other control characters")
  return text
}

/** Checked here, because a runtime rejects such a value with a message that contains it. */
const headerValue = (field: string, value: unknown): string | undefined => {
  const text = secret(field, value)
  if (text !== undefined && /[\u0100-\u{10ffff}]/u.test(text)) {
    throw Check.invalid(field, "contains a character that HTTP headers do not allow")
  }
  return text
}

const toBase64 = (text: string) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)))

const resolveAuthorization = (options: Options, apiKeyName: string): string | undefined => {
  const apiKey = headerValue(apiKeyName, options.apiKey)
  const username = secret("username", options.username)
  const password = secret("password", options.password)
  if (apiKey !== undefined && /^(bearer|basic)\s/i.test(apiKey)) {
    throw Check.invalid(apiKeyName, "must be the token without a prefix: the client adds `Bearer` itself")
  }
  if (apiKey !== undefined && username !== undefined) {
    throw Check.invalid("username", `cannot be combined with ${apiKeyName}`)
  }
  if ((username === undefined) !== (password === undefined)) {
    throw Check.invalid(
      username === undefined ? "username" : "password",
      "is required: `username` and `password` must be given together"
    )
  }
  if (username?.includes(":") === true)
    throw Check.invalid("username", "must not contain a colon: Basic authentication does not allow it")
  if (apiKey !== undefined) return `Bearer ${apiKey}`
  return username === undefined ? undefined : `Basic ${toBase64(`${username}:${password}`)}`
}

const resolveHeaders = (
  headers: Readonly<Record<string, string | Redacted.Redacted | undefined>> | undefined
): Record<string, Redacted.Redacted> => {
  const resolved: Record<string, Redacted.Redacted> = {}
  // A `Headers` or a `Map` would silently lose all entries.
  if (headers !== undefined && (!Predicate.isObject(headers) || Symbol.iterator in headers)) {
    throw Check.invalid("headers", "must be an object of strings by header name")
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) continue
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw Check.invalid(`headers.${name}`, "is not a valid header name")
    const text = headerValue(`headers.${name}`, value)
    if (text !== undefined) resolved[name.toLowerCase()] = Redacted.make(text, { label: name.toLowerCase() })
  }
  return resolved
}

/**
 * Resolves a limit on requests in flight.
 *
 * @internal
 */
export const resolveConcurrency = (limit: number | false): number | false =>
  limit === false ? limit : Check.whole("concurrency", limit, 1)

const known: Record<keyof Options, true> = {
  baseUrl: true,
  apiKey: true,
  username: true,
  password: true,
  headers: true,
  attemptTimeout: true,
  timeout: true,
  retry: true,
  retryBudget: true,
  concurrency: true
}

/**
 * Resolves options. Throws an `InvalidRequestError` that names the first invalid one.
 *
 * @param names - names of options that the user knows under a different name
 * @internal
 */
export const resolve = (
  options: Options,
  names: { readonly apiKey: string } = { apiKey: "apiKey" }
): ResolvedOptions => {
  if (!Predicate.isObject(options)) throw Check.invalid("baseUrl", "is required, in an options object")
  Check.refuseUnknown(options, Object.keys(known))
  const authorization = resolveAuthorization(options, names.apiKey)
  const headers = resolveHeaders(options.headers)
  if (authorization !== undefined && headers["authorization"] !== undefined) {
    throw Check.invalid("headers.authorization", "cannot be combined with other credentials")
  }
  return {
    baseUrl: resolveBaseUrl(options.baseUrl),
    headers: {
      ...headers,
      ...(authorization === undefined
        ? {}
        : { authorization: Redacted.make(authorization, { label: "authorization" }) })
    },
    attemptTimeout: Check.timeLimit("attemptTimeout", options.attemptTimeout ?? "30 seconds"),
    timeout: Check.timeLimit("timeout", options.timeout ?? "2 minutes"),
    retry: options.retry === undefined ? {} : resolveRetry(options.retry),
    retryBudget: options.retryBudget === undefined ? undefined : resolveBudget(options.retryBudget),
    concurrency: options.concurrency === undefined ? undefined : resolveConcurrency(options.concurrency)
  }
}

/**
 * Per-call options that override the client's.
 *
 * @since 2.0.0
 * @category models
 */
export interface CallOptions {
  /** Time limit of the whole call, including every attempt and every wait. */
  readonly timeout?: Duration.Input | undefined
  /**
   * Headers to send with the request. Override the client's headers of the same name; `undefined` does not remove a
   * header.
   */
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted | undefined>> | undefined
  /** Retry settings for this call. Omitted settings default to the client's; `false` disables retries. */
  readonly retry?: RetryOptions | false | undefined
}

/**
 * Per-call options that override the client's, in the form that requests need.
 *
 * @since 2.0.0
 * @category models
 */
export interface ResolvedCallOptions {
  /** In milliseconds. */
  readonly timeout: number | undefined
  /** By lowercase name. */
  readonly headers: Readonly<Record<string, Redacted.Redacted>>
  readonly retry: Partial<RetrySettings>
}

const callOptions: ReadonlyArray<string> = ["timeout", "headers", "retry"] satisfies ReadonlyArray<keyof CallOptions>

/**
 * Resolves per-call options, like {@link resolve} does for a client's.
 *
 * @param others - names of further options, which the caller checks
 * @internal
 */
export const resolveCall = (options: CallOptions, others: ReadonlyArray<string> = []): ResolvedCallOptions => {
  Check.options(options, [...others, ...callOptions])
  const { headers, retry, timeout } = options
  return {
    timeout: timeout === undefined ? undefined : Check.timeLimit("timeout", timeout),
    headers: resolveHeaders(headers),
    retry: retry === undefined ? {} : resolveRetry(retry)
  }
}
