/**
 * Errors of the SDK: one tagged class per kind of failure, and the mapping from HTTP responses to them.
 *
 * Catch an error by its `_tag` in an Effect program (`Effect.catchTag("NotFoundError", …)`), or with `instanceof` in
 * the Promise API.
 *
 * @since 2.0.0
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import type * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { ProblemDetails } from "effect/http/ProblemDetails"
import * as UrlParams from "effect/http/UrlParams"
import { NodeInspectSymbol } from "effect/Inspectable"
import type { CircuitBreakerErrorReason } from "effect/persistence/CircuitBreaker"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Idempotency } from "./api/Idempotency.ts"

/**
 * Details of the failed call that every error carries.
 *
 * @since 2.0.0
 * @category models
 */
export interface CallDetails {
  /** Message with the operation, the status and the server's explanation. A single line, never blank. */
  readonly message: string
  /** Operation name as in the server's API specification, e.g. `getMeter`. */
  readonly operation: string
  /** HTTP method. */
  readonly method: string
  /** Path and query of the request, without host and credentials. */
  readonly url: string
}

/**
 * Details that an error carries if the server responded.
 *
 * @since 2.0.0
 * @category models
 */
export interface AnswerDetails extends CallDetails {
  /** HTTP status. 0 stands for a redirect that a browser hides. */
  readonly status: number
  /** Id under which the server logged the request. */
  readonly requestId?: string
  /** Problem document (RFC 9457), if the response contained one. */
  readonly problem?: ProblemDetails
}

/**
 * One validation issue that the server reported.
 *
 * @since 2.0.0
 * @category models
 */
export interface ValidationIssue {
  /** Stable name of the violated rule, e.g. `grant_amount_must_be_positive`. */
  readonly code?: string
  /** Location of the invalid value as a JSONPath, e.g. `$.amount`. */
  readonly field?: string
  /** Description of the issue, as given by the server. */
  readonly message?: string
  /** Severity of the issue, e.g. `critical`. */
  readonly severity?: string
  readonly [extension: string]: unknown
}

const transientStatuses = new Set([408, 429, 500, 502, 503, 504])
const transientTags = new Set(["TransportError", "TimeoutError", "CircuitOpenError", "BufferFullError"])

/**
 * Returns whether a response reports an upload that stalled for a minute. The server answers 400 in that case too,
 * although the request is valid and can be retried.
 *
 * @internal
 */
export const isStalledUpload = (status: number, text: string): boolean => status === 400 && text.includes("i/o timeout")

/** Brand of every error, which also identifies errors from another copy of this module. */
const TypeId = "~@openmeter/sdk/OpenMeterError"

/** Base class of every error: a tagged error that knows whether a retry may succeed. */
const failure = <const Tag extends string>(
  tag: Tag
): new <A extends CallDetails>(
  details: A
) => Cause.YieldableError & {
  readonly _tag: Tag
  /** Whether a retry of the same call may succeed. */
  readonly isRetryable: boolean
} & Readonly<A> => {
  class Failure extends Data.TaggedError(tag)<CallDetails & { readonly status?: number }> {
    get isRetryable() {
      return this.status === undefined
        ? transientTags.has(tag)
        : transientStatuses.has(this.status) || isStalledUpload(this.status, this.message)
    }
  }
  // Effect's errors print as records. Users of the Promise API expect name, message and stack instead.
  Object.defineProperty(Failure.prototype, NodeInspectSymbol, { value: undefined })
  Object.defineProperty(Failure.prototype, TypeId, { value: TypeId })
  // A class expression cannot express the type parameter of the returned constructor.
  return Failure as never
}

/**
 * The server rejected the request as malformed or impossible (400).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 *
 * const program = Effect.flatMap(Meters, (meters) => meters.query("tokens_total", { groupBy: ["model"] })).pipe(
 *   Effect.tapErrorTag("BadRequestError", (error) => Effect.logError(error.message, error.validationErrors))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class BadRequestError extends failure("BadRequestError")<
  AnswerDetails & {
    /** Issues that the server listed. Empty if it only returned a message. */
    readonly validationErrors: ReadonlyArray<ValidationIssue>
  }
> {}

