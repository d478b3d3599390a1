/**
 * What a program holds of an event that it offered.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Outcome } from "./Outcome.ts"

/**
 * What a program holds of an event that it offered: the way to learn what becomes of it.
 *
 * @since 2.0.0
 * @category models
 */
export interface Receipt {
  /** The id of the event: with its source it tells the event apart. */
  readonly id: string
  /** Where the event comes from. */
  readonly source: string
  /** What became of the event; `undefined` as long as that is open. */
  readonly outcome: Outcome | undefined
  /** Waits until it is known what became of the event. */
  readonly delivered: Effect.Effect<Outcome>
}

/** Whose event it is: offered here, left by an earlier process, or put by another one into a shared outbox. */
export type Origin = "offered" | "recovered" | "foreign"

/**
 * The buffer's side of a receipt.
 *
 * @internal
 */
export class Ticket implements Receipt {
  readonly id: string
  readonly source: string
  readonly bytes: number
  readonly origin: Origin
  readonly epoch: number
  /** Whether the server may have the event although it never said so. */
  mayBeStored = false
  /** How often the event was answered 500 when it was sent alone. */
  failures = 0
  #outcome: Outcome | undefined
  // Most receipts are never waited for.
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
