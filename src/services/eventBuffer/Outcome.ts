/**
 * Outcomes of offered events.
 *
 * @since 2.0.0
 */
import * as Data from "effect/Data"
import type { SentEvent } from "../../schemas/Event.ts"
import type { IngestError } from "../Ingest.ts"

/**
 * Outcome of an event.
 *
 * - `Delivered`: the server has queued the event.
 * - `Rejected`: the server rejects the event whenever it is sent, for the given reason.
 * - `Dropped`: the buffer dropped the event by the given policy, and the server does not have it.
 * - `Unknown`: the event was sent and given up without a response, or another instance has taken it over. The server may
 *   or may not have it.
 * - `Kept`: the buffer closed before the event was delivered. It waits in the outbox for the next process.
 *
 * @since 2.0.0
 * @category models
 */
export type Outcome = Data.TaggedEnum<{
  Delivered: {}
  Rejected: { readonly reason: IngestError }
  Dropped: { readonly policy: DropPolicy }
  Unknown: {}
  Kept: {}
}>

/**
 * Why the buffer dropped an event: there was no room (`dropNewest`, `dropOldest`), it was not delivered in time
 * (`deliveryTimeout`), or the buffer closed (`shutdown`).
 *
 * @since 2.0.0
 * @category models
 */
export type DropPolicy = "dropNewest" | "dropOldest" | "deliveryTimeout" | "shutdown"

/**
 * Constructors and matchers of outcomes.
 *
 * @since 2.0.0
 * @category constructors
 */
export const Outcome = Data.taggedEnum<Outcome>()

/**
 * Describes why an event was not delivered, in one line.
 *
 * @internal
 */
export const reasonOf = (outcome: DeadLetter["outcome"]): string => {
  switch (outcome._tag) {
    case "Rejected":
      return `rejected: ${outcome.reason.message}`
    case "Dropped":
      return `dropped: ${outcome.policy}`
    case "Unknown":
      return "unknown: the server may have it"
  }
}

/**
 * An event that the buffer accepted but did not deliver.
 *
 * @since 2.0.0
 * @category models
 */
export interface DeadLetter {
  /** The event as sent. Sending it again keeps its id. */
  readonly event: SentEvent
  /** Why the event was not delivered. */
  readonly outcome: Extract<Outcome, { readonly _tag: "Rejected" | "Dropped" | "Unknown" }>
  /** When the event was offered. */
  readonly offeredAt: Date
}