/**
 * The credentials are missing, invalid or expired (401).
 *
 * @example
 * ```ts
 * import { OpenMeter, UnauthorizedError } from "@openmeter/sdk"
 *
 * const query = async (token: string, renew: () => Promise<string>) => {
 *   const usage = (secret: string) => new OpenMeter({ baseUrl: "http://localhost:8888", token: secret }).portal
 *   try {
 *     return await usage(token).query("tokens_total")
 *   } catch (error) {
 *     if (!(error instanceof UnauthorizedError)) throw error
 *     return await usage(await renew()).query("tokens_total")
 *   }
 * }
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class UnauthorizedError extends failure("UnauthorizedError")<AnswerDetails> {}

/**
 * The credentials do not permit the operation, or the resource is managed elsewhere, e.g. by a subscription (403).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Entitlements } from "@openmeter/sdk/effect"
 *
 * const program = Effect.flatMap(Entitlements, ({ delete: remove }) => remove("customer-1", "ai_tokens")).pipe(
 *   Effect.catchTag("ForbiddenError", () => Effect.logInfo("a subscription manages this entitlement"))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class ForbiddenError extends failure("ForbiddenError")<AnswerDetails> {}

/**
 * The resource does not exist (404).
 *
 * @example
 * ```ts
 * import { NotFoundError, OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * const customer = await openmeter.customers.get("acme").catch((error: unknown) => {
 *   if (error instanceof NotFoundError) return undefined
 *   throw error
 * })
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class NotFoundError extends failure("NotFoundError")<AnswerDetails> {}

/**
 * The request conflicts with another resource (409).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 *
 * const setUp = Effect.flatMap(Meters, (meters) =>
 *   meters.create({ slug: "requests_total", eventType: "request", aggregation: "COUNT" })
 * ).pipe(Effect.catchTag("ConflictError", () => Effect.logInfo("the meter already exists")))
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class ConflictError extends failure("ConflictError")<
  AnswerDetails & {
    /** Id of the conflicting resource, if the server reported it. */
    readonly conflictingEntityId?: string
  }
> {}

/**
 * The state of the resource does not permit the operation, e.g. because the customer is deleted (412).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Customers } from "@openmeter/sdk/effect"
 *
 * const rename = Effect.flatMap(Customers, (customers) => customers.update("acme", { name: "ACME Inc." })).pipe(
 *   Effect.catchTag("PreconditionFailedError", () => Effect.logInfo("the customer is deleted"))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class PreconditionFailedError extends failure("PreconditionFailedError")<AnswerDetails> {}

/**
 * The request is larger than the server, or a proxy in front of it, accepts (413).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Events, type Event } from "@openmeter/sdk/effect"
 *
 * const send = (events: ReadonlyArray<Event>): Effect.Effect<void, unknown, Events> =>
 *   Effect.flatMap(Events, ({ ingest }) => ingest(events)).pipe(
 *     Effect.asVoid,
 *     Effect.catchTag("PayloadTooLargeError", (error) => {
 *       const half = Math.ceil(events.length / 2)
 *       if (half === events.length) return Effect.fail(error)
 *       return Effect.andThen(send(events.slice(0, half)), send(events.slice(half)))
 *     })
 *   )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class PayloadTooLargeError extends failure("PayloadTooLargeError")<AnswerDetails> {}

/**
 * The server limits the request rate (429).
 *
 * @example
 * ```ts
 * import { RateLimitedError } from "@openmeter/sdk"
 *
 * // How long a queue should delay the failed job, in milliseconds.
 * const delayOf = (error: unknown) => (error instanceof RateLimitedError ? (error.retryAfter ?? 60_000) : 0)
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class RateLimitedError extends failure("RateLimitedError")<
  AnswerDetails & {
    /** Time to wait as requested by the server, in milliseconds. */
    readonly retryAfter?: number
  }
> {}

/**
 * The server, or a proxy in front of it, failed (5xx).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { CustomerEntitlements } from "@openmeter/sdk/effect"
 *
 * const mayUse = Effect.flatMap(CustomerEntitlements, (entitlements) => entitlements.value("acme", "ai_tokens")).pipe(
 *   Effect.map(({ hasAccess }) => hasAccess),
 *   Effect.catchTag("ServerError", (error) => Effect.as(Effect.logWarning(error.message), true))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class ServerError extends failure("ServerError")<
  AnswerDetails & {
    /** Time to wait as requested by the server, in milliseconds. */
    readonly retryAfter?: number
  }
