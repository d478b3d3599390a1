/**
 * An HttpClient whose requests go to an in-process exchange: without a socket, and in no time.
 */
import * as Effect from "effect/Effect"
import type * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import type { Outcome } from "./http/Exchange.ts"
import type { WireResponse } from "./http/Handler.ts"
import type { RawRequest } from "./http/router.ts"

const connectionReset = () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" })

const textOf = (body: HttpBody.HttpBody): Effect.Effect<string, unknown> => {
  switch (body._tag) {
    case "Empty":
      return Effect.succeed("")
    case "Uint8Array":
      return Effect.sync(() => new TextDecoder().decode(body.body))
    case "Raw":
      // What fetch would take as a body, a Response takes too.
      return Effect.tryPromise(() => new Response(body.body as BodyInit).text())
    case "FormData":
      return Effect.tryPromise(() => new Response(body.formData).text())
    case "Stream":
      return Stream.mkString(Stream.decodeText(body.stream))
  }
}

const cutOff = (body: string, bytes: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull: (controller) => {
      controller.enqueue(new TextEncoder().encode(body).subarray(0, bytes))
      controller.error(connectionReset())
    }
  })

const bodiless = new Set([204, 205, 304])

const webResponse = (response: WireResponse, body: BodyInit | null): Response =>
  new Response(bodiless.has(response.status) ? null : body, { status: response.status, headers: response.headers })

/** An HttpClient over the emulator. The origin of a URL does not matter. */
export const make = (exchange: (request: RawRequest) => Effect.Effect<Outcome>): HttpClient.HttpClient =>
  HttpClient.make((request: HttpClientRequest.HttpClientRequest, url) => {
    const failed = (cause: unknown) =>
      new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request, cause }) })
    return textOf(request.body).pipe(
      Effect.mapError(failed),
      Effect.flatMap((body) =>
        exchange({ method: request.method, url: url.pathname + url.search, headers: request.headers, body })
      ),
      Effect.flatMap((outcome) => {
        if (outcome._tag === "Reset") return Effect.fail(failed(connectionReset()))
        const { response } = outcome
        const body = outcome._tag === "CutOff" ? cutOff(response.body ?? "", outcome.bytes) : (response.body ?? null)
        return Effect.succeed(HttpClientResponse.fromWeb(request, webResponse(response, body)))
      })
    )
  })
