/**
 * Contents of a buffer: keeps its outbox, ledger and room consistent.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import type { OutboxEntry, OutboxError, OutboxEvent, OutboxService, Size } from "../Outbox.ts"
import { sizeOf } from "../outbox/sizeOf.ts"
import { OutboxRetries } from "./OutboxRetries.ts"
import { Barrier } from "./Barrier.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import type { Ledger } from "./Ledger.ts"
import { Outcome, reasonOf, type DropPolicy } from "./Outcome.ts"
import type { Ticket } from "./Receipt.ts"
import type { Room } from "./Room.ts"
import type { Verdict } from "./undelivered.ts"

type Entries = ReadonlyArray<OutboxEntry>

/**
 * Contents of a buffer: keeps its outbox, ledger and room consistent.
 *
 * @internal
 */
export class Stock {
  readonly outbox: OutboxService
  readonly ledger: Ledger
  readonly room: Room
  readonly #deadLetters: DeadLetters
  /** Called when there is something to claim that the dispatcher should know of. */
  readonly #changed: () => void
  readonly #batch: Size
  readonly #puts = new Barrier()
  readonly #retries = new OutboxRetries()
  #claimedCount = 0
  #claimedBytes = 0
  /** Since when something has been waiting to be claimed, in milliseconds since 1970. Slightly too late at most. */
  waitingSince = 0

  constructor(parts: {
    readonly outbox: OutboxService
    readonly ledger: Ledger
    readonly room: Room
    readonly deadLetters: DeadLetters
    /** Size of a full batch. */
    readonly batch: Size
    readonly changed: () => void
  }) {
    this.outbox = parts.outbox
    this.ledger = parts.ledger
    this.room = parts.room
    this.#deadLetters = parts.deadLetters
    this.#batch = parts.batch
    this.#changed = parts.changed
  }

  /** How much waits to be claimed. */
  get waiting(): Size {
    const { bytes, count } = this.ledger.pending
    return { count: count - this.#claimedCount, bytes: bytes - this.#claimedBytes }
  }

  /** Stores events for which room was taken, all or none, and returns their tickets. Must not be interrupted. */
  put(events: ReadonlyArray<OutboxEvent>): Effect.Effect<ReadonlyArray<Ticket>, OutboxError> {
    return Effect.suspend(() => {
      const phase = this.#puts.begin()
      return Effect.matchCauseEffect(this.outbox.put(events), {
        onSuccess: (sequences) => {
          const tickets = this.#accept(events, sequences)
          this.#puts.end(phase)
          return Effect.succeed(tickets)
        },
        onFailure: (cause) => {
          this.#puts.end(phase)
          this.room.give(sizeOf(events))
          return Effect.failCause(cause)
        }
      })
    })
  }

  /** Waits for the events that are being stored. */
  get stored(): Effect.Effect<void> {
    return this.#puts.passed
  }

  /** Retries operations that the outbox has failed. */
  get retrying(): Effect.Effect<never> {
    return this.#retries.retrying
  }

  /** Retries failed operations of the outbox a last time, and logs what could not be done. */
  get lastRetry(): Effect.Effect<void> {
    return this.#retries.lastRetry
  }

  /** Claims the oldest entries that may be sent. */
  claim(limit: Size, which?: "own"): Effect.Effect<Entries, OutboxError> {
    const isUnknown = (entry: OutboxEntry) => this.ledger.ticket(entry) === undefined
    return this.outbox.claim(limit, which).pipe(
      // Unknown entries may be about to enter the ledger: the outbox may have stored them a moment ago.
      Effect.tap((entries) => (entries.some(isUnknown) ? this.stored : Effect.void)),
      Effect.tap((entries) =>
        Effect.sync(() => {
          for (const entry of entries) if (isUnknown(entry)) this.ledger.adopt(entry)
          this.#hold(entries, 1)
        })
      ),
      Effect.uninterruptible
    )
  }

  /** Claims the oldest entry that takes up room of this buffer and may be sent. */
  readonly claimOldest: Effect.Effect<OutboxEntry | undefined, OutboxError> = Effect.suspend(() =>
    Effect.flatMap(this.claim({ count: 1, bytes: 1 }, "own"), (entries) => {
      const oldest = entries.find((entry) => this.ledger.ticket(entry)?.origin !== "foreign")
      return oldest === undefined ? Effect.as(this.release(entries), undefined) : Effect.succeed(oldest)
    })
  ).pipe(Effect.uninterruptible)

  /** Records the outcome of claimed entries, and removes them from the outbox. */
  settle(
    entries: Entries,
    outcome: Extract<Outcome, { readonly _tag: "Delivered" | "Rejected" }>
  ): Effect.Effect<void> {
    return outcome._tag === "Delivered"
      ? Effect.uninterruptible(this.#leave("remove", entries, outcome, this.outbox.remove(entries)))
      : this.#abandon(entries.map((entry) => ({ entry, outcome })))
  }

  /** Records that other instances have taken over entries offered to this buffer. */
  handOver(sequences: ReadonlyArray<number>): Effect.Effect<void> {
    return Effect.sync(() =>
      this.#close(
        sequences.map((sequence) => ({ sequence })),
        Outcome.Unknown()
      )
    )
  }

  /** Gives up claimed entries: those that may have arrived become unknown, the others are dropped. */
  giveUp(entries: Entries, policy: DropPolicy): Effect.Effect<void> {
    const [unknown, dropped] = [Outcome.Unknown(), Outcome.Dropped({ policy })]
    const mayBeStored = (entry: OutboxEntry) => this.ledger.ticket(entry)?.mayBeStored === true
    const abandoned = this.#abandon(
      entries.map((entry) => ({ entry, outcome: mayBeStored(entry) ? unknown : dropped }))
    )
    // Entries that the program was not told of in time are released.
    return Effect.ensuring(
      abandoned,
      Effect.suspend(() => this.release(entries))
    )
  }

