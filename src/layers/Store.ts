/**
 * Access to a store shared by several processes, which may be unavailable.
 *
 * @since 2.0.0
 */
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Time limit of a request to the store, in milliseconds. */
const PATIENCE = 500

/** How long an unavailable store is not asked again, in milliseconds. */
const REST = 5000

/**
 * Guards the requests to a store.
 *
 * Without it, a client that queues its commands while it reconnects would delay every single call.
 *
 * @param isFailure - tells failures of the store from errors that are its answer
 * @param away - runs when the store fails, once for all concurrent requests
 * @internal
 */
export const watch = <Failure>(
  isFailure: (error: Failure) => boolean,
  away: (error: Failure) => Effect.Effect<void>
) => {
  let back = 0
  /** Whether the store was unavailable a moment ago, in which case calls continue without it. */
  const isAway = (clock: Clock.Clock) => clock.currentTimeMillisUnsafe() < back
  /** Asks the store, with a time limit of half a second. */
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
