/**
 * What a client is made from, and the checks that it passes before anything is built on it.
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
 * Where the server is, who calls, and how long a call may take.
 *
 * @since 2.0.0
 * @category models
 */
export interface Options {
  /** The server's address, http or https. A path prefix is kept: `https://example.com/openmeter`. */
  readonly baseUrl: string | URL
  /** Sent as a Bearer token. Not together with `username`. */
  readonly apiKey?: string | Redacted.Redacted | undefined
  /** Sent with `password` as Basic credentials. Not together with `apiKey`. */
  readonly username?: string | undefined
  /** Sent with `username` as Basic credentials. */
  readonly password?: string | Redacted.Redacted | undefined
  /**
   * Sent with every request, but where the operation itself sets one, `Content-Type` say. Their values are treated as
   * secrets: they appear in no span, log or error.
   */
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted>> | undefined
  /** How long one attempt may take, from sending to the last byte of the body; `Infinity` is any. Default: 30 seconds. */
  readonly attemptTimeout?: Duration.Input | undefined
  /** How long a whole call may take, with every attempt and every wait; `Infinity` is any. Default: 2 minutes. */
  readonly timeout?: Duration.Input | undefined
  /** How often a call is tried again, before what `Retry.layer` says; `false` is never. Default: up to 3 times. */
  readonly retry?: RetryOptions | false | undefined
  /** The credit of retries that the calls share, before what `Retry.layer` says; `false` is without end. */
  readonly retryBudget?: RetryBudget | false | undefined
  /** How many requests may be under way, before what `Concurrency.layer` says; `false` is any number. Default: 64. */
  readonly concurrency?: number | false | undefined
}

/**
 * Options that have passed their checks, in the form that requests need.
 *
 * @since 2.0.0
 * @category models
 */
export interface ResolvedOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string
  /** By lower-case name. */
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
  // Every call would ask for /api/v1/api/v1/…, and take the 404 for an answer.
  if (/\/api\/v\d+\/*$/.test(url.pathname))
    throw Check.invalid("baseUrl", "must end before /api: calls add that themselves")
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

/** A runtime that is given such a value refuses the request in words that hold the value. */
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
    throw Check.invalid(apiKeyName, "must be the token alone: the client adds `Bearer` itself")
  }
  if (apiKey !== undefined && username !== undefined) {
    throw Check.invalid("username", `cannot be combined with ${apiKeyName}`)
  }
  if ((username === undefined) !== (password === undefined)) {
    throw Check.invalid(
      username === undefined ? "username" : "password",
      "is required: `username` and `password` go together"
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
  // Of a `Headers` or a `Map` every entry would be lost, silently.
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
 * Checks how many requests may be under way.
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
 * Checks options, and throws the `InvalidRequestError` that names the first one that is wrong.
 *
 * @param names - under which names the caller knows them, where it is another
 * @internal
 */
export const resolve = (
  options: Options,
  names: { readonly apiKey: string } = { apiKey: "apiKey" }
): ResolvedOptions => {
  if (!Predicate.isObject(options)) throw Check.invalid("baseUrl", "is required, in an object of options")
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
 * What one call does otherwise than its client.
 *
 * @since 2.0.0
 * @category models
 */
export interface CallOptions {
  /** How long the whole call may take, with every attempt and every wait between them. */
  readonly timeout?: Duration.Input | undefined
  /** Sent with the request, over the client's own headers of the same name. `undefined` takes none away. */
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted | undefined>> | undefined
  /** How often the call is tried again; what is left out is as the client says, `false` is never. */
  readonly retry?: RetryOptions | false | undefined
}

/**
 * What one call does otherwise than its client, in the form that requests need.
 *
 * @since 2.0.0
 * @category models
 */
export interface ResolvedCallOptions {
  /** In milliseconds. */
  readonly timeout: number | undefined
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, Redacted.Redacted>>
  readonly retry: Partial<RetrySettings>
}

const callOptions: ReadonlyArray<string> = ["timeout", "headers", "retry"] satisfies ReadonlyArray<keyof CallOptions>

/**
 * Checks the options of one call as {@link resolve} does those of a client.
 *
 * @param others - the names of options besides, which the caller checks
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