> {}

/**
 * The operation is disabled on the server (501).
 *
 * @example
 * ```ts
 * import { NotImplementedError, OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * await openmeter.portal.invalidateTokens({ subject: "customer-1" }).catch((error: unknown) => {
 *   if (!(error instanceof NotImplementedError)) throw error
 *   console.log("tokens end by themselves")
 * })
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class NotImplementedError extends failure("NotImplementedError")<AnswerDetails> {}

/**
 * The response has a status that the operation does not define, e.g. a redirect, a proxy's error page, or the response
 * of a different server.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 *
 * const program = Effect.flatMap(Meters, (meters) => meters.list()).pipe(
 *   Effect.tapErrorTag("UnexpectedStatusError", ({ message }) => Effect.logError("Is this OpenMeter?", message))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class UnexpectedStatusError extends failure("UnexpectedStatusError")<AnswerDetails> {}

/**
 * The input of the call is invalid. No request was sent.
 *
 * @example
 * ```ts
 * import { InvalidRequestError, OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * await openmeter.events
 *   .ingest({ type: "prompt", subject: "customer-1", data: { tokens: Number.NaN } })
 *   .catch((error: unknown) => console.log(error instanceof InvalidRequestError && error.field)) // => data.tokens
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class InvalidRequestError extends failure("InvalidRequestError")<
  CallDetails & {
    /** Location of the invalid value, e.g. `events[3].data.tokens`. */
    readonly field: string
  }
> {}

/**
 * The server returned a success status with a body that does not match the operation's schema.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 *
 * const program = Effect.flatMap(Meters, (meters) => meters.list()).pipe(
 *   Effect.tapErrorTag("InvalidResponseError", ({ message, requestId }) => Effect.logError(message, requestId))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class InvalidResponseError extends failure("InvalidResponseError")<AnswerDetails> {}

/**
 * The connection failed, or broke before the response was complete.
 *
 * The server may have processed the request.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 *
 * const program = Effect.flatMap(Meters, (meters) => meters.list()).pipe(
 *   Effect.catchTag("TransportError", (error) => Effect.as(Effect.logWarning(error.message, error.cause), []))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class TransportError extends failure("TransportError")<
  CallDetails & {
    /** Error reported by the runtime. */
    readonly cause?: unknown
  }
> {}

/**
 * The response was not complete within the time limit.
 *
 * The server may have processed the request, unless `sent` is `false`.
 *
 * @example
 * ```ts
 * import { OpenMeter, TimeoutError } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * const meters = await openmeter.meters.list({}, { timeout: "5 seconds" }).catch((error: unknown) => {
 *   if (!(error instanceof TimeoutError)) throw error
 *   return error.sent ? "the server is slow" : "too many requests are in flight"
 * })
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class TimeoutError extends failure("TimeoutError")<
  CallDetails & {
    /** Time limit that was exceeded, in milliseconds. */
    readonly timeout: number
    /** Whether the request was sent. `false` if the time limit expired while the request was queued by a limit. */
    readonly sent: boolean
    /** Error of the previous attempt, if the time limit of the whole call cut the last attempt short. */
    readonly cause?: OpenMeterError
  }
> {}

/**
 * The circuit breaker is open. No request was sent.
 *
 * @example
 * ```ts
 * import { CircuitOpenError } from "@openmeter/sdk"
 *
 * // Headers that tell the caller when to retry.
 * const retryAfter = (error: unknown): Record<string, string> =>
 *   error instanceof CircuitOpenError ? { "retry-after": String(Math.ceil((error.retryAfter ?? 0) / 1000)) } : {}
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class CircuitOpenError extends failure("CircuitOpenError")<
  CallDetails & {
    /** Time until the breaker lets a call through again, in milliseconds. */
    readonly retryAfter?: number
  }
> {}

