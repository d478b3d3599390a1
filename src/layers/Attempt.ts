/**
 * A single attempt of a call: sends the request and reads the full response, within a time limit.
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

/** A response with an incomplete body. Reading it fails. */
const withoutBody = (response: HttpClientResponse.HttpClientResponse): ReadResponse => {
  const { request } = response
  const reason = new HttpClientError.DecodeError({ request, response, description: "the body is incomplete" })
  return new ReadResponse(response, Effect.fail(new HttpClientError.HttpClientError({ reason })))
}

/**
 * Returns the text of a response, to quote it in an error.
 *
 * @since 2.0.0
 * @category combinators
 */
export const textOf = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  Effect.orElseSucceed(response.text, () => "(the body is incomplete)")

const isSuccess = ({ status }: HttpClientResponse.HttpClientResponse): boolean => status >= 200 && status < 300

/**
 * Makes a client read each response fully into memory, within the time limit of the attempt and the call's deadline.
 *
 * A success is complete with its last byte: a stalled body is a timeout, and a broken one a transport error, so that
 * policies around the attempt see both. Any other response is returned with its status even if its body is incomplete,
 * because the status tells what is wrong.
 *
 * @param attemptTimeout - time limit of an attempt, in milliseconds
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
