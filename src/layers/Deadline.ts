/**
 * Deadline of a call.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import { neverSent, timedOut } from "../errors.ts"
import type { TimeoutError } from "../errors.ts"
import { CurrentOperation } from "./Call.ts"

/**
 * Start and end of the running call, in milliseconds of the clock.
 *
 * @since 2.0.0
 * @category models
 */
export interface Deadline {
  readonly start: number
  readonly end: number
}

/**
 * Deadline of the running call. There is none outside a call.
 *
 * @since 2.0.0
 * @category references
 */
export const CurrentDeadline: Context.Reference<Deadline> = Context.Reference("@openmeter/sdk/CurrentDeadline", {
  defaultValue: (): Deadline => ({ start: 0, end: Number.POSITIVE_INFINITY })
})

/**
 * Returns how many milliseconds are left until the fiber's deadline.
 *
 * @since 2.0.0
 * @category combinators
 */
export const remaining = (fiber: Fiber.Fiber<unknown, unknown>): number =>
  fiber.getRef(CurrentDeadline).end - fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()

/**
 * Creates the error of a call that was still queued at its deadline.
 *
 * @since 2.0.0
 * @category combinators
 */
export const heldBack = (
  fiber: Fiber.Fiber<unknown, unknown>,
  request: HttpClientRequest.HttpClientRequest
): TimeoutError => {
  const { end, start } = fiber.getRef(CurrentDeadline)
  return neverSent(fiber.getRef(CurrentOperation), request, end - start)
}

/** Whether a queued attempt has got its turn. */
interface Turn {
  hasCome: boolean
}

const CurrentTurn: Context.Reference<Turn | undefined> = Context.Reference("@openmeter/sdk/CurrentTurn", {
  defaultValue: (): Turn | undefined => undefined
})

/**
 * Marks the end of an attempt's wait: from now on, something may reach the server.
 *
 * @since 2.0.0
 * @category combinators
 */
export const endWait = (fiber: Fiber.Fiber<unknown, unknown>): void => {
  const turn = fiber.getRef(CurrentTurn)
  if (turn !== undefined) turn.hasCome = true
}

/**
 * Interrupts an attempt at the deadline if it may have to wait, for a permit or for a window of a rate limit.
 *
 * The error distinguishes a request that was held back from one that the server did not answer.
 *
 * @since 2.0.0
 * @category combinators
 */
export const untilDeadline = <A, E, R>(
  attempt: Effect.Effect<A, E, R>,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<A, E | TimeoutError, R> =>
  Effect.withFiber<A, E | TimeoutError, R>((fiber) => {
    const { end, start } = fiber.getRef(CurrentDeadline)
    // A nested wait needs no timer of its own.
    if (end === Number.POSITIVE_INFINITY || fiber.getRef(CurrentTurn) !== undefined) return attempt
    const turn: Turn = { hasCome: false }
    return Effect.timeoutOrElse(Effect.provideService(attempt, CurrentTurn, turn), {
      duration: Math.max(0, remaining(fiber)),
      orElse: () =>
        Effect.fail(
          turn.hasCome ? timedOut(fiber.getRef(CurrentOperation), request, end - start) : heldBack(fiber, request)
        )
    })
  })
