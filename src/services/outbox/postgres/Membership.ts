/**
 * Membership of an instance in the group that delivers from an outbox.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { SqlError } from "effect/sql/SqlError"
import { apartFromCaller } from "../../../layers/Call.ts"
import type { Database } from "./Database.ts"
import type { Statements } from "./Statements.ts"

/** Number of renewals of a lease within its duration. */
const BEATS = 3

/** Time limit for ending a membership, in milliseconds. If it is exceeded, the lease ends the membership. */
const FAREWELL = 5000

/**
 * Membership of an instance in the group that delivers from an outbox. What the instance has put and claimed is its own
 * as long as its lease holds. Every instance ends the leases of those that are gone.
 *
 * @internal
 */
export interface Membership {
  /** Runs an effect with the id of the instance, under which it may put and claim. */
  readonly as: <A>(f: (id: string) => Effect.Effect<A, SqlError>) => Effect.Effect<A, SqlError>
}

/** The foreign keys of the outbox prevent non-members from putting and claiming. */
const isNoMember = (error: SqlError): boolean => error.reason._tag === "ConstraintError"

/**
 * Joins the group, until the scope closes.
 *
 * An instance that was cut off for longer than its lease joins again under another id, so that the two cannot be
 * confused.
 *
 * @param lease - how long the instance may be out of touch, in milliseconds
 * @param resume - reclaims under a new id what the instance held, before anything else is done under that id; retried
 *   until it succeeds, and may be called when there is nothing to reclaim
 * @internal
 */
export const make = Effect.fnUntraced(function* (
  database: Database,
  statements: Statements,
  lease: number,
  resume: (id: string) => Effect.Effect<void, SqlError>
): Effect.fn.Return<Membership, SqlError, Scope.Scope> {
  const changing = yield* Semaphore.make(1)
  let id: string
  let renewedAt = 0
  /** Number of times that something may have been left under another id, and how many of these have been dealt with. */
  let left = 0
  let resumed = 0

  const join = Effect.gen(function* () {
    const newId = crypto.randomUUID()
    renewedAt = yield* Clock.currentTimeMillis
    yield* database.run(statements.join(newId, lease))
    id = newId
    left += 1
  })

  /**
   * Reclaims what is still to be reclaimed under the current id. Joins again first if the current id is the lost one.
   */
  const restore = (lost?: string) =>
    Semaphore.withPermit(
      changing,
      Effect.gen(function* () {
        if (id === lost) {
          yield* Effect.logWarning(
            "OpenMeter: the lease on the outbox expired: other instances may take over its events"
          )
          yield* join
        }
        if (resumed === left) return
        const upTo = left
        yield* resume(id)
        resumed = upTo
      })
    )

  const as: Membership["as"] = (f) => {
    const attempt = Effect.suspend(() => {
      const current = id
      return Effect.tap(f(current), () =>
        Effect.sync(() => {
          // The id was lost before the response arrived, so resuming could not include what was just done under it.
          if (id !== current) left += 1
        })
      )
    })
    return Effect.suspend(() => {
      const current = id
      return Effect.andThen(
        resumed === left ? Effect.void : restore(),
        Effect.catchIf(attempt, isNoMember, () => Effect.andThen(restore(current), attempt))
      )
    })
  }

  const beat = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const current = id
    // After a database outage every lease has expired: leave the other instances the time to renew theirs.
    const isTimely = now - renewedAt < lease
    const renewed = yield* database.run(statements.renew(current, lease))
    if (renewed.length === 0) return yield* restore(current)
    renewedAt = now
    yield* restore()
    if (isTimely) yield* database.run(statements.expire)
  })

  yield* Effect.acquireRelease(join, () =>
    Effect.suspend(() => database.run(statements.leave(id))).pipe(
      Effect.interruptible,
      Effect.timeoutOption(FAREWELL),
      Effect.ignore
    )
  )
  yield* Effect.sleep(lease / BEATS).pipe(
    Effect.andThen(Effect.timeout(beat, lease / BEATS)),
    Effect.catch(({ message }) => Effect.logWarning(`OpenMeter: the lease on the outbox was not renewed: ${message}`)),
    Effect.forever,
    apartFromCaller,
    Effect.forkScoped
  )
  return { as }
})
