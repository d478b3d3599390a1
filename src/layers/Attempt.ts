/**
 * One attempt of a call: sent, and read to its last byte, within a time.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientError from "effect/http/HttpClientError"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Stream from "effect/Stream"
import { fromHttpClientError, timedOut } from "../errors.ts"
import { CurrentOperation } from "./Call.ts"
import { endWait, remaining } from "./Deadline.ts"
import type { Client } from "./Policy.ts"

/** A response whose body is in memory: no socket hangs on it, and it can be read as often as anyone likes. */
const inMemory = (
  response: HttpClientResponse.HttpClientResponse,
  buffer: ArrayBuffer
): HttpClientResponse.HttpClientResponse => {
  let decoded: string | undefined
  const text = Effect.sync(() => (decoded ??= new TextDecoder().decode(buffer)))
  const json = Effect.flatMap(text, (body) =>
    Effect.try({
      try: (): unknown => (body === "" ? null : JSON.parse(body)),
      catch: (cause) =>
        new HttpClientError.HttpClientError({
          reason: new HttpClientError.DecodeError({ request: response.request, response, cause })
        })
    })
  )
  return Object.create(response, {
    arrayBuffer: { value: Effect.succeed(buffer) },
    text: { value: text },
    json: { value: json },
    stream: { get: () => Stream.make(new Uint8Array(buffer)) }
  })
}

/**
 * Makes a client read each answer whole, into memory, before a time or the call's deadline is over.
 *
 * An answer counts as there when its last byte is: a body that stalls is a timeout, and one that breaks off a transport
 * error, so that whatever is built on attempts sees both.
 *
 * @param attemptTimeout - how long an attempt may take, in milliseconds
 * @since 2.0.0
 * @category combinators
 */
export const attempt = (self: HttpClient.HttpClient, attemptTimeout: number): Client =>
  HttpClient.makeWith(
    (prepared: Effect.Effect<HttpClientRequest.HttpClientRequest, HttpClientError.HttpClientError>) =>
      Effect.withFiber((fiber) => {
        endWait(fiber)
        const operation = fiber.getRef(CurrentOperation)
        const timeout = Math.max(0, Math.min(attemptTimeout, remaining(fiber)))
        return Effect.flatMap(prepared, (request) => {
          const answer = Effect.flatMap(self.postprocess(Effect.succeed(request)), (response) =>
            Effect.map(response.arrayBuffer, (buffer) => inMemory(response, buffer))
          )
          return timeout === Number.POSITIVE_INFINITY
            ? answer
            : Effect.timeoutOrElse(answer, {
                duration: timeout,
                orElse: () => Effect.fail(timedOut(operation, request, timeout))
              })
        }).pipe(Effect.catchTag("HttpClientError", (error) => Effect.fail(fromHttpClientError(operation, error))))
      }),
    self.preprocess
  )
