/**
 * How a batch is delivered: sent as a whole, and split where the server does not take it, until the events that it
 * refuses stand alone.
 *
 * @since 2.0.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { CurrentRepeat } from "../../layers/Call.ts"
import * as Retry from "../../layers/Retry.ts"
import type { IngestError, IngestService } from "../Ingest.ts"
import type { OutboxEntry } from "../Outbox.ts"
import type { BatchLimit } from "./BatchLimit.ts"
import { blame, mayBeStored } from "./blame.ts"
import { Outcome } from "./Outcome.ts"
import type { Ticket } from "./Receipt.ts"

/** How long a delivered event may be sent once more to see whether the server works: far less than it remembers ids. */
const WITNESS_AGE = 60 * 60 * 1000

type Entries = ReadonlyArray<OutboxEntry>

/**
 * What a delivery needs of its buffer.
 *
 * @internal
 */
export interface Surroundings {
  readonly ingest: IngestService
  readonly limit: BatchLimit
  /** Enters what became of entries. */
  readonly settle: (
    entries: Entries,
    outcome: Extract<Outcome, { readonly _tag: "Delivered" | "Rejected" }>
  ) => Effect.Effect<void>
  readonly ticketOf: (entry: OutboxEntry) => Ticket | undefined
  /** Claims some entries that nobody else has claimed. */
  readonly claimOthers: Effect.Effect<Entries>
  /** Gives claimed entries back of which it is not known what becomes. */
  readonly giveBack: (entries: Entries) => Effect.Effect<void>
}

/** How often an event must fail, while another does not, before it is to blame. */
const ROUNDS = 3

/** The server has never taken an event of so many bytes: it answers 500, and needs no other event to prove it wrong. */
const TOO_LARGE = 1_013_926

/** What one batch has shown about the size of batches. */
interface Sizing {
  /** Whether a part was refused for its size that holds no event which is too large alone. */
  isTooLarge: boolean
  /** How many events were refused for their size alone. */
  tooLargeAlone: number
  /** How many events the largest part held that was taken. */
  largest: number
}

/** The entries before which no other of the same key stands: each may be sent before all others. */
const foremost = (entries: Entries): Entries => {
  const keys = new Set<string>()
  return entries.filter(({ key }) => {
    if (key === undefined) return true
    const isFirst = !keys.has(key)
    keys.add(key)
    return isFirst
  })
}

/**
 * Makes the delivery of batches.
 *
 * A delivery ends with nothing when every event of the batch has come to its end. It ends with an error when the server
 * cannot take events at all: those of the batch that are still open are to be tried again later.
 *
 * @internal
 */
