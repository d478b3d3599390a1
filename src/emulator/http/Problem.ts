/**
 * Problems: the `application/problem+json` bodies that refusals are answered with.
 */
import type { Refusal } from "../Refusal.ts"
import type { WireResponse } from "./Handler.ts"

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

/** The members of a problem; undefined ones are omitted from the body. */
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
