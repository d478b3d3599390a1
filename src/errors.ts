/**
 * What can go wrong: one tagged class a kind of failure, and the one mapping from HTTP to them.
 *
 * Every class can be caught by its `_tag` in an Effect program (`Effect.catchTag("NotFoundError", …)`) and by
 * `instanceof` where Promises are used.
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
 * What every error tells of the call that failed.
 *
 * @since 2.0.0
 * @category models
 */
export interface CallDetails {
  /** What failed, with what status, and the server's own words. One line, never blank. */
  readonly message: string
  /** The operation, by the name it has in the server's API document, e.g. `getMeter`. */
  readonly operation: string
  /** The HTTP method. */
  readonly method: string
  /** Path and query of the request, without host and credentials. */
  readonly url: string
}

/**
 * What an error tells besides when the server has answered.
 *
 * @since 2.0.0
 * @category models
 */
export interface AnswerDetails extends CallDetails {
  /** The HTTP status. 0 stands for a redirect that a browser hides. */
  readonly status: number
  /** The id under which the server logged the request. */
  readonly requestId?: string
  /** The problem document (RFC 9457), when the answer held one. */
  readonly problem?: ProblemDetails
}

/**
 * One thing that the server found wrong with a request.
 *
 * @since 2.0.0
 * @category models
 */
export interface ValidationIssue {
  /** A stable name of the rule, e.g. `grant_amount_must_be_positive`. */
  readonly code?: string
  /** Where the offending value stands, as a JSONPath, e.g. `$.amount`. */
  readonly field?: string
  /** What is wrong, in the server's words. */
  readonly message?: string
  /** How bad it is, e.g. `critical`. */
  readonly severity?: string
  readonly [extension: string]: unknown
}

const transientStatuses = new Set([408, 429, 500, 502, 503, 504])
const transientTags = new Set(["TransportError", "TimeoutError", "CircuitOpenError", "BufferFullError"])

/**
 * Whether an answer tells of an upload that stalled for a minute: that is a 400, too, although nothing is wrong with the
 * request.
 *
 * @internal
 */
export const isStalledUpload = (status: number, text: string): boolean => status === 400 && text.includes("i/o timeout")

/** What every error has, of whichever copy of this module. */
const TypeId = "~@openmeter/sdk/OpenMeterError"

/** The base of every error: a tagged error that knows whether the same call may succeed later. */
const failure = <const Tag extends string>(
  tag: Tag
): new <A extends CallDetails>(
  details: A
) => Cause.YieldableError & {
  readonly _tag: Tag
  /** Whether the same call may succeed later. */
  readonly isRetryable: boolean
} & Readonly<A> => {
  class Failure extends Data.TaggedError(tag)<CallDetails & { readonly status?: number }> {
    get isRetryable() {
      return this.status === undefined
        ? transientTags.has(tag)
        : transientStatuses.has(this.status) || isStalledUpload(this.status, this.message)
    }
  }
  // Errors of effect print as records. These are also thrown at people who never heard of effect: name, message, stack.
  Object.defineProperty(Failure.prototype, NodeInspectSymbol, { value: undefined })
  Object.defineProperty(Failure.prototype, TypeId, { value: TypeId })
  // The type parameter of the returned constructor is each class's own, which a class expression cannot express.
  return Failure as never
}

/**
 * The server refused the request as malformed or impossible (400).
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
    /** What the server listed as wrong. Empty when it only gave a text. */
    readonly validationErrors: ReadonlyArray<ValidationIssue>
  }
> {}

/**
 * The credentials are missing, wrong or expired (401).
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
 * The credentials do not allow the call, or the resource is managed by another (403).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Entitlements } from "@openmeter/sdk/effect"
 *
 * const program = Effect.flatMap(Entitlements, ({ delete: remove }) => remove("customer-1", "ai_tokens")).pipe(
 *   Effect.catchTag("ForbiddenError", () => Effect.logInfo("a subscription manages this entitlement: end that one"))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class ForbiddenError extends failure("ForbiddenError")<AnswerDetails> {}

/**
 * There is no such resource (404).
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
 * Another resource stands in the way (409).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 *
 * const setUp = Effect.flatMap(Meters, (meters) =>
 *   meters.create({ slug: "requests_total", eventType: "request", aggregation: "COUNT" })
 * ).pipe(Effect.catchTag("ConflictError", () => Effect.logInfo("the meter is there already")))
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class ConflictError extends failure("ConflictError")<
  AnswerDetails & {
    /** The id of the resource that stands in the way, when the server told it. */
    readonly conflictingEntityId?: string
  }
> {}

/**
 * The resource is in a state that does not allow the call, e.g. the customer is deleted (412).
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
 * The request is larger than the server or a proxy before it takes (413).
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
 * The server asks for fewer requests (429).
 *
 * @example
 * ```ts
 * import { RateLimitedError } from "@openmeter/sdk"
 *
 * // For how many milliseconds a queue should hold back the job that failed.
 * const delayOf = (error: unknown) => (error instanceof RateLimitedError ? (error.retryAfter ?? 60_000) : 0)
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class RateLimitedError extends failure("RateLimitedError")<
  AnswerDetails & {
    /** For how long the server asks to wait, in milliseconds. */
    readonly retryAfter?: number
  }
