/**
 * What becomes of an event that a program offers.
 *
 * @since 2.0.0
 */
import * as Data from "effect/Data"
import type { SentEvent } from "../../schemas/Event.ts"
import type { IngestError } from "../Ingest.ts"

/**
 * What became of an event.
 *
 * - `Delivered`: the server has queued it.
 * - `Rejected`: the server refuses it, for the reason given, whenever it is sent.
 * - `Dropped`: the buffer let it go by the policy given, and the server has not got it.
 * - `Unknown`: it was sent and given up without an answer, or another instance has taken it over: the server may have it
 *   or not.
 * - `Kept`: the buffer closed before it was delivered; it waits in the outbox for the next process.
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
 * Why the buffer let an event go: there was no room (`dropNewest`, `dropOldest`), it was not delivered in time
 * (`deliveryTimeout`), or the buffer closed (`shutdown`).
 *
 * @since 2.0.0
 * @category models
 */
export type DropPolicy = "dropNewest" | "dropOldest" | "deliveryTimeout" | "shutdown"

/**
 * Makes outcomes, and tells them apart.
 *
 * @since 2.0.0
 * @category constructors
 */
export const Outcome = Data.taggedEnum<Outcome>()

/**
 * Why an event was not delivered, in one line.
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
 * An event that the buffer had taken and did not deliver.
 *
 * @since 2.0.0
 * @category models
 */
export interface DeadLetter {
  /** The event as it travels: sent again, it has the same id. */
  readonly event: SentEvent
  /** Why it was not delivered. */
  readonly outcome: Extract<Outcome, { readonly _tag: "Rejected" | "Dropped" | "Unknown" }>
  /** When the program offered it. */
  readonly offeredAt: Date
}
