/**
 * Receipts for offered events.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Outcome } from "./Outcome.ts"

/**
 * A receipt for an offered event, which reports what happened to it.
 *
 * @since 2.0.0
 * @category models
 */
export interface Receipt {
  /** Id of the event. Together with the source, it identifies the event. */
  readonly id: string
  /** Source of the event. */
  readonly source: string
  /** Outcome of the event, or `undefined` while it is pending. */
  readonly outcome: Outcome | undefined
  /** Waits for the outcome of the event. */
  readonly delivered: Effect.Effect<Outcome>
}

/**
 * Origin of an event: offered to this buffer, left by an earlier process, or put into a shared outbox by another one.
 */
export type Origin = "offered" | "recovered" | "foreign"

/**
 * Internal side of a receipt.
 *
 * @internal
 */
export class Ticket implements Receipt {
  readonly id: string
  readonly source: string
  readonly bytes: number
  readonly origin: Origin
  readonly epoch: number
  /** Whether the server may have the event although it did not confirm it. */
  mayBeStored = false
  /** Number of times the event was answered with 500 when it was sent alone. */
  failures = 0
  #outcome: Outcome | undefined
  // Created on demand: most receipts are never awaited.
  #waiting: Deferred.Deferred<Outcome> | undefined

  constructor(
    event: { readonly id: string; readonly source: string; readonly bytes: number },
    origin: Origin,
    epoch: number
  ) {
    this.id = event.id
    this.source = event.source
    this.bytes = event.bytes
    this.origin = origin
    this.epoch = epoch
  }

  get outcome(): Outcome | undefined {
    return this.#outcome
  }

  get delivered(): Effect.Effect<Outcome> {
    return Effect.suspend(() =>
      this.#outcome === undefined
        ? Deferred.await((this.#waiting ??= Deferred.makeUnsafe()))
        : Effect.succeed(this.#outcome)
    )
  }

  settle(outcome: Outcome): void {
    this.#outcome = outcome
    if (this.#waiting !== undefined) Deferred.doneUnsafe(this.#waiting, Exit.succeed(outcome))
  }
}