/**
 * The event buffer is full. The event was not accepted.
 *
 * @example
 * ```ts
 * import { BufferFullError } from "@openmeter/sdk"
 *
 * // The status to respond with when the event could not be buffered.
 * const statusOf = (error: unknown) => (error instanceof BufferFullError ? 503 : 500)
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class BufferFullError extends failure("BufferFullError")<CallDetails> {}

/**
 * The event buffer is closed or closing. The event was not accepted.
 *
 * @example
 * ```ts
 * import { BufferClosedError, OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * const buffer = openmeter.events.buffer()
 * await buffer.close()
 * await buffer.offer({ type: "prompt", subject: "customer-1" }).catch((error: unknown) => {
 *   if (!(error instanceof BufferClosedError)) throw error
 * })
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class BufferClosedError extends failure("BufferClosedError")<CallDetails> {}

/**
 * Errors that every operation can fail with.
 *
 * @since 2.0.0
 * @category errors
 */
export type CommonError =
  | BadRequestError
  | UnauthorizedError
  | ForbiddenError
  | PreconditionFailedError
  | RateLimitedError
  | ServerError
  | UnexpectedStatusError
  | InvalidRequestError
  | InvalidResponseError
  | TransportError
  | TimeoutError
  | CircuitOpenError

/**
 * Any error of a call of this SDK.
 *
 * @since 2.0.0
 * @category errors
 */
export type OpenMeterError =
  | CommonError
  | NotFoundError
  | ConflictError
  | PayloadTooLargeError
  | NotImplementedError
  | BufferFullError
  | BufferClosedError

/**
 * Guard for the errors of this SDK: `error instanceof OpenMeterError` narrows to their union, which `_tag`
 * discriminates.
 *
 * @example
 * ```ts
 * import { OpenMeter, OpenMeterError } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * await openmeter.meters.query("tokens_total").catch((error: unknown) => {
 *   if (!(error instanceof OpenMeterError)) throw error
 *   console.log(error._tag, error.isRetryable) // => NotFoundError false
 * })
 * ```
 *
 * @since 2.0.0
 * @category guards
 */
export const OpenMeterError: { readonly [Symbol.hasInstance]: (error: unknown) => error is OpenMeterError } = {
  [Symbol.hasInstance]: (error): error is OpenMeterError => Predicate.hasProperty(error, TypeId)
}

/**
 * Description of an operation, for errors, policies and spans.
 *
 * @since 2.0.0
 * @category models
 */
export interface Operation {
  /** Name as in the server's API specification, e.g. `getMeter`. */
  readonly name: string
  /** HTTP method. */
  readonly method: string
  /** Path with its parameter names, e.g. `/api/v1/meters/:meterIdOrSlug`. */
  readonly path: string
  /** Statuses that the contract declares as errors. */
  readonly errors: ReadonlySet<number>
  /** Effect of repeating the request. */
  readonly idempotency: Idempotency
}

// -----------------------------------------------------------------------------
// from HTTP
// -----------------------------------------------------------------------------

/** Statuses with a class of their own. `fromResponse` decides everything else. */
const classes = {
  400: BadRequestError,
  401: UnauthorizedError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  412: PreconditionFailedError,
  413: PayloadTooLargeError,
  429: RateLimitedError,
  500: ServerError,
  501: NotImplementedError,
  503: ServerError
} as const

/**
 * Maps the statuses `S` that an endpoint declares to their errors.
 *
 * @since 2.0.0
 * @category errors
 */
export type FromStatus<S extends number> = S extends keyof typeof classes ? InstanceType<(typeof classes)[S]> : never

/** Members of a problem document that RFC 9457 defines, with their types. */
const problemMembers = new Map(
  Object.entries({ type: "string", status: "number", title: "string", detail: "string", instance: "string" })
)

/**
 * Parses a problem document, dropping the members that have the wrong type. Without a schema, because a program that
 * only sends events does not bundle schemas.
 */
const readProblem = (text: string): ProblemDetails | undefined => {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!Predicate.isObject(body)) return undefined
  const members = Object.entries(body).filter(
    ([name, value]) => typeof value === (problemMembers.get(name) ?? typeof value)
  )
  return { type: "about:blank", ...Object.fromEntries(members) }
}

