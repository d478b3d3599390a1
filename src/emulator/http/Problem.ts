/**
 * Refusals and the `application/problem+json` bodies they are answered with.
 */
import type { WireResponse } from "./Handler.ts"

/** What a refusal carries beside its status. */
export interface RefusalOptions {
  /** The text of `detail`; a refusal without one is answered without the member. */
  readonly detail?: string | undefined
  /** Members of `extensions`. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
  /** Whether the request validation refused it: such a problem names no `instance`. */
  readonly validation?: boolean | undefined
}

/** Thrown by a handler, or by what runs before it, to be answered as a problem. */
export class Refusal extends Error {
  override readonly name = "Refusal"
  readonly status: number
  readonly detail: string | undefined
  readonly extensions: Readonly<Record<string, unknown>> | undefined
  readonly validation: boolean

  constructor(status: number, options: RefusalOptions = {}) {
    super(options.detail ?? titleOf(status))
    this.status = status
    this.detail = options.detail
    this.extensions = options.extensions
    this.validation = options.validation ?? false
  }
}

/** 400 with the detail as it is. */
export const badRequest = (detail: string): Refusal => new Refusal(400, { detail })

/** 400 `validation error: …`, of a value that the request validation lets pass. */
export const validationError = (detail: string): Refusal => badRequest(`validation error: ${detail}`)

/** 400 of the request validation, which knows no `instance`. */
export const invalidRequest = (detail: string): Refusal => new Refusal(400, { detail, validation: true })

/** 401 with the detail as it is. */
export const unauthorized = (detail: string): Refusal => new Refusal(401, { detail })

/** 403 `forbidden error: …`. */
export const forbidden = (detail: string): Refusal => new Refusal(403, { detail: `forbidden error: ${detail}` })

/** 404 with the detail as it is; features and entitlements have no prefix. */
export const notFoundText = (detail: string): Refusal => new Refusal(404, { detail })

/** 404 `not found error: …`. */
export const notFound = (detail: string): Refusal => notFoundText(`not found error: ${detail}`)

/** 409 with the detail as it is; features and entitlements have no prefix. */
export const conflictText = (detail: string, extensions?: Readonly<Record<string, unknown>>): Refusal =>
  new Refusal(409, { detail, extensions })

/** 409 `conflict error: …`. */
export const conflict = (detail: string): Refusal => conflictText(`conflict error: ${detail}`)

/** 412 `precondition failed error: …`. */
export const preconditionFailed = (detail: string): Refusal =>
  new Refusal(412, { detail: `precondition failed error: ${detail}` })

/** 500, which never tells why. */
export const internalError = (): Refusal => new Refusal(500)

/** 501 `not implemented error: …`. */
export const notImplemented = (detail: string): Refusal =>
  new Refusal(501, { detail: `not implemented error: ${detail}` })

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout"
}

const titleOf = (status: number): string => titles[status] ?? `Status ${status}`

/** What a problem tells; members that are left out stay out of the body. */
export interface ProblemMembers {
  readonly status: number
  readonly detail?: string | undefined
  readonly instance?: string | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

/** An answer that carries a problem. */
export const problem = ({ status, detail, instance, extensions }: ProblemMembers): WireResponse => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify({ type: "about:blank", title: titleOf(status), status, detail, instance, extensions })
})

/** The answer to a refusal. `requestId` becomes the `instance`, where the server names one. */
export const answer = (refusal: Refusal, requestId: string): WireResponse =>
  problem({
    status: refusal.status,
    detail: refusal.detail,
    instance: refusal.validation ? undefined : `urn:request:${requestId}`,
    extensions: refusal.extensions
  })
