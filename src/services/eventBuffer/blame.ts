/**
 * Decides what is to blame for a failed delivery.
 *
 * @since 2.0.0
 */
import type { IngestError } from "../Ingest.ts"

/**
 * What is to blame for a failed batch: events in it, the server or the connection to it, or either.
 *
 * The server answers 500 to an event over about 1 MB, and to every event while it is broken. Rejected credentials, a
 * proxy's error page and the like are not the fault of the events, which wait until the cause is fixed.
 *
 * @internal
 */
export const blame = (error: IngestError): "events" | "server" | "either" => {
  switch (error._tag) {
    case "BadRequestError":
      // A 400 for an upload that stalled is retryable.
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
 * Returns whether the server may have stored the events although the last attempt to send them failed.
 *
 * @internal
 */
export const mayBeStored = (error: IngestError): boolean =>
  error.isRetryable || error._tag === "UnexpectedStatusError" || error._tag === "InvalidResponseError"
