/**
 * Delivery of a batch: sends it as a whole, and splits it where the server rejects it, until the rejected events are
 * isolated.
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

/**
 * How long a delivered event may be sent again to check whether the server works: far less than the time for which the
 * server remembers ids.
 */
const WITNESS_AGE = 60 * 60 * 1000

type Entries = ReadonlyArray<OutboxEntry>

/**
 * Dependencies of a delivery.
 *
 * @internal
 */
export interface Dependencies {
  readonly ingest: IngestService
  readonly limit: BatchLimit
  /** Records the outcome of entries. */
  readonly settle: (
    entries: Entries,
    outcome: Extract<Outcome, { readonly _tag: "Delivered" | "Rejected" }>
  ) => Effect.Effect<void>
  readonly ticketOf: (entry: OutboxEntry) => Ticket | undefined
  /** Claims entries that nobody else has claimed. */
  readonly claimOthers: Effect.Effect<Entries>
  /** Releases claimed entries whose outcome is still open. */
  readonly release: (entries: Entries) => Effect.Effect<void>
}

/** Number of times that an event must fail, while another one does not, before it is blamed. */
const ROUNDS = 3

/** The server never accepts an event of this many bytes. It answers 500, and no other event is needed to prove that. */
const TOO_LARGE = 1_013_926

/** What one batch has shown about the size of batches. */
interface Sizing {
  /** Whether a part without any oversized event was rejected for its size. */
  isTooLarge: boolean
  /** Number of events that were rejected for their own size. */
  tooLargeAlone: number
  /** Number of events in the largest part that was accepted. */
  largest: number
}

/** Returns the first entry of each key: each of them may be sent before all others. */
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
 * Creates the delivery of batches.
 *
 * A delivery returns nothing once every event of the batch has an outcome. It returns an error if the server cannot
 * accept events at all; events of the batch that are still open have to be retried later.
 *
 * @internal
 */
export const make = ({ claimOthers, ingest, limit, release, settle, ticketOf }: Dependencies) => {
  /** A recently delivered event. The server drops it when it is sent again, so it can show whether the server works. */
  let witness: { readonly entry: OutboxEntry; readonly at: number } | undefined

  const markMaybeStored = (entries: Entries) => {
    for (const entry of entries) {
      const ticket = ticketOf(entry)
      if (ticket !== undefined) ticket.mayBeStored = true
    }
  }

  const failures = (entry: OutboxEntry): number => ticketOf(entry)?.failures ?? 0

  /** Returns the least suspect entry: one that has failed alone least often, and the smallest of those. */
  const leastSuspect = (entries: Entries): OutboxEntry =>
    foremost(entries).reduce((least, entry) => {
      const difference = failures(entry) - failures(least) || entry.bytes - least.bytes
      return difference < 0 ? entry : least
    })

  const sendOnce = (entries: Entries) => Retry.with(ingest.send(entries), false)

  /** Sends entries with one call. Returns its error, or nothing if they were delivered. */
  const send = (entries: Entries, call: Effect.Effect<void, IngestError>, sizing: Sizing) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        restore(call).pipe(
          // The result of the last attempt says nothing about the attempts before.
          Effect.provideService(CurrentRepeat, () => markMaybeStored(entries)),
          // A call that was interrupted may have been sent.
          Effect.onErrorIf(
            (cause) => !Cause.hasFails(cause),
            () => Effect.sync(() => markMaybeStored(entries))
          ),
          Effect.result
        ),
        (result): Effect.Effect<IngestError | undefined> => {
          if (Result.isFailure(result)) {
            if (mayBeStored(result.failure)) markMaybeStored(entries)
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

  /** Records that an event failed alone, so that another one is tried next time. */
  const countFailure = (entry: OutboxEntry): void => {
    const ticket = ticketOf(entry)
    if (ticket !== undefined) ticket.failures += 1
  }

  /** Checks whether the server accepts any event: one that it has accepted before, or else one of those that wait. */
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
        if (error !== undefined) countFailure(other)
        return error === undefined
      }),
      release
    )
  })

  /** Returns the entries that may be sent while others are still open: those whose order does not depend on them. */
  const independentOf = (others: Entries, entries: Entries): Entries => {
    const keys = new Set(others.filter((entry) => ticketOf(entry) !== undefined).map(({ key }) => key))
    return entries.filter(({ key }) => key === undefined || !keys.has(key))
  }

  /** Delivers two parts, the older one first, so that events with the same key keep their order. */
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
      // If one of the older events is to blame, the newer ones can show that the server works.
      return Effect.map(deliver(independentOf(older, newer), false, sizing), (other) => other ?? error)
    })
  }

  /** Handles an event that is repeatedly answered with 500. It is to blame only if other events are not. */
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
        countFailure(entry)
        return error
      }
    }
    return yield* reject([entry], error)
  })

  /**
   * Handles a batch that is repeatedly answered with 500. If one of its events can be delivered alone, the server
   * works, so another event is at fault.
   */
  const suspect = Effect.fnUntraced(function* (entries: Entries, sizing: Sizing) {
    const first = leastSuspect(entries)
    const error = yield* deliver([first], true, sizing)
    if (error !== undefined) return error
    const rest = entries.filter((entry) => entry !== first)
    return yield* deliverHalves(rest, true, sizing)
  })

  /** Handles a batch that is rejected for its content or its size. */
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

  /**
   *
   * @param isSuspect - whether one of the events may be answered with 500, in which case one attempt is enough to tell
   */
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
