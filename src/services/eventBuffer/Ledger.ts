/**
 * Ledger of a buffer: every offered event, and its outcome.
 *
 * @since 2.0.0
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { PreparedEvent } from "../Ingest.ts"
import type { OutboxEntry, Size } from "../Outbox.ts"
import * as metrics from "./metrics.ts"
import { Outcome, type DropPolicy } from "./Outcome.ts"
import { Ticket, type Origin, type Receipt } from "./Receipt.ts"

/**
 * Statistics of a buffer: `offered` is always the sum of `delivered`, `rejected`, `dropped`, `unknown` and `pending`.
 *
 * @since 2.0.0
 * @category models
 */
export interface Stats {
  /** Events that received a receipt, and those found in the outbox. */
  readonly offered: number
  /** Offered events that were found in the outbox. */
  readonly recovered: number
  /** Events that the server accepted. */
  readonly delivered: number
  /** Events that the server rejected individually. */
  readonly rejected: number
  /** Events that the buffer dropped: for lack of room, because of their age, or when it closed. */
  readonly dropped: number
  /** Events given up without a response, or taken over by another instance. The server may have them. */
  readonly unknown: number
  /** Events without an outcome yet. */
  readonly pending: number
  /** Size of the pending events, in bytes of JSON. */
  readonly pendingBytes: number
}

/**
 * The statistics of a buffer that has taken no event yet.
 *
 * @internal
 */
export const emptyStats: Stats = {
  offered: 0,
  recovered: 0,
  delivered: 0,
  rejected: 0,
  dropped: 0,
  unknown: 0,
  pending: 0,
  pendingBytes: 0
}

type Account = { -readonly [K in keyof Stats]: Stats[K] }

interface Waiter {
  readonly epoch: number
  readonly resume: (effect: Effect.Effect<void>) => void
}

const entries = {
  Delivered: "delivered",
  Rejected: "rejected",
  Dropped: "dropped",
  Unknown: "unknown"
} as const

/**
 * Ledger of a buffer.
 *
 * @internal
 */
export class Ledger {
  readonly #context: Context.Context<never>
  readonly #tickets = new Map<number, Ticket>()
  readonly #account: Account = { ...emptyStats }
  /** Number of entries left by an earlier process that have not been claimed yet. */
  #backlog = 0
  /** Number of open events per epoch, oldest first. Waiting for all events so far ends an epoch. */
  readonly #open = new Map<number, number>()
  #epoch = 0
  #waiters: Array<Waiter> = []

  readonly #awaited: () => void
  #isClosed = false

  /**
   *
   * @param awaited - called when something starts to wait for the open events
   */
  constructor(context: Context.Context<never>, awaited: () => void) {
    this.#context = context
    this.#awaited = awaited
  }

