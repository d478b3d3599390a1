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
import type { InvalidRequestError, TimeoutError, TransportError } from "../errors.ts"
import { CurrentCallOptions, CurrentOperation } from "./Call.ts"

/**
 * What an attempt fails with when there is no answer.
 *
 * @since 2.0.0
 * @category models
 */
export type AttemptError = TransportError | TimeoutError | InvalidRequestError

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
 * Makes a client read each answer whole, into memory, before a time is over.
 *
 * An answer counts as there when its last byte is: a body that stalls is a timeout, and one that breaks off a transport
 * error, so that whatever is built on attempts sees both.
 *
 * @param limits - how long an attempt and the whole call may take, in milliseconds
 * @since 2.0.0
 * @category combinators
 */
export const attempt = (
  self: HttpClient.HttpClient,
  limits: { readonly attemptTimeout: number; readonly timeout: number }
): HttpClient.HttpClient.With<AttemptError> =>
  HttpClient.makeWith(
    (prepared: Effect.Effect<HttpClientRequest.HttpClientRequest, HttpClientError.HttpClientError>) =>
      Effect.withFiber((fiber) => {
        const operation = fiber.getRef(CurrentOperation)
        const timeout = Math.min(limits.attemptTimeout, fiber.getRef(CurrentCallOptions).timeout ?? limits.timeout)
        return Effect.flatMap(prepared, (request) =>
          Effect.flatMap(self.postprocess(Effect.succeed(request)), (response) =>
            Effect.map(response.arrayBuffer, (buffer) => inMemory(response, buffer))
          ).pipe(
            Effect.timeoutOrElse({
              duration: timeout,
              orElse: () => Effect.fail(timedOut(operation, request, timeout))
            })
          )
        ).pipe(Effect.catchTag("HttpClientError", (error) => Effect.fail(fromHttpClientError(operation, error))))
      }),
    self.preprocess
  )
