/**
 * What a client is made from, and the checks that it passes before anything is built on it.
 *
 * @since 2.0.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import { InvalidRequestError } from "../errors.ts"

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
  /** Sent with every request. Their values are treated as secrets: they appear in no span, log or error. */
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted>> | undefined
  /** How long one attempt may take, from sending to the last byte of the body. Default: 30 seconds. */
  readonly attemptTimeout?: Duration.Input | undefined
  /** How long a whole call may take, with every attempt and every wait between them. Default: 2 minutes. */
  readonly timeout?: Duration.Input | undefined
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
  /** In milliseconds. */
  readonly attemptTimeout: number
  /** In milliseconds. */
  readonly timeout: number
}

/**
 * The limits of a timeout in milliseconds: timers of JavaScript runtimes go no further.
 */
const MAX_TIMEOUT = 2 ** 31 - 1

/**
 * The error of an option that is wrong.
 *
 * @internal
 */
export const invalid = (field: string, reason: string): InvalidRequestError =>
  new InvalidRequestError({
    operation: "configure",
    method: "",
    url: "",
    field,
    message: `OpenMeter options: ${field}: ${reason}`
  })

const resolveBaseUrl = (input: unknown): string => {
  if (input === undefined || input === "") {
    throw invalid("baseUrl", 'is required, e.g. "https://openmeter.example.com"')
  }
  const text = input instanceof URL ? input.href : input
  if (!Predicate.isString(text) || !URL.canParse(text)) throw invalid("baseUrl", "is not a URL")
  const url = new URL(text)
  if (url.protocol !== "http:" && url.protocol !== "https:") throw invalid("baseUrl", "is not an http or https URL")
  if (url.username !== "" || url.password !== "") {
    throw invalid("baseUrl", "must not hold credentials: give `username` and `password`")
  }
  if (url.search !== "" || url.hash !== "") throw invalid("baseUrl", "must hold neither a query nor a fragment")
  return url.origin + url.pathname.replace(/\/+$/, "")
}

const secret = (field: string, value: unknown): string | undefined => {
  const text = Redacted.isRedacted(value) ? Redacted.value(value) : value
  if (text === undefined) return undefined
  if (!Predicate.isString(text)) throw invalid(field, "is not a text")
  if (text === "") throw invalid(field, "is empty")
  if (/[^\P{Cc}\t]/u.test(text)) throw invalid(field, "holds a line break or another control character")
  return text
}

/** A runtime that is given such a value refuses the request in words that hold the value. */
const headerValue = (field: string, value: unknown): string | undefined => {
  const text = secret(field, value)
  if (text !== undefined && /[\u0100-\u{10ffff}]/u.test(text)) {
    throw invalid(field, "holds a character that a header cannot")
  }
  return text
}

const toBase64 = (text: string) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)))

const resolveAuthorization = (options: Options, apiKeyName: string): string | undefined => {
  const apiKey = headerValue(apiKeyName, options.apiKey)
  const username = secret("username", options.username)
  const password = secret("password", options.password)
  if (apiKey !== undefined && username !== undefined) {
    throw invalid("username", `does not go together with ${apiKeyName}: give one of them`)
  }
  if ((username === undefined) !== (password === undefined)) {
    throw invalid(username === undefined ? "username" : "password", "is required beside the other")
  }
  if (username?.includes(":") === true) throw invalid("username", "holds a colon, which Basic credentials cannot")
  if (apiKey !== undefined) return `Bearer ${apiKey}`
  return username === undefined ? undefined : `Basic ${toBase64(`${username}:${password}`)}`
}

const resolveHeaders = (
  headers: Readonly<Record<string, string | Redacted.Redacted | undefined>> | undefined
): Record<string, Redacted.Redacted> => {
  const resolved: Record<string, Redacted.Redacted> = {}
  // Of a `Headers` or a `Map` every entry would be lost, silently.
  if (headers !== undefined && (!Predicate.isObject(headers) || Symbol.iterator in headers)) {
    throw invalid("headers", "is not an object of texts by name")
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (value === undefined) continue
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) throw invalid(`headers.${name}`, "is not the name of a header")
    const text = headerValue(`headers.${name}`, value)
    if (text !== undefined) resolved[name.toLowerCase()] = Redacted.make(text, { label: name.toLowerCase() })
  }
  return resolved
}

/**
 * Checks a length of time that a program gives, and turns it into milliseconds.
 *
 * @internal
 */
export const resolveTimeout = (field: string, input: unknown): number => {
  const duration = Duration.fromInput(input as Duration.Input)
  const milliseconds = Option.isNone(duration) ? Number.NaN : Duration.toMillis(duration.value)
  if (!(milliseconds > 0))
    throw invalid(field, 'is not a length of time longer than zero, such as 5000 (ms) or "5 seconds"')
  return Math.min(milliseconds, MAX_TIMEOUT)
}

/**
 * Checks a whole number that a program gives.
 *
 * @internal
 */
export const resolveWhole = (
  field: string,
  input: unknown,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER
): number => {
  if (!Predicate.isNumber(input) || !Number.isSafeInteger(input) || input < minimum || input > maximum) {
    const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
    throw invalid(field, `is not a whole number ${range}`)
  }
  return input
}

const known: Record<keyof Options, true> = {
  baseUrl: true,
  apiKey: true,
  username: true,
  password: true,
  headers: true,
  attemptTimeout: true,
  timeout: true
}

/**
 * Refuses a member that is none of the known ones.
 *
 * @internal
 */
export const refuseUnknown = (options: object, names: ReadonlyArray<string>): void => {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw invalid(name, `is not an option: the options are ${names.join(", ")}`)
  }
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
  if (!Predicate.isObject(options)) throw invalid("baseUrl", "is required: the options are not an object")
  refuseUnknown(options, Object.keys(known))
  const authorization = resolveAuthorization(options, names.apiKey)
  return {
    baseUrl: resolveBaseUrl(options.baseUrl),
    headers: {
      ...resolveHeaders(options.headers),
      ...(authorization === undefined
        ? {}
        : { authorization: Redacted.make(authorization, { label: "authorization" }) })
    },
    attemptTimeout: resolveTimeout("attemptTimeout", options.attemptTimeout ?? "30 seconds"),
    timeout: resolveTimeout("timeout", options.timeout ?? "2 minutes")
  }
}

/**
 * Checks the options of one call as {@link resolve} does those of a client.
 *
 * @internal
 */
export const resolveCall = (options: {
  readonly timeout?: Duration.Input | undefined
  readonly headers?: Readonly<Record<string, string | Redacted.Redacted | undefined>> | undefined
}) => ({
  timeout: options.timeout === undefined ? undefined : resolveTimeout("timeout", options.timeout),
  headers: resolveHeaders(options.headers)
})

/**
 * Runs a check that throws as an effect that fails.
 *
 * @internal
 */
export const check = <A>(resolved: () => A): Effect.Effect<A, InvalidRequestError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(resolved())
    } catch (error) {
      return error instanceof InvalidRequestError ? Effect.fail(error) : Effect.die(error)
    }
  })
