/**
 * A server that follows a script, in the time of the test's clock: no socket, no promise, nothing but effects.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type { OpenMeterError } from "../../src/errors.ts"
import type { Options } from "../../src/layers/Options.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { Ingest } from "../../src/services/Ingest.ts"
import { Meters } from "../../src/services/Meters.ts"

/** What the server does with one request. */
export type Step = (
  request: HttpClientRequest.HttpClientRequest
) => Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>

const transportError = (request: HttpClientRequest.HttpClientRequest) =>
  new HttpClientError.HttpClientError({
    reason: new HttpClientError.TransportError({ request, cause: new Error("socket hang up") })
  })

const response = (
  request: HttpClientRequest.HttpClientRequest,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Effect.Effect<ArrayBuffer, HttpClientError.HttpClientError>
): HttpClientResponse.HttpClientResponse =>
  Object.create(HttpClientResponse.fromWeb(request, new Response(null, { status, headers })), {
    arrayBuffer: { value: body }
  })

/** Answers at once. The body is a list of nothing, which the operations of the tests read or never look at. */
export const status =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = status === 204 ? "" : "[]"): Step =>
  (request) =>
    Effect.succeed(
      response(
        request,
        status,
        { "content-type": "application/json", ...headers },
        Effect.sync(() => new TextEncoder().encode(body).buffer)
      )
    )

/** The connection breaks before an answer. */
export const reset: Step = (request) => Effect.fail(transportError(request))

/** The connection breaks within the body of the answer. */
export const resetInBody: Step = (request) =>
  Effect.succeed(response(request, 200, {}, Effect.fail(transportError(request))))

/** No answer, ever. */
export const hang: Step = () => Effect.never

/** The body of the answer never ends. */
export const hangInBody: Step = (request) => Effect.succeed(response(request, 200, {}, Effect.never))

/** Does something after so many milliseconds. */
export const after =
  (milliseconds: number, step: Step): Step =>
  (request) =>
    Effect.delay(step(request), milliseconds)

/** A request as it was sent. */
export interface Sent {
  /** When, in milliseconds of the test's clock. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A server that follows a script, and what it saw. */
export interface Scripted {
  readonly client: HttpClient.HttpClient
  readonly sent: ReadonlyArray<Sent>
  /** When the requests were sent, in milliseconds of the test's clock. */
  readonly times: () => ReadonlyArray<number>
  /** How many requests are under way. */
  readonly underWay: () => number
  /** How many requests were under way at the most. */
  readonly most: () => number
}

/** Makes a server that does with each request what a function of its number says, which begins with 1. */
export const scripted = (script: (count: number) => Step): Scripted => {
  const sent: Array<Sent> = []
  let underWay = 0
  let most = 0
  const client = HttpClient.make((request, url) =>
    Effect.flatMap(Clock.currentTimeMillis, (at) => {
      const body = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
      sent.push({ at, method: request.method, path: url.pathname, headers: { ...request.headers }, body })
      underWay++
      most = Math.max(most, underWay)
      return Effect.ensuring(
        script(sent.length)(request),
        Effect.sync(() => underWay--)
      )
    })
  )
  return { client, sent, times: () => sent.map(({ at }) => at), underWay: () => underWay, most: () => most }
}

/** Makes a server that takes the next one of the steps for each request, and the last one again and again. */
export const following = (...steps: ReadonlyArray<Step>): Scripted =>
  scripted((count) => steps[count - 1] ?? steps.at(-1)!)

/** Services on such a server. */
export const over = (server: Scripted, options: Partial<Options> = {}) =>
  Layer.merge(Meters.layer, Ingest.layer).pipe(
    Layer.provide(Transport.layerWithoutHttpClient({ baseUrl: "http://openmeter.test", ...options })),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, server.client))
  )

/** A call of one of those services. */
export type Call = Effect.Effect<unknown, OpenMeterError, Meters | Ingest>

/** A call that may be sent again after any failure. */
export const list = Effect.flatMap(Meters, (meters) => meters.list())

/** A call that may be sent again after any failure, because the server drops what it has seen. */
export const ingest = Effect.flatMap(Ingest, ({ ingest }) => ingest({ type: "prompt", subject: "customer-1" }))

/** A call that may be sent again only when it was refused unread. */
export const create = Effect.flatMap(Meters, (meters) =>
  meters.create({ slug: "tokens", eventType: "prompt", aggregation: "COUNT" })
)

/** Gives the same number wherever one at random from 0 to 1 is asked for: with 1, every wait is as long as it may be. */
export const drawing = (number: number) =>
  Effect.provideService(Random.Random, { nextDoubleUnsafe: () => number, nextIntUnsafe: () => 0 })
