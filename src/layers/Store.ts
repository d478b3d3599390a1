/**
 * The store that a fleet shares, and what becomes of calls while it is out of reach.
 *
 * @since 2.0.0
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** How long a store is waited for, in milliseconds. */
const PATIENCE = 500

/** For how long a store that was out of reach is not asked again, in milliseconds. */
const REST = 5000

/**
 * Asks a store as long as it answers.
 *
 * A client that queues its commands while it looks for its server would hold up every call, and each anew.
 *
 * @param isFailure - tells the failures of the store from what it answers as one
 * @param away - runs when the store has failed, once for all questions that are under way
 * @internal
 */
export const watch = <Failure>(
  isFailure: (error: Failure) => boolean,
  away: (error: Failure) => Effect.Effect<void>
) => {
  let back = 0
  /** Whether the store was out of reach a moment ago: calls go on without it. */
  const isAway = (clock: Clock.Clock) => clock.currentTimeMillisUnsafe() < back
  /** Asks the store, for half a second at the most. */
  const ask = <A, R>(question: Effect.Effect<A, Failure, R>, timedOut: () => Failure): Effect.Effect<A, Failure, R> =>
    question.pipe(
      Effect.timeoutOrElse({ duration: PATIENCE, orElse: () => Effect.fail(timedOut()) }),
      Effect.tapError((error) =>
        Effect.clockWith((clock) => {
          if (!isFailure(error) || isAway(clock)) return Effect.void
          back = clock.currentTimeMillisUnsafe() + REST
          return away(error)
        })
      )
    )
  return { isAway, ask }
}
