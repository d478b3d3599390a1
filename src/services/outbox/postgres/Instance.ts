/**
 * One of the instances that deliver from an outbox in Postgres.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { OutboxEntry, OutboxError, OutboxEvent, OutboxService, Size } from "../../Outbox.ts"
import { orUnavailable, type Database } from "./Database.ts"
import * as GroupCommit from "./GroupCommit.ts"
import * as Membership from "./Membership.ts"
import type { Occupancy } from "./Occupancy.ts"
import { entryOf, type EntryRow, type Statements } from "./Statements.ts"

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
  /** What this instance has put and not removed. */
  const own = new Set<number>()

  const member = yield* orUnavailable(
    Membership.make(database, statements, lease, (id) =>
      own.size === 0 ? Effect.void : Effect.asVoid(database.run(statements.reclaim(own, id)))
    )
  )

  const store = (events: ReadonlyArray<OutboxEvent>) =>
    orUnavailable(
      member.as((id) =>
        Effect.map(database.run<{ readonly sequence: string }>(statements.put(events, id)), (rows) =>
          rows.map(({ sequence }) => Number(sequence))
        )
      )
    )

  const put = yield* GroupCommit.make(store)

  const claimRows = (limit: Size) =>
    orUnavailable(
      member.as((id) =>
        database.transaction(
          Effect.flatMap(database.run(statements.lockKeys), (locked) =>
            database.run<EntryRow>(statements.claim(limit, id, locked.length > 0))
          )
        )
      )
    )

  const claim = Effect.fnUntraced(function* (limit: Size) {
    while (true) {
      const rows = yield* claimRows(limit)
      const entries: Array<OutboxEntry> = []
      const spoilt: Array<{ readonly sequence: number }> = []
      for (const row of rows) {
        const entry = entryOf(row)
        if (entry === undefined) spoilt.push({ sequence: Number(row.sequence) })
        else entries.push(entry)
      }
      if (spoilt.length > 0) {
        const reason = "corrupt: the event is not as it was put"
        yield* orUnavailable(database.run(statements.bury(spoilt, reason)))
        yield* Effect.logError(
          `OpenMeter: ${spoilt.length} events in the outbox are not as they were put: they are dead letters now`
        )
      }
      if (entries.length > 0 || rows.length === 0) return entries.sort((a, b) => a.sequence - b.sequence)
    }
  })

  const forget = (entries: ReadonlyArray<OutboxEntry>) => {
    for (const { sequence } of entries) own.delete(sequence)
    occupancy.leave(entries)
  }

  const hasArrived = Effect.map(
    database.run<{ readonly hasArrived: boolean }>(statements.hasArrived),
    ([row]) => row?.hasArrived === true
  )

  /** Who asks again before it has claimed what there is must not ask all the time. */
  const arrival: Effect.Effect<void> = Effect.sleep(pollInterval).pipe(
    Effect.andThen(Effect.orElseSucceed(hasArrived, () => false)),
    Effect.flatMap((isThere) => (isThere ? Effect.void : arrival))
  )

  const apart = <A>(
    entries: ReadonlyArray<OutboxEntry>,
    effect: () => Effect.Effect<A, OutboxError>
  ): Effect.Effect<void, OutboxError> =>
    entries.length === 0 ? Effect.void : database.apart(Effect.asVoid(Effect.suspend(effect)))

  return {
    isDurable: true,
    capacity: occupancy.capacity,
    put: (events) =>
      events.length === 0
        ? Effect.succeed([])
        : Effect.tap(occupancy.admit(events, put(events)), (sequences) =>
            Effect.sync(() => sequences.forEach((sequence) => own.add(sequence)))
          ),
    claim: (limit) => database.apart(claim(limit)),
    remove: (entries) =>
      apart(entries, () =>
        Effect.tap(orUnavailable(database.run(statements.remove(entries))), () => Effect.sync(() => forget(entries)))
      ),
    release: (entries) =>
      apart(entries, () => orUnavailable(member.as((id) => database.run(statements.release(entries, id, null))))),
    // What an instance leaves behind goes to whoever comes first.
    backlog: Effect.succeed({ count: 0, bytes: 0 }),
    arrival
  }
})
