/**
 * The interface of handlers: a request as it arrived, the state, the instant, and a response.
 */
import type { State } from "../store/State.ts"
import type { Query } from "./Query.ts"

/** A request as it arrived on the wire. */
export interface WireRequest {
  readonly method: string
  /** The path as it was sent, escapes included and without the query. */
  readonly path: string
  /** The path parameters, decoded the way the server decodes them. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  /** The headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text; empty when there was none. */
  readonly body: string
}

/** One call of a handler. */
export interface Call {
  readonly request: WireRequest
  /** The instant of the call, in epoch milliseconds. */
  readonly now: number
  readonly state: State
}

/** An answer as it goes out on the wire. */
export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Answers one operation, or throws the `Refusal` that is to be answered. */
export type Handler = (call: Call) => WireResponse

/** An answer that carries JSON. */
export const json = (status: number, body: unknown): WireResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

/** An answer without a body. */
export const empty = (status: number): WireResponse => ({ status, headers: {}, body: undefined })

/** An answer that carries text of the given content type. */
export const text = (status: number, contentType: string, body: string): WireResponse => ({
  status,
  headers: { "content-type": contentType },
  body
})