export const make = ({ claimOthers, giveBack, ingest, limit, settle, ticketOf }: Surroundings) => {
  /** An event that was delivered lately: the server drops it when it comes again, so it can tell whether that works. */
  let witness: { readonly entry: OutboxEntry; readonly at: number } | undefined

  const doubt = (entries: Entries) => {
    for (const entry of entries) {
      const ticket = ticketOf(entry)
      if (ticket !== undefined) ticket.mayBeStored = true
    }
  }

  const failures = (entry: OutboxEntry): number => ticketOf(entry)?.failures ?? 0

  /** The entry that is the least suspect: it has failed alone least often, and is the smallest of those. */
  const leastSuspect = (entries: Entries): OutboxEntry =>
    foremost(entries).reduce((least, entry) => {
      const difference = failures(entry) - failures(least) || entry.bytes - least.bytes
      return difference < 0 ? entry : least
    })

  const sendOnce = (entries: Entries) => Retry.with(ingest.send(entries), false)

  /** One call. Gives its error, or nothing when the events are delivered. */
  const send = (entries: Entries, call: Effect.Effect<void, IngestError>, sizing: Sizing) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        restore(call).pipe(
          // What comes of the last attempt says nothing of those before.
          Effect.provideService(CurrentRepeat, () => doubt(entries)),
          // What broke off in the middle may have been sent.
          Effect.onErrorIf(
            (cause) => !Cause.hasFails(cause),
            () => Effect.sync(() => doubt(entries))
          ),
          Effect.result
        ),
        (result): Effect.Effect<IngestError | undefined> => {
          if (Result.isFailure(result)) {
            if (mayBeStored(result.failure)) doubt(entries)
            return Effect.succeed(result.failure)
          }
          sizing.largest = Math.max(sizing.largest, entries.length)
          return Effect.flatMap(Clock.currentTimeMillis, (at) => {
            witness = { entry: leastSuspect(entries), at }
            return Effect.as(settle(entries, Outcome.Delivered()), undefined)
          })
        }
      )
    )

  const reject = (entries: Entries, reason: IngestError) =>
    Effect.as(settle(entries, Outcome.Rejected({ reason })), undefined)

  /** Notes that an event failed alone: the next time another one is asked for. */
  const hold = (entry: OutboxEntry): void => {
    const ticket = ticketOf(entry)
    if (ticket !== undefined) ticket.failures += 1
  }

  /** Whether the server takes any event: one that it has taken before, or else one of those that wait. */
  const isWorking = Effect.fnUntraced(function* (sizing: Sizing) {
    const now = yield* Clock.currentTimeMillis
    if (witness !== undefined && now - witness.at <= WITNESS_AGE) {
      return Result.isSuccess(yield* Effect.result(sendOnce([witness.entry])))
    }
    return yield* Effect.acquireUseRelease(
      claimOthers,
      Effect.fnUntraced(function* (others) {
        if (others.length === 0) return false
        const other = leastSuspect(others)
        const error = yield* send([other], sendOnce([other]), sizing)
        if (error !== undefined) hold(other)
        return error === undefined
      }),
      giveBack
    )
  })

  /** The entries that may be sent while others are still open: those that keep no order with one of them. */
  const independentOf = (others: Entries, entries: Entries): Entries => {
    const keys = new Set(others.filter((entry) => ticketOf(entry) !== undefined).map(({ key }) => key))
    return entries.filter(({ key }) => key === undefined || !keys.has(key))
  }

  /** Delivers two parts, the older one first, so that events of one key keep their order. */
  const deliverHalves = (
    entries: Entries,
    isSuspect: boolean,
    sizing: Sizing
  ): Effect.Effect<IngestError | undefined> => {
    const middle = entries.length >> 1
    const [older, newer] = [entries.slice(0, middle), entries.slice(middle)]
    return Effect.flatMap(deliver(older, isSuspect, sizing), (error) => {
      if (error === undefined) return deliver(newer, isSuspect, sizing)
      if (isSuspect || blame(error) !== "either") return Effect.succeed(error)
      // If an event is to blame, those after it are what can show that the server works.
      return Effect.map(deliver(independentOf(older, newer), false, sizing), (other) => other ?? error)
    })
  }

  /** Deals with an event that is answered 500 again and again: only if others are not, is it to blame. */
  const convict = Effect.fnUntraced(function* (entry: OutboxEntry, first: IngestError, sizing: Sizing) {
    let error = first
    for (let round = 1; round <= ROUNDS; round++) {
      if (round > 1) {
        const next = yield* send([entry], ingest.send([entry]), sizing)
        if (next === undefined || blame(next) === "server") return next
        error = next
      }
      if (blame(error) === "events") break
      if (entry.bytes < TOO_LARGE && !(yield* isWorking(sizing))) {
        hold(entry)
        return error
      }
    }
    return yield* reject([entry], error)
  })

  /**
   * Deals with a batch that is answered 500 again and again. One event of it that is delivered alone shows that the
   * server works, and so that something is wrong with another.
   */
  const suspect = Effect.fnUntraced(function* (entries: Entries, sizing: Sizing) {
    const first = leastSuspect(entries)
    const error = yield* deliver([first], true, sizing)
    if (error !== undefined) return error
    const rest = entries.filter((entry) => entry !== first)
    return yield* deliverHalves(rest, true, sizing)
  })

  /** Deals with a batch that is refused for what it holds, or for how much. */
  const split = Effect.fnUntraced(function* (entries: Entries, error: IngestError, isSuspect: boolean, sizing: Sizing) {
    const isTooLarge = error._tag === "PayloadTooLargeError"
    if (entries.length === 1) {
      if (isTooLarge) sizing.tooLargeAlone += 1
      return yield* reject(entries, error)
    }
    const before = sizing.tooLargeAlone
    const failure = yield* deliverHalves(entries, isSuspect, sizing)
    if (isTooLarge && failure === undefined && sizing.tooLargeAlone === before) sizing.isTooLarge = true
    return failure
  })

  /** @param isSuspect - whether an event among these may be one that is answered 500: then one attempt says enough */
  const deliver = (entries: Entries, isSuspect: boolean, sizing: Sizing): Effect.Effect<IngestError | undefined> => {
    const [first] = entries
    if (first === undefined) return Effect.succeed(undefined)
    const isAlone = entries.length === 1
    const call = isSuspect && !isAlone ? sendOnce(entries) : ingest.send(entries)
    return Effect.flatMap(send(entries, call, sizing), (error) => {
      if (error === undefined) return Effect.succeed(undefined)
      switch (blame(error)) {
        case "server":
          return Effect.succeed(error)
        case "events":
          return split(entries, error, isSuspect, sizing)
        case "either":
          if (isAlone) return convict(first, error, sizing)
          return isSuspect ? deliverHalves(entries, true, sizing) : suspect(entries, sizing)
      }
    })
  }

  return (entries: Entries): Effect.Effect<IngestError | undefined> =>
    Effect.suspend(() => {
      const sizing: Sizing = { isTooLarge: false, tooLargeAlone: 0, largest: 0 }
      return Effect.map(deliver(entries, false, sizing), (error) => {
        if (sizing.isTooLarge && sizing.largest > 0) limit.learn(sizing.largest)
        else if (error === undefined) limit.taken(entries.length)
        return error
      })
    })
}
