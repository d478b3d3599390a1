/**
 * What a buffer holds: its outbox, its ledger and its room, kept in step.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import type { SentEvent } from "../../schemas/Event.ts"
import type { OutboxEntry, OutboxError, OutboxEvent, OutboxService, Size } from "../Outbox.ts"
import type { Ledger } from "./Ledger.ts"
import { Outcome, reasonOf, type DeadLetter, type DropPolicy } from "./Outcome.ts"
import type { Ticket } from "./Receipt.ts"
import type { Room } from "./Room.ts"

type Entries = ReadonlyArray<OutboxEntry>

/** The storage may be busy for a moment. */
const briefly = Schedule.exponential("100 millis")
const BRIEF_RETRIES = 5

/**
 * The event of an entry, as it travels.
 *
 * @internal
 */
export const eventOf = ({ json }: OutboxEntry): SentEvent => JSON.parse(json)

/**
 * What a buffer holds: its outbox, its ledger and its room, kept in step.
 *
 * @internal
 */
export class Stock {
  readonly outbox: OutboxService
  readonly ledger: Ledger
  readonly room: Room
  readonly #deadLetter: (letter: DeadLetter) => Effect.Effect<void>
  /** Called when there is something to claim that a sender should know of. */
  readonly #changed: () => void
  readonly #batch: Size
  readonly #puts = new Set<Deferred.Deferred<void>>()
  #claimedCount = 0
  #claimedBytes = 0
  /** Since when something waits to be claimed, in milliseconds since 1970; a little too late at the most. */
  waitingSince = 0

  constructor(parts: {
    readonly outbox: OutboxService
    readonly ledger: Ledger
    readonly room: Room
    readonly deadLetter: (letter: DeadLetter) => Effect.Effect<void>
    /** How much makes a batch. */
    readonly batch: Size
    readonly changed: () => void
  }) {
    this.outbox = parts.outbox
    this.ledger = parts.ledger
    this.room = parts.room
    this.#deadLetter = parts.deadLetter
    this.#batch = parts.batch
    this.#changed = parts.changed
  }

  /** How much waits to be claimed. */
  get waiting(): Size {
    const { bytes, count } = this.ledger.pending
    return { count: count - this.#claimedCount, bytes: bytes - this.#claimedBytes }
  }

  /** Stores an event for which room was taken, and gives its ticket. Not to be interrupted. */
  put(event: OutboxEvent): Effect.Effect<Ticket, OutboxError> {
    return Effect.suspend(() => {
      const done = Deferred.makeUnsafe<void>()
      this.#puts.add(done)
      return Effect.onExit(
        Effect.map(this.outbox.put([event]), ([sequence]) => {
          const before = this.waiting
          // An outbox gives a sequence for each event.
          const ticket = this.ledger.accept(sequence!, event)
          if (before.count === 0) this.waitingSince = event.offeredAt
          const isBatch = before.count + 1 >= this.#batch.count || before.bytes + event.bytes >= this.#batch.bytes
          if (before.count === 0 || isBatch || this.ledger.isAwaited) this.#changed()
          return ticket
        }),
        () =>
          Effect.sync(() => {
            this.#puts.delete(done)
            Deferred.doneUnsafe(done, Exit.void)
          })
      )
    })
  }

  /** Waits for the events that are being stored. */
  readonly stored: Effect.Effect<void> = Effect.suspend(() =>
    Effect.forEach([...this.#puts], (put) => Deferred.await(put), { discard: true })
  )

  /** Claims the oldest entries that may be sent. */
  claim(limit: Size): Effect.Effect<Entries, OutboxError> {
    const isUnknown = (entry: OutboxEntry) => this.ledger.ticket(entry) === undefined
    return this.outbox.claim(limit).pipe(
      // What is not known may be on its way into the ledger: the outbox has stored it a moment ago.
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

  /** Enters what became of claimed entries, and takes them out of the outbox. */
  settle(entries: Entries, outcome: Exclude<Outcome, { readonly _tag: "Kept" }>): Effect.Effect<void> {
    if (entries.length === 0) return Effect.void
    const left =
      outcome._tag === "Delivered"
        ? this.#retrying("remove", entries, this.outbox.remove(entries))
        : Effect.andThen(
            Effect.forEach(
              entries,
              (entry) => this.#deadLetter({ event: eventOf(entry), outcome, offeredAt: new Date(entry.offeredAt) }),
              { discard: true }
            ),
            this.#retrying("bury", entries, this.outbox.bury(entries, reasonOf(outcome)))
          )
    return Effect.uninterruptible(
      Effect.andThen(
        left,
        Effect.sync(() => {
          this.#hold(entries, -1)
          this.#close(entries, outcome)
        })
      )
    )
  }

  /** Enters that others have taken over what this buffer was offered. */
  handOver(sequences: ReadonlyArray<number>): Effect.Effect<void> {
    return Effect.sync(() =>
      this.#close(
        sequences.map((sequence) => ({ sequence })),
        Outcome.Unknown()
      )
    )
  }

  /** Gives claimed entries up: nobody knows of those that may have arrived, the others are dropped. */
  giveUp(entries: Entries, policy: DropPolicy): Effect.Effect<void> {
    const isDoubtful = (entry: OutboxEntry) => this.ledger.ticket(entry)?.mayBeStored === true
    return Effect.andThen(
      this.settle(entries.filter(isDoubtful), Outcome.Unknown()),
      this.settle(
        entries.filter((entry) => !isDoubtful(entry)),
        Outcome.Dropped({ policy })
      )
    )
  }

  /**
   * Gives claimed entries back, to be claimed again at once.
   *
   * @param reason - why they were not delivered, if they were sent
   */
  release(entries: Entries, reason?: string | undefined): Effect.Effect<void> {
    if (entries.length === 0) return Effect.void
    return Effect.uninterruptible(
      Effect.andThen(
        this.#retrying("release", entries, this.outbox.release(entries, reason)),
        Effect.sync(() => {
          this.#hold(entries, -1)
          for (const entry of entries) this.ledger.disown(entry)
          this.waitingSince = 0
          this.#changed()
        })
      )
    )
  }

  /** Enters what became of entries, makes room, and tells those who wait. */
  #close(
    entries: ReadonlyArray<Pick<OutboxEntry, "sequence">>,
    outcome: Exclude<Outcome, { readonly _tag: "Kept" }>
  ): void {
    const tickets = this.ledger.settle(entries, outcome)
    let [count, bytes] = [0, 0]
    for (const ticket of tickets) {
      if (ticket.origin === "foreign") continue
      count += 1
      bytes += ticket.bytes
    }
    this.room.give({ count, bytes })
    this.ledger.announce(tickets, outcome)
    this.#changed()
  }

  #hold(entries: Entries, sign: 1 | -1): void {
    this.#claimedCount += sign * entries.length
    for (const { bytes } of entries) this.#claimedBytes += sign * bytes
  }

  #retrying(what: string, entries: Entries, effect: Effect.Effect<void, OutboxError>): Effect.Effect<void> {
    return effect.pipe(
      Effect.retry({ schedule: briefly, times: BRIEF_RETRIES }),
      Effect.catch((error) =>
        Effect.logError(`OpenMeter: the outbox does not ${what} ${entries.length} events: ${error.message}`)
      )
    )
  }
}
