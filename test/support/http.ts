/**
 * A server that is not there: answers from a list, and the requests that were sent for them.
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import type { InvalidRequestError } from "../../src/errors.ts"
import { Transport } from "../../src/layers/Transport.ts"

/** A request as it was sent: method, path with query, and the JSON body if there is one. */
export type Sent = readonly [method: string, url: string, body?: unknown]

/** An answer for one request. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** An answer with a JSON body. */
export const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body)
})

/** An answer with a plain text. */
export const text = (status: number, contentType: string, body: string): Answer => ({
  status,
  headers: { "content-type": contentType },
  body
})

/** An answer without a body. */
export const noContent: Answer = { status: 204, headers: {}, body: null }

/** A problem document as the server writes it. */
export const problem = (status: number, detail: string, extensions?: Readonly<Record<string, unknown>>): Answer => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: JSON.stringify({
    type: "about:blank",
    title: `Status ${status}`,
    status,
    detail,
    instance: "urn:request:test/1",
    ...(extensions === undefined ? {} : { extensions })
  })
})

/** The answers that are still to come, as a transport, and what was sent so far. */
export interface Recorder {
  readonly layer: Layer.Layer<Transport, InvalidRequestError>
  readonly sent: ReadonlyArray<Sent>
  /** The headers of the requests, by lower-case name. */
  readonly headers: ReadonlyArray<Readonly<Record<string, string>>>
}

const bodyOf = (request: HttpClientRequest.HttpClientRequest): string => {
  const { body } = request
  return body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
}

/** Makes a transport that gives each request the next one of the answers, and records it. */
export const answering = (...answers: ReadonlyArray<Answer>): Recorder => {
  const sent: Array<Sent> = []
  const headers: Array<Readonly<Record<string, string>>> = []
  const client = HttpClient.make((request, url) => {
    const answer = answers[sent.length]
    const body = bodyOf(request)
    const target = url.pathname + url.search
    sent.push(body === "" ? [request.method, target] : [request.method, target, JSON.parse(body)])
    headers.push({ ...request.headers })
    return answer === undefined
      ? Effect.die(new Error(`request ${sent.length} has no answer: ${request.method} ${url.pathname}`))
      : Effect.succeed(HttpClientResponse.fromWeb(request, new Response(answer.body, answer)))
  })
  return {
    layer: Layer.provide(
      Transport.layerWithoutHttpClient({ baseUrl: "http://openmeter.test" }),
      Layer.succeed(HttpClient.HttpClient, client)
    ),
    sent,
    headers
  }
}

/** A service on such a transport, and what it sent so far. */
export const connect = <I, S>(
  service: Context.Key<I, S>,
  layer: Layer.Layer<I, never, Transport>,
  ...answers: ReadonlyArray<Answer>
) => {
  const server = answering(...answers)
  return Effect.service(service).pipe(
    Effect.map((service) => ({ service, sent: server.sent, headers: server.headers })),
    Effect.provide(Layer.provide(layer, server.layer))
  )
}
