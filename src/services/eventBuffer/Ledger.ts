/**
 * The ledger of a buffer: every event that was offered, and what became of it.
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
 * The account of a buffer: `offered` is the sum of `delivered`, `rejected`, `dropped`, `unknown` and `pending`, always.
 *
 * @since 2.0.0
 * @category models
 */
export interface Stats {
  /** Events that the buffer answered with a receipt, and those that it found in its outbox. */
  readonly offered: number
  /** How many of the offered ones were found in the outbox. */
  readonly recovered: number
  /** Events that the server has taken. */
  readonly delivered: number
  /** Events that the server refused, each by itself. */
  readonly rejected: number
  /** Events that the buffer let go: for want of room, for their age, or when it closed. */
  readonly dropped: number
  /** Events that were given up without an answer, or that another instance has taken over: the server may have them. */
  readonly unknown: number
  /** Events whose fate is open. */
  readonly pending: number
  /** The bytes of their JSON. */
  readonly pendingBytes: number
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
 * The ledger of a buffer.
 *
 * @internal
 */
export class Ledger {
  readonly #context: Context.Context<never>
  readonly #tickets = new Map<number, Ticket>()
  readonly #account: Account = {
    offered: 0,
    recovered: 0,
    delivered: 0,
    rejected: 0,
    dropped: 0,
    unknown: 0,
    pending: 0,
    pendingBytes: 0
  }
  /** How many entries an earlier process has left that were not claimed yet. */
  #backlog = 0
  /** How many events of each epoch are open, oldest first: whoever waits for all so far ends an epoch. */
  readonly #open = new Map<number, number>()
  #epoch = 0
  #waiters: Array<Waiter> = []

  readonly #awaited: () => void
  #isClosed = false

  /** @param awaited - called when somebody begins to wait for the end of what is open */
  constructor(context: Context.Context<never>, awaited: () => void) {
    this.#context = context
    this.#awaited = awaited
  }

  get stats(): Stats {
    return { ...this.#account }
  }

  /** How much is open. */
  get pending(): Size {
    return { count: this.#account.pending, bytes: this.#account.pendingBytes }
  }

  /** Enters what an earlier process has left. */
  recover({ bytes, count }: Size): void {
    this.#backlog = count
    this.#account.recovered += count
    this.#enter(count, bytes)
    if (count > 0) this.#open.set(this.#epoch, count)
  }

  /** Enters an event that the outbox has stored. */
  accept(sequence: number, event: PreparedEvent): Ticket {
    return this.#issue(sequence, event, "offered")
  }

  /** Enters an event for which there was no room. */
  refuse(event: PreparedEvent, policy: DropPolicy): Receipt {
    const ticket = new Ticket(event, "offered", this.#epoch)
    const outcome = Outcome.Dropped({ policy })
    this.#account.offered += 1
    this.#count(outcome)
    metrics.offeredEvents.updateUnsafe(1, this.#context)
    ticket.settle(outcome)
    return ticket
  }

  /** The ticket of an entry that is open; `undefined` if this buffer neither took it nor has claimed it. */
  ticket(entry: OutboxEntry): Ticket | undefined {
    return this.#tickets.get(entry.sequence)
  }

  /** Enters a claimed entry that this buffer was not offered. */
  adopt(entry: OutboxEntry): void {
    if (this.#backlog > 0) {
      this.#backlog -= 1
      this.#tickets.set(entry.sequence, new Ticket(entry, "recovered", 0))
    } else {
      this.#account.recovered += 1
      this.#issue(entry.sequence, entry, "foreign")
    }
  }

  /** Strikes out an entry that goes back to where others may take it. */
  disown(entry: OutboxEntry): void {
    const ticket = this.#tickets.get(entry.sequence)
    if (ticket?.origin !== "foreign") return
    this.#tickets.delete(entry.sequence)
    this.#account.recovered -= 1
    this.#enter(-1, -entry.bytes)
    this.#leave(ticket.epoch)
  }

  /** Enters what became of entries, and gives the tickets of those of which it was not known already. */
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

  /** Tells those who wait what became of their events. Their code runs within this call. */
  announce(tickets: Iterable<Ticket>, outcome: Outcome): void {
    for (const ticket of tickets) ticket.settle(outcome)
    const [oldest = Infinity] = this.#open.keys()
    const ready = this.#waiters.filter(({ epoch }) => epoch < oldest)
    if (ready.length === 0) return
    this.#waiters = this.#waiters.filter(({ epoch }) => epoch >= oldest)
    for (const { resume } of ready) resume(Effect.void)
  }

  /**
   * Ends the account. What is open waits in the outbox for the next process and stays pending here, but is no part of
   * the metrics of this process any more: whoever opens the outbox next enters it anew.
   */
  keep(): void {
    const { pending, pendingBytes } = this.#account
    this.#meter(-pending, -pending, -pendingBytes)
    this.#isClosed = true
    this.#open.clear()
    const tickets = [...this.#tickets.values()]
    this.#tickets.clear()
    this.announce(tickets, Outcome.Kept())
  }

  /** Waits until every event that was offered so far has come to an end, or the account has. */
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

  /** Whether anybody waits for {@link Ledger.settled}. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0
  }

  #issue(sequence: number, event: PreparedEvent, origin: Origin): Ticket {
    const ticket = new Ticket(event, origin, this.#epoch)
    this.#enter(1, event.bytes)
    if (this.#isClosed) {
      // It was being stored when the account ended.
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