> {}

/**
 * The server, or a proxy before it, failed (5xx).
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
    /** For how long the server asks to wait, in milliseconds. */
    readonly retryAfter?: number
  }
> {}

/**
 * The server knows the operation and has it switched off (501).
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
 * The answer has a status that the operation does not have: a redirect, a proxy's page, another server.
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
 * The call's input is wrong: nothing was sent.
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
    /** Where the offending value stands, e.g. `events[3].data.tokens`. */
    readonly field: string
  }
> {}

/**
 * The server answered success with a body that is not what the operation returns.
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
 * The connection could not be made, or broke before the whole answer was there.
 *
 * The server may have done what was asked.
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
    /** What the runtime said. */
    readonly cause?: unknown
  }
> {}

/**
 * The whole answer was not there in time.
 *
 * The server may have done what was asked, unless `sent` is false.
 *
 * @example
 * ```ts
 * import { OpenMeter, TimeoutError } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * const meters = await openmeter.meters.list({}, { timeout: "5 seconds" }).catch((error: unknown) => {
 *   if (!(error instanceof TimeoutError)) throw error
 *   return error.sent ? "the server is slow" : "too many requests are under way"
 * })
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class TimeoutError extends failure("TimeoutError")<
  CallDetails & {
    /** How long was waited, in milliseconds. */
    readonly timeout: number
    /** Whether anything was sent: `false` when the time went by in the queue of a limit. */
    readonly sent: boolean
    /** What the attempt before met, when the last one was cut short by the end of the call's time. */
    readonly cause?: OpenMeterError
  }
> {}

/**
 * The circuit breaker is open: nothing was sent.
 *
 * @example
 * ```ts
 * import { CircuitOpenError } from "@openmeter/sdk"
 *
 * // The headers of an answer that says when to come back.
 * const retryAfter = (error: unknown): Record<string, string> =>
 *   error instanceof CircuitOpenError ? { "retry-after": String(Math.ceil((error.retryAfter ?? 0) / 1000)) } : {}
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class CircuitOpenError extends failure("CircuitOpenError")<
  CallDetails & {
    /** When the breaker lets a call through again, in milliseconds from now. */
    readonly retryAfter?: number
  }
> {}

/**
 * The buffer holds all that it may: the event was not taken.
 *
 * @example
 * ```ts
 * import { BufferFullError } from "@openmeter/sdk"
 *
 * // The status of a request whose event could not be taken: come back when the buffer has room.
 * const statusOf = (error: unknown) => (error instanceof BufferFullError ? 503 : 500)
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class BufferFullError extends failure("BufferFullError")<CallDetails> {}

/**
 * The buffer is closed, or about to be: the event was not taken.
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
 * What every call can fail with, whatever the operation.
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
 * Everything that a call of this SDK can fail with.
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
 * Tells the errors of this SDK from all others: `error instanceof OpenMeterError` narrows to their union, whose members
 * `_tag` tells apart.
 *
 * @example
 * ```ts
 * import { OpenMeter, OpenMeterError } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * await openmeter.meters.query("tokens_total").catch((error: unknown) => {
 *   if (!(error instanceof OpenMeterError)) throw error
 *   console.log(error._tag, error.isRetryable) // => TransportError true
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
 * The operation that a call performs, as the errors, the policies and the spans need to know it.
 *
 * @since 2.0.0
 * @category models
 */
export interface Operation {
  /** The name that it has in the server's API document, e.g. `getMeter`. */
  readonly name: string
  /** The HTTP method. */
  readonly method: string
  /** The path with its parameters' names, e.g. `/api/v1/meters/:meterIdOrSlug`. */
  readonly path: string
  /** The statuses that its contract declares as errors. */
  readonly errors: ReadonlySet<number>
  /** What a repeated request does. */
  readonly idempotency: Idempotency
}

// -----------------------------------------------------------------------------
// from HTTP
// -----------------------------------------------------------------------------

/** The classes of the statuses that one class stands for alone. Everything else is decided in `fromResponse`. */
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
 * The errors that the declared statuses `S` of an endpoint become.
 *
 * @since 2.0.0
 * @category errors
 */
export type FromStatus<S extends number> = S extends keyof typeof classes ? InstanceType<(typeof classes)[S]> : never

/** The members of a problem document that RFC 9457 defines, with their types. */
const problemMembers = new Map(
  Object.entries({ type: "string", status: "number", title: "string", detail: "string", instance: "string" })
)

/**
 * The problem document that a text is, without such members as are not of their type: by hand, because a program that
 * only sends events carries no schemas.
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
/** The beginning of a text that is no problem document, without what says nothing: tags, and the type of most problems. */
const excerpt = (text: string) => {
  // Of a page of megabytes, the beginning is enough.
  const beginning = text.slice(0, 10_000)
  return oneLine(beginning.replace(/<[^<>]*>|"type"\s*:\s*"about:blank"\s*,?/g, " ")).slice(0, 200)
}