const formatIssues = /*#__PURE__*/ SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => (issue._tag === "UnexpectedKey" ? "is not a known field" : SchemaIssue.defaultLeafHook(issue))
})
const oneLine = (text: string) => text.replace(/\s+/g, " ").trim()
/** Shortens the text of a response that is not a problem document, without tags and the default problem type. */
const excerpt = (text: string) => {
  // The first part of a page that may be megabytes long is enough.
  const beginning = text.slice(0, 10_000)
  return oneLine(beginning.replace(/<[^<>]*>|"type"\s*:\s*"about:blank"\s*,?/g, " ")).slice(0, 200)
}

/** Returns the path and query of a request. They never contain credentials, and the program knows the host. */
const pathAndQuery = (request: HttpClientRequest.HttpClientRequest): string => {
  const path = request.url.replace(/^[a-z]+:\/\/[^/]*/i, "") || "/"
  const query = UrlParams.toString(request.urlParams)
  return query === "" ? path : `${path}?${query}`
}

const callDetails = (
  operation: Pick<Operation, "name" | "method" | "path">,
  request: HttpClientRequest.HttpClientRequest | undefined
) => ({
  operation: operation.name,
  method: operation.method,
  url: request === undefined ? operation.path : pathAndQuery(request)
})

/**
 * Returns the time to wait that the headers of a response request, in milliseconds from `now`.
 *
 * Reads `Retry-After` in seconds or as an HTTP date (RFC 9110), and ignores any other value.
 *
 * @since 2.0.0
 * @category combinators
 */
export const retryAfter = (headers: Readonly<Record<string, string | undefined>>, now: number): number | undefined => {
  const value = headers["retry-after"]?.trim()
  if (value === undefined || value === "") return undefined
  // Date.parse finds a date in almost any string that contains a number.
  const date = value.endsWith(" GMT") ? Date.parse(value) : Number.NaN
  const milliseconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : date - now
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined
}

/** Reads an extension member of a problem, either at the top level or nested under `extensions`. */
const extension = (problem: ProblemDetails | undefined, name: string): unknown => {
  const nested = problem?.["extensions"]
  return (Predicate.isObject(nested) ? (nested as Record<string, unknown>)[name] : undefined) ?? problem?.[name]
}

const validationIssues = (problem: ProblemDetails | undefined): ReadonlyArray<ValidationIssue> => {
  const issues = extension(problem, "validationErrors")
  return Array.isArray(issues) ? issues.filter(Predicate.isObject) : []
}

