/**
 * How a call is performed: sent, then read or turned into the error that its answer is.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import { fromResponse } from "../errors.ts"
import type { OpenMeterError, Operation } from "../errors.ts"
import { textOf } from "./Attempt.ts"
import { CurrentOperation } from "./Call.ts"
import type { Observer } from "./Telemetry.ts"

/**
 * Performs one call of an operation, before the eyes of its transport's observer.
 *
 * A success is read by `read`. Every other answer becomes the error of its status, whatever its body, so that a page of
 * a proxy and a problem of the server come out alike.
 *
 * @param observer - of the transport that sends it
 * @param send - encodes and sends the request
 * @param read - gives the reader of a success, and nothing for any other status
 * @since 2.0.0
 * @category combinators
 */
export const perform = <A>(
  observer: Observer,
  operation: Operation,
  send: Effect.Effect<HttpClientResponse.HttpClientResponse, OpenMeterError>,
  read: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<A, OpenMeterError> | undefined
): Effect.Effect<A, OpenMeterError> => {
  const call = Effect.flatMap(send, (response) =>
    Effect.andThen(observer.answered(response.status), read(response) ?? refusal(operation, response))
  )
  return observer.observe(operation, Effect.provideService(call, CurrentOperation, operation))
}

/** The error that an answer without success is. */
const refusal = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<never, OpenMeterError> =>
  Effect.flatMap(Effect.zip(textOf(response), Clock.currentTimeMillis), ([text, now]) =>
    Effect.fail(fromResponse(operation, response, text, now))
  )
