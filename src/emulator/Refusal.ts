/**
 * Refusals: why a request is rejected, in the server's words.
 *
 * They are thrown by handlers, which are synchronous, and caught by the router alone.
 */

/** What a refusal carries besides its status. */
export interface RefusalOptions {
  /** The text of `detail`; omitted from the response if undefined. */
  readonly detail?: string | undefined
  /** Members of `extensions`. */
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
  /** Whether the request validation refused it: such a problem names no `instance`. */
  readonly validation?: boolean | undefined
}

/** Thrown wherever a request is rejected, and answered with a problem. */
export class Refusal extends Error {
  override readonly name = "Refusal"
  readonly status: number
  readonly detail: string | undefined
  readonly extensions: Readonly<Record<string, unknown>> | undefined
  readonly validation: boolean

  constructor(status: number, options: RefusalOptions = {}) {
    super(options.detail ?? `refused with ${status}`)
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

/** 400 of the request validation, which has no `instance`. */
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

/** 500, which never says why. */
export const internalError = (): Refusal => new Refusal(500)

/** 501 `not implemented error: …`. */
export const notImplemented = (detail: string): Refusal =>
  new Refusal(501, { detail: `not implemented error: ${detail}` })
