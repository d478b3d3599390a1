/**
 * The place of an instance among those that deliver from an outbox.
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

/** How often a lease is renewed before it would run out. */
const BEATS = 3

/** How long the end of a membership may take, in milliseconds: the lease ends it anyway. */
const FAREWELL = 5000

/**
 * The place of an instance among those that deliver from an outbox: what it has put and claimed is its own as long as
 * its lease holds. Every instance ends the leases of those that are gone.
 *
 * @internal
 */
export interface Membership {
  /** Does something as the instance of an id, under which it may put and claim. */
  readonly as: <A>(f: (id: string) => Effect.Effect<A, SqlError>) => Effect.Effect<A, SqlError>
}

/** The foreign keys of the outbox let nobody put or claim who is not a member. */
const isNoMember = (error: SqlError): boolean => error.reason._tag === "ConstraintError"

/**
 * Joins those that deliver, until the scope closes.
 *
 * An instance that was cut off for longer than its lease joins anew, under another id, so that it cannot be mistaken for
 * the one it was.
 *
 * @param lease - for how long the instance may be out of touch, in milliseconds
 * @param resume - takes back under a new id what the instance held, before anything else is done under it; is run again
 * until it succeeds, and may be run when there is nothing to take back
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
  /** How often something may have been left under another id, and how much of that was looked after. */
  let left = 0
  let resumed = 0

  const join = Effect.gen(function* () {
    const newId = crypto.randomUUID()
    renewedAt = yield* Clock.currentTimeMillis
    yield* database.run(statements.join(newId, lease))
    id = newId
    left += 1
  })

  /** Takes back under the present id what is still to be; joins anew before, if the present id is the one that is lost. */
  const restore = (lost?: string) =>
    Semaphore.withPermit(
      changing,
      Effect.gen(function* () {
        if (id === lost) {
          yield* Effect.logWarning("OpenMeter: the lease on the outbox ran out: other instances may take its events")
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
          // The id was lost before the answer came, and what was done under it not yet known when the rest was taken back.
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
    // After an outage of the database every lease has run out: the others get the time to renew theirs, too.
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
