/**
 * The instant at which a call is over, whatever it is doing then.
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
 * When the running call began and when it must be over, in milliseconds of the clock.
 *
 * @since 2.0.0
 * @category models
 */
export interface Deadline {
  readonly start: number
  readonly end: number
}

/**
 * The deadline of the running call. Outside of a call there is none.
 *
 * @since 2.0.0
 * @category references
 */
export const CurrentDeadline: Context.Reference<Deadline> = Context.Reference("@openmeter/sdk/CurrentDeadline", {
  defaultValue: (): Deadline => ({ start: 0, end: Number.POSITIVE_INFINITY })
})

/**
 * How many milliseconds a fiber has until its deadline.
 *
 * @since 2.0.0
 * @category combinators
 */
export const remaining = (fiber: Fiber.Fiber<unknown, unknown>): number =>
  fiber.getRef(CurrentDeadline).end - fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()

/**
 * The error of a call whose turn has not come before its deadline.
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

/** Whether the turn has come of an attempt that waits for it. */
interface Turn {
  hasCome: boolean
}

const CurrentTurn: Context.Reference<Turn | undefined> = Context.Reference("@openmeter/sdk/CurrentTurn", {
  defaultValue: (): Turn | undefined => undefined
})

/**
 * Notes that the wait of an attempt is over: from now on something may reach the server.
 *
 * @since 2.0.0
 * @category combinators
 */
export const endWait = (fiber: Fiber.Fiber<unknown, unknown>): void => {
  const turn = fiber.getRef(CurrentTurn)
  if (turn !== undefined) turn.hasCome = true
}

/**
 * Breaks an attempt off at the deadline that may have to wait: for a permit, for a window of a rate limit.
 *
 * The error tells a request that was held back from one that the server left without an answer.
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
    // A wait within a wait needs no timer of its own.
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
