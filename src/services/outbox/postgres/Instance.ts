/**
 * An instance that delivers events from an outbox in Postgres.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { OutboxEntry, OutboxError, OutboxService, Size } from "../../Outbox.ts"
import { orUnavailable, type Database } from "./Database.ts"
import { eventCount } from "../eventCount.ts"
import * as GroupCommit from "../GroupCommit.ts"
import { Holdings } from "./Holdings.ts"
import * as Membership from "./Membership.ts"
import type { Occupancy } from "./Occupancy.ts"
import { entryOf, type EntryRow, type PostgresStatement, type Statements } from "./Statements.ts"

/**
 * Dependencies of an instance.
 *
 * @internal
 */
export interface Dependencies {
  readonly database: Database
  readonly statements: Statements
  readonly occupancy: Occupancy
  /** How long the instance may be out of touch with the database, in milliseconds. */
  readonly lease: number
  /** How often the instance looks for events put by others, in milliseconds. */
  readonly pollInterval: number
}

/**
 * Creates the outbox of one instance, which delivers events until the scope closes.
 *
 * @internal
 */
export const make = Effect.fnUntraced(function* ({
  database,
  lease,
  occupancy,
  pollInterval,
  statements
}: Dependencies): Effect.fn.Return<OutboxService, OutboxError, Scope.Scope> {
  const holdings = new Holdings()
  const takenOver = yield* Queue.unbounded<number>()

  /** Runs a statement that returns sequences. */
  const sequences = (statement: PostgresStatement) =>
    Effect.map(database.run<{ readonly sequence: string }>(statement), (rows) =>
      rows.map(({ sequence }) => Number(sequence))
    )

  /** Reclaims what others have not taken while the instance was out of touch. */
  const resume = Effect.fnUntraced(function* (id: string) {
    if (holdings.isEmpty) return
    const put = [...holdings.put]
    const reclaimed = yield* sequences(statements.reclaim(put, id))
    yield* database.run(statements.retake(holdings.claimed, id))
    Queue.offerAllUnsafe(takenOver, holdings.keep(put, new Set(reclaimed)))
  })

  const member = yield* orUnavailable(Membership.make(database, statements, lease, resume))

  const put = yield* GroupCommit.make((events) =>
    orUnavailable(
      member.as((id) =>
        Effect.tap(sequences(statements.put(events, id)), (put) => Effect.sync(() => holdings.add(put)))
      )
    )
  )

  const claimRows = (limit: Size, which: "own" | undefined) =>
    orUnavailable(
      member.as((id) =>
        database.transaction(
          Effect.flatMap(database.run<{ readonly withKeys: boolean }>(statements.beginClaim(lease)), ([begun]) =>
            database.run<EntryRow>(statements.claim(limit, which, id, begun?.withKeys === true))
          )
        )
      )
    )

  /** Allows one claim at a time, so that no claim of this instance is in flight while unknown ones are released. */
  const claiming = yield* Semaphore.make(1)
  let mayHoldUnknown = false

  /**
   * Releases entries that the database says are claimed by this instance, although it does not know of them. Returns
   * how many there were.
   */
  const releaseUnknown = Effect.suspend(() =>
    mayHoldUnknown
      ? Effect.map(
          orUnavailable(member.as((id) => sequences(statements.releaseOthers(holdings.claimed, id)))),
          ({ length }) => {
            mayHoldUnknown = false
            return length
          }
        )
      : Effect.succeed(0)
  )

  const claimKnown = Effect.fnUntraced(function* (limit: Size, which: "own" | undefined) {
    yield* releaseUnknown
    while (true) {
      const rows = yield* claimRows(limit, which)
      const entries: Array<OutboxEntry> = []
      const damaged: Array<{ readonly sequence: number }> = []
      for (const row of rows) {
        const sequence = Number(row.sequence)
        // Its release has to be repeated, because the response was lost.
        if (holdings.hasClaimed(sequence)) continue
        const entry = entryOf(row)
        if (entry === undefined) damaged.push({ sequence })
        else entries.push(entry)
      }
      if (damaged.length > 0) {
        const reason = "corrupt: the stored event is damaged"
        yield* orUnavailable(database.run(statements.bury(damaged, reason)))
        yield* Effect.logError(
          `OpenMeter: moved ${eventCount(damaged.length)} from the outbox to the dead letters: damaged in the database`
        )
      }
      if (entries.length > 0 || rows.length === 0) {
        holdings.claim(entries)
        return entries.sort((a, b) => a.sequence - b.sequence)
      }
    }
  })

  const claim = (limit: Size, which: "own" | undefined) =>
    Semaphore.withPermit(
      claiming,
      Effect.onError(claimKnown(limit, which), () =>
        Effect.sync(() => {
          mayHoldUnknown = true
        })
      )
    )

  /** Runs a statement that removes entries from the outbox. */
  const leave = (entries: ReadonlyArray<OutboxEntry>, statement: PostgresStatement) =>
    Effect.map(orUnavailable(database.run(statement)), () => {
      holdings.remove(entries)
      occupancy.leave(entries)
    })

  const release = (entries: ReadonlyArray<OutboxEntry>, reason: string | undefined) =>
    Effect.map(
      orUnavailable(member.as((id) => sequences(statements.release(entries, id, reason ?? null)))),
      (released) => void Queue.offerAllUnsafe(takenOver, holdings.release(entries, new Set(released)))
    )

  const hasArrived = Effect.flatMap(Semaphore.withPermit(claiming, releaseUnknown), (released) =>
    released > 0
      ? Effect.succeed(true)
      : Effect.map(
          database.run<{ readonly hasArrived: boolean }>(statements.hasArrived),
          ([row]) => row?.hasArrived === true
        )
  )

  /** Limits polling, even for a caller that asks again before it has claimed what there is. */
  const arrival: Effect.Effect<void> = Effect.sleep(pollInterval).pipe(
    Effect.andThen(Effect.orElseSucceed(hasArrived, () => false)),
    Effect.flatMap((isThere) => (isThere ? Effect.void : arrival))
  )

  /** Does something with entries, if there are any, outside the program's transaction. */
  const withEntries = (
    entries: ReadonlyArray<unknown>,
    effect: () => Effect.Effect<void, OutboxError>
  ): Effect.Effect<void, OutboxError> => (entries.length === 0 ? Effect.void : database.apart(Effect.suspend(effect)))

  return {
    isDurable: true,
    capacity: occupancy.capacity,
    put: (events) => (events.length === 0 ? Effect.succeed([]) : occupancy.admit(events, put(events))),
    claim: (limit, which) => database.apart(claim(limit, which)),
    remove: (entries) => withEntries(entries, () => leave(entries, statements.remove(entries))),
    bury: (entries, reason) => withEntries(entries, () => leave(entries, statements.bury(entries, reason))),
    release: (entries, reason) => withEntries(entries, () => release(entries, reason)),
    // Any instance may claim what another one has left behind.
    backlog: Effect.succeed({ count: 0, bytes: 0 }),
    arrival: database.apart(arrival),
    takeover: Queue.takeAll(takenOver)
  }
})