  get stats(): Stats {
    return { ...this.#account }
  }

  /** Amount of open events. */
  get pending(): Size {
    return { count: this.#account.pending, bytes: this.#account.pendingBytes }
  }

  /** Records the entries left by an earlier process. */
  recover({ bytes, count }: Size): void {
    this.#backlog = count
    this.#account.recovered += count
    this.#enter(count, bytes)
    if (count > 0) this.#open.set(this.#epoch, count)
  }

  /** Records an event that the outbox has stored. */
  accept(sequence: number, event: PreparedEvent): Ticket {
    return this.#issue(sequence, event, "offered")
  }

  /** Records an event for which there was no room. */
  refuse(event: PreparedEvent, policy: DropPolicy): Receipt {
    const ticket = new Ticket(event, "offered", this.#epoch)
    const outcome = Outcome.Dropped({ policy })
    this.#account.offered += 1
    this.#count(outcome)
    metrics.offeredEvents.updateUnsafe(1, this.#context)
    ticket.settle(outcome)
    return ticket
  }

  /**
   * Returns the ticket of an open entry, or `undefined` if the entry was neither offered to nor claimed by this buffer.
   */
  ticket(entry: OutboxEntry): Ticket | undefined {
    return this.#tickets.get(entry.sequence)
  }

  /** Records a claimed entry that was not offered to this buffer. */
  adopt(entry: OutboxEntry): void {
    if (this.#backlog > 0) {
      this.#backlog -= 1
      this.#tickets.set(entry.sequence, new Ticket(entry, "recovered", 0))
    } else {
      this.#account.recovered += 1
      this.#issue(entry.sequence, entry, "foreign")
    }
  }

  /** Removes an entry that is released for others to claim. */
  disown(entry: OutboxEntry): void {
    const ticket = this.#tickets.get(entry.sequence)
    if (ticket?.origin !== "foreign") return
    this.#tickets.delete(entry.sequence)
    this.#account.recovered -= 1
    this.#enter(-1, -entry.bytes)
    this.#leave(ticket.epoch)
  }

  /** Records the outcome of entries, and returns the tickets of those that had no outcome yet. */
  settle(
    entries: ReadonlyArray<Pick<OutboxEntry, "sequence">>,
    outcome: Exclude<Outcome, { readonly _tag: "Kept" }>
  ): Array<Ticket> {
    const tickets: Array<Ticket> = []
    for (const { sequence } of entries) {
      const ticket = this.#tickets.get(sequence)
      if (ticket === undefined) continue
      this.#tickets.delete(sequence)
      this.#count(outcome)
      this.#account.pending -= 1
      this.#account.pendingBytes -= ticket.bytes
      this.#meter(0, -1, -ticket.bytes)
      this.#leave(ticket.epoch)
      tickets.push(ticket)
    }
    return tickets
  }

  /** Completes the tickets with their outcome. The code of waiting fibers runs within this call. */
  announce(tickets: Iterable<Ticket>, outcome: Outcome): void {
    for (const ticket of tickets) ticket.settle(outcome)
    const [oldest = Infinity] = this.#open.keys()
    const ready = this.#waiters.filter(({ epoch }) => epoch < oldest)
    if (ready.length === 0) return
    this.#waiters = this.#waiters.filter(({ epoch }) => epoch >= oldest)
    for (const { resume } of ready) resume(Effect.void)
  }

  /**
   * Closes the ledger. Open events wait in the outbox for the next process. They stay pending here, but leave the
   * metrics of this process, because the next one that opens the outbox records them again.
   */
  close(): void {
    const { pending, pendingBytes } = this.#account
    this.#meter(-pending, -pending, -pendingBytes)
    this.#isClosed = true
    this.#open.clear()
    const tickets = [...this.#tickets.values()]
    this.#tickets.clear()
    this.announce(tickets, Outcome.Kept())
  }

  /** Waits until every event offered so far has an outcome, or the ledger is closed. */
  readonly settled: Effect.Effect<void> = Effect.callback((resume) => {
    const [oldest = Infinity] = this.#open.keys()
    const waiter = { epoch: this.#epoch, resume }
    this.#epoch += 1
    if (waiter.epoch < oldest) return resume(Effect.void)
    this.#waiters.push(waiter)
    this.#awaited()
    return Effect.sync(() => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter)
    })
  })

  /** Whether something waits for {@link Ledger.settled}. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0
  }

  #issue(sequence: number, event: PreparedEvent, origin: Origin): Ticket {
    const ticket = new Ticket(event, origin, this.#epoch)
    this.#enter(1, event.bytes)
    if (this.#isClosed) {
      // It was being stored when the ledger was closed.
      ticket.settle(Outcome.Kept())
      return ticket
    }
    this.#tickets.set(sequence, ticket)
    this.#open.set(this.#epoch, (this.#open.get(this.#epoch) ?? 0) + 1)
    return ticket
  }

  #enter(count: number, bytes: number): void {
    this.#account.offered += count
    this.#account.pending += count
    this.#account.pendingBytes += bytes
    this.#meter(count, count, bytes)
  }

  #meter(offered: number, pending: number, pendingBytes: number): void {
    if (this.#isClosed) return
    if (offered !== 0) metrics.offeredEvents.updateUnsafe(offered, this.#context)
    metrics.pendingEvents.modifyUnsafe(pending, this.#context)
    metrics.pendingBytes.modifyUnsafe(pendingBytes, this.#context)
  }

  #count({ _tag }: Exclude<Outcome, { readonly _tag: "Kept" }>): void {
    const entry = entries[_tag]
    this.#account[entry] += 1
    metrics.settled[entry].updateUnsafe(1, this.#context)
  }

  #leave(epoch: number): void {
    const open = (this.#open.get(epoch) ?? 1) - 1
    if (open > 0) this.#open.set(epoch, open)
    else this.#open.delete(epoch)
  }
}
