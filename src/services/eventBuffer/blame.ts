/**
 * Who is to blame that a batch was not delivered.
 *
 * @since 2.0.0
 */
import type { IngestError } from "../Ingest.ts"

/**
 * Who is to blame that a batch was not delivered: events in it, the server or the way to it, or either of them.
 *
 * The server answers 500 to an event over about 1 MB, and to every event while it is broken. Refused credentials, a page
 * of a proxy and the like are no fault of the events: they wait until it is mended.
 *
 * @internal
 */
export const blame = (error: IngestError): "events" | "server" | "either" => {
  switch (error._tag) {
    case "BadRequestError":
      // An upload that stalled.
      return error.isRetryable ? "server" : "events"
    case "PayloadTooLargeError":
      return "events"
    case "UnexpectedStatusError":
      return error.status === 422 ? "events" : "server"
    case "ServerError":
      return error.status === 500 ? "either" : "server"
    case "UnauthorizedError":
    case "ForbiddenError":
    case "PreconditionFailedError":
    case "RateLimitedError":
    case "InvalidRequestError":
    case "InvalidResponseError":
    case "TransportError":
    case "TimeoutError":
    case "CircuitOpenError":
      return "server"
  }
}

/**
 * Whether the server may have events although the last attempt to send them failed.
 *
 * @internal
 */
export const mayBeStored = (error: IngestError): boolean =>
  error.isRetryable || error._tag === "UnexpectedStatusError" || error._tag === "InvalidResponseError"
