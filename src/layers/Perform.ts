/**
 * How a call is performed: sent, then read or turned into the error that its answer is.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Schema from "effect/Schema"
import { fromResponse, invalidRequest, invalidResponse } from "../errors.ts"
import type { OpenMeterError, Operation } from "../errors.ts"
import { textOf } from "./Attempt.ts"
import { CurrentOperation } from "./Call.ts"
import type { NoAnswer } from "./Policy.ts"
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
  send: Effect.Effect<HttpClientResponse.HttpClientResponse, NoAnswer | Schema.SchemaError>,
  read: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<A, unknown> | undefined
): Effect.Effect<A, OpenMeterError> => {
  const call = Effect.matchEffect(send, {
    onFailure: (error) => Effect.fail(Schema.isSchemaError(error) ? invalidRequest(operation, error) : error),
    onSuccess: (response) => {
      const success = read(response)
      const outcome =
        success === undefined
          ? Effect.flatMap(Effect.zip(textOf(response), Clock.currentTimeMillis), ([text, now]) =>
              Effect.fail(fromResponse(operation, response, text, now))
            )
          : Effect.catch(success, (error) => Effect.fail(invalidResponse(operation, response, error)))
      return Effect.andThen(observer.answered(response.status), outcome)
    }
  })
  return observer.observe(operation, Effect.provideService(call, CurrentOperation, operation))
}
