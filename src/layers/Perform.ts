/**
 * Performs calls: sends the request, then decodes the response or maps it to an error.
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
 * Performs one call of an operation, reporting to the transport's observer.
 *
 * Decodes a success with `read`. Any other response is mapped to the error of its status, regardless of its body, so
 * that a proxy's error page and a problem from the server give the same error.
 *
 * @param observer - observer of the transport
 * @param send - encodes and sends the request
 * @param read - returns the decoder of a success, or nothing for any other status
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

/** Reads an unsuccessful response and returns its error. */
const refusal = (
  operation: Operation,
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<never, OpenMeterError> =>
  Effect.flatMap(Effect.zip(textOf(response), Clock.currentTimeMillis), ([text, now]) =>
    Effect.fail(fromResponse(operation, response, text, now))
  )