/** Path and query of a request: the host is the program's own affair, and credentials are never in them. */
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
 * For how long the headers of an answer ask to wait, in milliseconds from `now`.
 *
 * Reads `Retry-After` as seconds or as an HTTP date (RFC 9110); anything else is as if there were none.
 *
 * @since 2.0.0
 * @category combinators
 */
export const retryAfter = (headers: Readonly<Record<string, string | undefined>>, now: number): number | undefined => {
  const value = headers["retry-after"]?.trim()
  if (value === undefined || value === "") return undefined
  // Date.parse sees a date in almost anything that holds a number.
  const date = value.endsWith(" GMT") ? Date.parse(value) : Number.NaN
  const milliseconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : date - now
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined
}

/** The members of a problem that the server nests under `extensions`, wherever a server puts them. */
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
  return `redirects are not followed: ${location === undefined ? "set baseUrl to the final address" : `baseUrl should lead to ${location}`}`
}

const isSuccess = (status: number) => status >= 200 && status < 300

const requestIdOf = (
  response: HttpClientResponse.HttpClientResponse,
  problem: ProblemDetails | undefined
): string | undefined => /^urn:request:(.+)$/.exec(problem?.instance ?? "")?.[1] ?? response.headers["x-request-id"]

/** What a gateway says in words of its own, e.g. `{"message":"Forbidden"}`. */
const unknownWords = ({
  type: _type,
  status: _status,
  instance: _instance,
  title: _title,
  detail: _detail,
  ...rest
}: ProblemDetails) => (Object.keys(rest).length === 0 ? "" : excerpt(JSON.stringify(rest)))

/** What happened, in the server's words where it has any. */
const describe = (
  response: HttpClientResponse.HttpClientResponse,
  problem: ProblemDetails | undefined,
  text: string
): string => {
  if (response.status === 0 || (response.status >= 300 && response.status < 400)) return redirectHint(response)
  if (isSuccess(response.status)) return "(a success that the operation does not have)"
  // Pages like to begin with the status, which the message has said already.
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
 * The error that an answer without success is.
 *
 * The status alone decides the class, whatever the content type of the body: a status that the operation declares
 * becomes its class, every 5xx a `ServerError`, and any other an `UnexpectedStatusError`.
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
  // The body of a success may hold what was asked for, a token say: it is no problem, and goes into no error.
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
 * `events[3].data`, from the parts of a path.
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

/** What a schema expects, as a rule: types by their names in a sentence, and structs, which have names of ours, as objects. */
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

/** The first thing that a schema found wrong, with the alternatives that the same value has. */
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
 * The error of input that the schema of a request refuses. `field` is the name under which the caller knows the value
 * that was checked, when the schema's own path does not begin with it.
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
 * The error of input that a rule refuses.
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
 * The error of a success whose body is not what the operation returns.
 *
 * Tells what was expected and where, never what came: it may be a secret.
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
    message: `${operation.name}: ${response.status} with a body that cannot be read: ${reason}`,
    ...(requestId === undefined ? {} : { requestId })
  })
}

/** What a runtime's error says. OpenSSL's own words stand beside a message that holds addresses in its memory. */
const wordsOf = (error: Error): string | undefined => {
  if (Predicate.hasProperty(error, "library") && Predicate.hasProperty(error, "reason")) {
    return `${error.library}: ${error.reason}`
  }
  return error.message || (Predicate.hasProperty(error, "code") ? String(error.code) : undefined)
}

/** The innermost words of a runtime's network error: `fetch failed` alone says nothing. */
const innermost = (cause: unknown): string => {
  let message = ""
  for (let current = cause, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    message = wordsOf(current) ?? message
  }
  return oneLine(message)
}

/**
 * The error of a request that got no whole answer.
 *
 * @since 2.0.0
 * @category combinators
 */
export const fromHttpClientError = (
  operation: Operation,
  error: HttpClientError.HttpClientError
): TransportError | InvalidRequestError => {
  const { reason } = error
  // The HttpClientError itself holds the request with its headers, so only what the runtime said is kept as the cause.
  const cause = "cause" in reason ? reason.cause : undefined
  if (reason._tag === "InvalidUrlError") return refused(operation, "baseUrl", "does not make a valid URL with the path")
  const words =
    innermost(cause) || ("description" in reason ? reason.description : undefined) || "the connection failed"
  return new TransportError({
    ...callDetails(operation, reason.request),
    message: `${operation.name}: no answer: ${words}`,
    ...(cause === undefined ? {} : { cause })
  })
}

/**
 * The error of a request whose whole answer was not there after `timeout` milliseconds.
 *
 * @param before - what the attempt before met, when this one was cut short
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
    message: `${operation.name}: no whole answer within ${timeout} ms${before === undefined ? "" : `, after ${before.message}`}`,
    ...(before === undefined ? {} : { cause: before })
  })

/**
 * The error of a request whose turn had not come after `timeout` milliseconds: a limit held it back.
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
    message: `${operation.name}: not sent within ${timeout} ms: a limit on requests held it back`
  })

/**
 * The error of a call that a circuit breaker does not let through.
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
