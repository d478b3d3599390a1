/**
 * What a server says, in the words of the wire.
 */
import type { Wire } from "./server.ts"

/** What an answer may depend on. */
export interface Exchange {
  /** The answer that the operation expects. */
  readonly ok: Wire
  /** The address of another server, at which nobody should ever arrive. */
  readonly elsewhere: string
}

/** What a server does with a request. */
export type Reply = (exchange: Exchange) => Wire

const reasons: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Payload Too Large",
  424: "Failed Dependency",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout"
}

export type Headers = Readonly<Record<string, string | number>>

/** The head of an answer. */
export const head = (status: number, headers: Headers = {}, version = "1.1"): string =>
  [
    `HTTP/${version} ${status} ${reasons[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "\r\n"
  ].join("\r\n")

/** A whole answer, on a connection that stays. */
export const message = (status: number, type: string, body: string | Uint8Array, headers: Headers = {}): Wire => {
  const content = Buffer.from(body)
  const described = type === "" ? headers : { "content-type": type, ...headers }
  const start = head(
    status,
    status === 204 || status === 304 ? described : { ...described, "content-length": content.length }
  )
  return { bytes: Buffer.concat([Buffer.from(start), content]), ending: "keep" }
}

/** A whole answer, on a connection that stays. */
export const answer =
  (status: number, type: string, body: string | Uint8Array = "", headers: Headers = {}): Reply =>
  () =>
    message(status, type, body, headers)

/** The problem document that the server would write. */
export const problemOf = (status: number, detail = "the detail"): string =>
  JSON.stringify({
    type: "about:blank",
    title: reasons[status],
    status,
    detail,
    instance: "urn:request:host/abc-000001"
  })

/** A problem, as the server answers it. */
export const problem =
  (status: number, headers: Headers | (() => Headers) = {}, detail?: string): Reply =>
  () =>
    message(
      status,
      "application/problem+json",
      problemOf(status, detail),
      typeof headers === "function" ? headers() : headers
    )

/** What the operation expects. */
export const ok: Reply = ({ ok }) => ok

/** A way to somewhere else. */
export const redirect =
  (status: number): Reply =>
  ({ elsewhere }) =>
    message(status, "text/html", "<a>Moved</a>", { location: `${elsewhere}/login?from=here` })

/** Bytes as they are, and what becomes of the connection. */
export const raw =
  (bytes: string | Uint8Array, ending: Wire["ending"]): Reply =>
  () => ({ bytes, ending })

/** The same, to a request whose body is left unread. */
export const unread =
  (reply: Reply): Reply =>
  (exchange) => ({ ...reply(exchange), unread: true })

/** The same, but with another fate of the connection. */
export const ending =
  (ending: Wire["ending"], reply: Reply): Reply =>
  (exchange) => ({ ...reply(exchange), ending })

/** The same, in pieces of so many bytes, one every so many milliseconds. */
export const dripping =
  (size: number, every: number, reply: Reply): Reply =>
  (exchange) => ({ ...reply(exchange), drip: { size, every } })

/** The same, with other bytes before it. */
export const preceded =
  (bytes: string, reply: Reply): Reply =>
  (exchange) => {
    const wire = reply(exchange)
    return { ...wire, bytes: Buffer.concat([Buffer.from(bytes), Buffer.from(wire.bytes)]) }
  }