  /**
   * Releases those of the claimed entries that are still open, to be claimed again immediately.
   *
   * @param reason - why they were not delivered, if they were sent
   */
  release(entries: Entries, reason?: string | undefined): Effect.Effect<void> {
    const open = entries.filter((entry) => this.ledger.ticket(entry) !== undefined)
    if (open.length === 0) return Effect.void
    const back = Effect.sync(() => {
      this.#hold(open, -1)
      for (const entry of open) this.ledger.disown(entry)
      this.waitingSince = 0
      this.#changed()
    })
    return Effect.uninterruptible(
      this.#retries.run({
        what: "release",
        count: open.length,
        run: Effect.andThen(this.outbox.release(open, reason), back)
      })
    )
  }

  /** Records stored events. */
  #accept(events: ReadonlyArray<OutboxEvent>, sequences: ReadonlyArray<number>): ReadonlyArray<Ticket> {
    const before = this.waiting
    // The outbox returns one sequence per event.
    const tickets = events.map((event, i) => this.ledger.accept(sequences[i]!, event))
    const after = this.waiting
    if (before.count === 0) this.waitingSince = events[0]?.offeredAt ?? 0
    const isBatch = after.count >= this.#batch.count || after.bytes >= this.#batch.bytes
    if (before.count === 0 || isBatch || this.ledger.isAwaited) this.#changed()
    return tickets
  }

  /** Reports entries that are given up to the program, and removes them from the outbox. */
  #abandon(verdicts: ReadonlyArray<Verdict>): Effect.Effect<void> {
    return this.#deadLetters.report(verdicts, (reported) => {
      const outcomes = new Set(reported.map(({ outcome }) => outcome))
      return Effect.forEach(
        outcomes,
        (outcome) => {
          const entries = reported.filter((verdict) => verdict.outcome === outcome).map(({ entry }) => entry)
          return this.#leave("bury", entries, outcome, this.outbox.bury(entries, reasonOf(outcome)))
        },
        { discard: true }
      )
    })
  }

  /** Removes claimed entries from the outbox, now or later, and records their outcome. */
  #leave(
    what: "remove" | "bury",
    entries: Entries,
    outcome: Exclude<Outcome, { readonly _tag: "Kept" }>,
    run: Effect.Effect<void, OutboxError>
  ): Effect.Effect<void> {
    if (entries.length === 0) return Effect.void
    // What the outbox cannot remove now stays claimed until it can, so that it is not sent again.
    return Effect.andThen(
      this.#retries.run({ what, count: entries.length, run: Effect.map(run, this.#changed) }),
      Effect.sync(() => {
        this.#hold(entries, -1)
        this.#close(entries, outcome)
      })
    )
  }

  /** Records the outcome of entries, frees their room, and completes their tickets. */
  #close(
    entries: ReadonlyArray<Pick<OutboxEntry, "sequence">>,
    outcome: Exclude<Outcome, { readonly _tag: "Kept" }>
  ): void {
    const tickets = this.ledger.settle(entries, outcome)
    this.room.give(sizeOf(tickets.filter(({ origin }) => origin !== "foreign")))
    this.ledger.announce(tickets, outcome)
    this.#changed()
  }

  #hold(entries: Entries, sign: 1 | -1): void {
    const { bytes, count } = sizeOf(entries)
    this.#claimedCount += sign * count
    this.#claimedBytes += sign * bytes
  }
}
