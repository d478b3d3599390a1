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
import { fromHttpClientError, timedOut } from "../errors.ts"
import { CurrentOperation } from "./Call.ts"
import { endWait, heldBack, remaining } from "./Deadline.ts"
import type { Answer, Client } from "./Policy.ts"
import { ReadResponse } from "./ReadResponse.ts"

/** A response whose body did not come whole: whoever reads it fails. */
const withoutBody = (response: HttpClientResponse.HttpClientResponse): ReadResponse => {
  const { request } = response
  const reason = new HttpClientError.DecodeError({ request, response, description: "the body broke off" })
  return new ReadResponse(response, Effect.fail(new HttpClientError.HttpClientError({ reason })))
}

/**
 * The text of an answer, for an error that quotes it.
 *
 * @since 2.0.0
 * @category combinators
 */
export const textOf = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  Effect.orElseSucceed(response.text, () => "(the body broke off)")

const isSuccess = ({ status }: HttpClientResponse.HttpClientResponse): boolean => status >= 200 && status < 300

/**
 * Makes a client read each answer whole, into memory, before a time or the call's deadline is over.
 *
 * A success counts as there when its last byte is: a body that stalls is a timeout, and one that breaks off a transport
 * error, so that whatever is built on attempts sees both. Any other answer is there with its status, which says what is
 * wrong even where the body does not come.
 *
 * @param attemptTimeout - how long an attempt may take, in milliseconds
 * @since 2.0.0
 * @category combinators
 */
export const attempt = (self: HttpClient.HttpClient, attemptTimeout: number): Client =>
  HttpClient.makeWith(
    (prepared: Effect.Effect<HttpClientRequest.HttpClientRequest, HttpClientError.HttpClientError>) =>
      Effect.withFiber((fiber) => {
        let refusal: HttpClientResponse.HttpClientResponse | undefined
        const operation = fiber.getRef(CurrentOperation)
        const timeout = Math.min(attemptTimeout, remaining(fiber))
        return Effect.flatMap(prepared, (request) => {
          if (timeout <= 0) return Effect.fail(heldBack(fiber, request))
          endWait(fiber)
          const answer = Effect.flatMap(self.postprocess(Effect.succeed(request)), (response) => {
            if (!isSuccess(response)) refusal = response
            return Effect.map(response.arrayBuffer, (buffer) => new ReadResponse(response, Effect.succeed(buffer)))
          })
          return timeout === Number.POSITIVE_INFINITY
            ? answer
            : Effect.timeoutOrElse(answer, {
                duration: timeout,
                orElse: () => Effect.fail(timedOut(operation, request, timeout))
              })
        }).pipe(
          Effect.catch((error): Answer => {
            if (refusal !== undefined) return Effect.succeed(withoutBody(refusal))
            return Effect.fail(error._tag === "HttpClientError" ? fromHttpClientError(operation, error) : error)
          })
        )
      }),
    self.preprocess
  )