const redirectHint = (response: HttpClientResponse.HttpClientResponse) => {
  const location = response.headers["location"]?.replace(/[?#].*$/, "")
  return `redirects are not followed: ${location === undefined ? "set baseUrl to the final address" : `set baseUrl so that it leads to ${location}`}`
}

const isSuccess = (status: number) => status >= 200 && status < 300

const requestIdOf = (
  response: HttpClientResponse.HttpClientResponse,
  problem: ProblemDetails | undefined
): string | undefined => /^urn:request:(.+)$/.exec(problem?.instance ?? "")?.[1] ?? response.headers["x-request-id"]

/** Formats the members that are specific to a gateway, e.g. `{"message":"Forbidden"}`. */
const unknownWords = ({
  type: _type,
  status: _status,
  instance: _instance,
  title: _title,
  detail: _detail,
  ...rest
}: ProblemDetails) => (Object.keys(rest).length === 0 ? "" : excerpt(JSON.stringify(rest)))

/** Describes the failure, in the server's words if it sent any. */
const describe = (
  response: HttpClientResponse.HttpClientResponse,
  problem: ProblemDetails | undefined,
  text: string
): string => {
  if (response.status === 0 || (response.status >= 300 && response.status < 400)) return redirectHint(response)
  if (isSuccess(response.status)) return "(a success status that the operation does not define)"
  // Error pages tend to start with the status, which the message already contains.
  if (problem === undefined) return excerpt(text).replace(new RegExp(`^${response.status} `), "") || "(empty body)"
  const issues = validationIssues(problem).flatMap((issue) =>
    Predicate.isString(issue.message)
      ? [issue.field === undefined ? issue.message : `${issue.field}: ${issue.message}`]
      : []
  )
  const words = [problem.title, problem.detail || issues.join("; ")].map((part) => oneLine(part ?? "").slice(0, 1000))
  return words.filter((part) => part !== "").join(": ") || unknownWords(problem) || "(no detail)"
}

/**
 * Maps an unsuccessful response to its error.
 *
 * Only the status determines the class, regardless of the body's content type: a status that the operation declares
 * maps to its class, every 5xx to `ServerError`, and any other to `UnexpectedStatusError`.
 *
 * @since 2.0.0
 * @category combinators
 */
export const fromResponse = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse,
  text: string,
  now: number
): OpenMeterError => {
  const { status } = response
  // The body of a success may contain requested data, such as a token. It is not a problem and must not end up in an
  // error.
  const problem = isSuccess(status) ? undefined : readProblem(text)
  const requestId = requestIdOf(response, problem)
  const wait = retryAfter(response.headers, now)
  const details: AnswerDetails = {
    ...callDetails(operation, response.request),
    status,
    message: `${operation.name}: ${status} ${describe(response, problem, text)}`,
    ...(requestId === undefined ? {} : { requestId }),
    ...(problem === undefined ? {} : { problem })
  }
  const waiting = { ...details, ...(wait === undefined ? {} : { retryAfter: wait }) }
  if (status === 429) return new RateLimitedError(waiting)
  if (status === 501 && operation.errors.has(501)) return new NotImplementedError(details)
  if (status >= 500) return new ServerError(waiting)
  if (!operation.errors.has(status)) return new UnexpectedStatusError(details)
  switch (status) {
    case 400:
      return new BadRequestError({ ...details, validationErrors: validationIssues(problem) })
    case 401:
      return new UnauthorizedError(details)
    case 403:
      return new ForbiddenError(details)
    case 404:
      return new NotFoundError(details)
    case 409: {
      const id = extension(problem, "conflictingEntityId")
      return new ConflictError(Predicate.isString(id) ? { ...details, conflictingEntityId: id } : details)
    }
    case 412:
      return new PreconditionFailedError(details)
    case 413:
      return new PayloadTooLargeError(details)
    default:
      return new UnexpectedStatusError(details)
  }
}

/**
 * Formats a path as in `events[3].data`.
 *
 * @internal
 */
export const formatPath = (path: ReadonlyArray<PropertyKey>): string =>
  path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join("")

const types: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  array: "an array"
}

/**
 * Rephrases a schema's message as a rule: JSON types get an article, and structs, whose names are internal, become "an
 * object".
 */
const asRule = (message: string): string => {
  if (message === "Missing key") return "is required"
  const [, expected] = /^Expected (.*)$/s.exec(message) ?? []
  if (expected === undefined) return message
  const alternatives = expected
    .replace(/between (\d+) and 9007199254740991$/, "of at least $1")
    .split(" | ")
    .filter((alternative) => alternative !== "undefined" && alternative !== "null")
    .map((alternative) => types[alternative] ?? (/^[A-Z]\w*$/.test(alternative) ? "an object" : alternative))
  return `must be ${[...new Set(alternatives)].join(" or ")}`
}

/** Returns the first issue that a schema reports, with all alternatives for the same value. */
const firstIssue = (error: Schema.SchemaError, whole: string, prefix: ReadonlyArray<string> = []) => {
  const [first, ...others] = formatIssues(error.issue).issues.map(({ message, path = [] }) => ({
    message,
    field: formatPath([...prefix, ...(path as ReadonlyArray<PropertyKey>)]) || whole
  }))
  const alternatives = others.filter((issue) => issue.field === first?.field).map((issue) => issue.message)
  return {
    field: first?.field ?? whole,
    reasons: [...new Set([first?.message ?? "is not valid", ...alternatives])]
  }
}

/**
 * Creates the error of input that a request schema rejects. `field` prefixes the schema's path with the name under
 * which the user knows the checked value.
 *
 * @since 2.0.0
 * @category combinators
 */
export const invalidRequest = (
  operation: Pick<Operation, "name" | "method" | "path">,
  error: Schema.SchemaError,
  field: string = ""
): InvalidRequestError => {
  const issue = firstIssue(error, "request", field === "" ? [] : [field])
  const rules = issue.reasons.map(asRule).join(", or ")
  return refused(operation, issue.field, rules.replaceAll(", or must be ", ", or "))
}

/**
 * Creates the error of input that violates a rule.
 *
 * @since 2.0.0
 * @category combinators
 */
