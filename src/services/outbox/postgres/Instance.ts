/**
 * One of the instances that deliver from an outbox in Postgres.
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
 * What an instance works with.
 *
 * @internal
 */
export interface Surroundings {
  readonly database: Database
  readonly statements: Statements
  readonly occupancy: Occupancy
  /** For how long the instance may be out of touch with the database, in milliseconds. */
  readonly lease: number
  /** How often it looks for events that others have put, in milliseconds. */
  readonly pollInterval: number
}

/**
 * Makes the outbox of one instance, which takes part in the delivery until the scope closes.
 *
 * @internal
 */
export const make = Effect.fnUntraced(function* ({
  database,
  lease,
  occupancy,
  pollInterval,
  statements
}: Surroundings): Effect.fn.Return<OutboxService, OutboxError, Scope.Scope> {
  const holdings = new Holdings()
  const takenOver = yield* Queue.unbounded<number>()

  /** Runs a statement that gives sequences. */
  const sequences = (statement: PostgresStatement) =>
    Effect.map(database.run<{ readonly sequence: string }>(statement), (rows) =>
      rows.map(({ sequence }) => Number(sequence))
    )

  /** Takes back what others have not taken while the instance was out of touch. */
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

  /** One claim at a time: what this instance has claimed and does not know of cannot be under way then. */
  const claiming = yield* Semaphore.make(1)
  let mayHoldUnknown = false

  /** Releases what the database says is claimed by this instance though it does not know of it. Gives how much that was. */
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
      const spoilt: Array<{ readonly sequence: number }> = []
      for (const row of rows) {
        const sequence = Number(row.sequence)
        // A release of it is to be repeated, because the answer was lost.
        if (holdings.hasClaimed(sequence)) continue
        const entry = entryOf(row)
        if (entry === undefined) spoilt.push({ sequence })
        else entries.push(entry)
      }
      if (spoilt.length > 0) {
        const reason = "corrupt: the stored event is damaged"
        yield* orUnavailable(database.run(statements.bury(spoilt, reason)))
        yield* Effect.logError(
          `OpenMeter: moved ${eventCount(spoilt.length)} from the outbox to the dead letters: damaged in the database`
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

  /** Runs a statement by which entries leave the outbox. */
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

  /** Who asks again before it has claimed what there is must not ask all the time. */
  const arrival: Effect.Effect<void> = Effect.sleep(pollInterval).pipe(
    Effect.andThen(Effect.orElseSucceed(hasArrived, () => false)),
    Effect.flatMap((isThere) => (isThere ? Effect.void : arrival))
  )

  /** Does something with entries, if there are any, whatever transaction the program is in. */
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
    // What an instance leaves behind goes to whoever comes first.
    backlog: Effect.succeed({ count: 0, bytes: 0 }),
    arrival,
    takeover: Queue.takeAll(takenOver)
  }
})