export const refused = (
  operation: Pick<Operation, "name" | "method" | "path">,
  field: string,
  reason: string
): InvalidRequestError =>
  new InvalidRequestError({
    ...callDetails(operation, undefined),
    field,
    message: `${operation.name}: ${field}: ${oneLine(reason)}`
  })

/**
 * Creates the error of a success whose body does not match the operation's schema.
 *
 * Reports what was expected and where, never the actual value, which may be a secret.
 *
 * @since 2.0.0
 * @category combinators
 */
export const invalidResponse = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse,
  error: unknown
): InvalidResponseError => {
  const requestId = requestIdOf(response, undefined)
  const issue = Schema.isSchemaError(error) ? firstIssue(error, "body") : undefined
  const reason =
    issue === undefined ? "unexpected content type" : `${issue.field}: ${oneLine(issue.reasons.join(", or "))}`
  return new InvalidResponseError({
    ...callDetails(operation, response.request),
    status: response.status,
    message: `${operation.name}: ${response.status} with an unreadable body: ${reason}`,
    ...(requestId === undefined ? {} : { requestId })
  })
}

/**
 * Returns the message of a runtime error. OpenSSL errors are described by `reason`, because their message contains
 * memory addresses.
 */
const wordsOf = (error: Error): string | undefined => {
  if (Predicate.hasProperty(error, "library") && Predicate.hasProperty(error, "reason")) {
    return `${error.library}: ${error.reason}`
  }
  return error.message || (Predicate.hasProperty(error, "code") ? String(error.code) : undefined)
}

/** Returns the innermost message of a runtime's network error: `fetch failed` alone explains nothing. */
const innermost = (cause: unknown): string => {
  let message = ""
  for (let current = cause, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    message = wordsOf(current) ?? message
  }
  return oneLine(message)
}

/**
 * Creates the error of a request without a complete response.
 *
 * @since 2.0.0
 * @category combinators
 */
export const fromHttpClientError = (
  operation: Operation,
  error: HttpClientError.HttpClientError
): TransportError | InvalidRequestError => {
  const { reason } = error
  // HttpClientError holds the request with its headers, so only the runtime's error becomes the cause.
  const cause = "cause" in reason ? reason.cause : undefined
  if (reason._tag === "InvalidUrlError") return refused(operation, "baseUrl", "does not form a valid URL with the path")
  const words =
    innermost(cause) || ("description" in reason ? reason.description : undefined) || "the connection failed"
  return new TransportError({
    ...callDetails(operation, reason.request),
    message: `${operation.name}: no response: ${words}`,
    ...(cause === undefined ? {} : { cause })
  })
}

/**
 * Creates the error of a request whose response was not complete after `timeout` milliseconds.
 *
 * @param before - error of the previous attempt, if this one was cut short
 * @since 2.0.0
 * @category combinators
 */
export const timedOut = (
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  timeout: number,
  before?: OpenMeterError
): TimeoutError =>
  new TimeoutError({
    ...callDetails(operation, request),
    timeout,
    sent: true,
    message: `${operation.name}: no complete response within ${timeout} ms${before === undefined ? "" : `, after ${before.message}`}`,
    ...(before === undefined ? {} : { cause: before })
  })

/**
 * Creates the error of a request that a limit held back for `timeout` milliseconds.
 *
 * @since 2.0.0
 * @category combinators
 */
export const neverSent = (
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  timeout: number
): TimeoutError =>
  new TimeoutError({
    ...callDetails(operation, request),
    timeout,
    sent: false,
    message: `${operation.name}: not sent within ${timeout} ms: held back by a request limit`
  })

/**
 * Creates the error of a call that the circuit breaker rejects.
 *
 * @since 2.0.0
 * @category combinators
 */
export const circuitOpen = (
  operation: Operation,
  request: HttpClientRequest.HttpClientRequest,
  reason: CircuitBreakerErrorReason
): CircuitOpenError =>
  new CircuitOpenError({
    ...callDetails(operation, request),
    message: `${operation.name}: not sent: ${
      reason._tag === "CircuitOpen" ? "the circuit is open after too many failures" : oneLine(reason.message)
    }`,
    ...(reason._tag === "CircuitOpen" ? { retryAfter: Duration.toMillis(reason.retryAfter) } : {})
  })
