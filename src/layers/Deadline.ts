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
import { timedOut } from "../errors.ts"
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
 * Breaks a wait off at the deadline.
 *
 * An attempt limits itself, so this is for what waits before it: for a permit, for a window of a rate limit.
 *
 * @since 2.0.0
 * @category combinators
 */
export const untilDeadline = <A, E, R>(
  wait: Effect.Effect<A, E, R>,
  request: HttpClientRequest.HttpClientRequest
): Effect.Effect<A, E | TimeoutError, R> =>
  Effect.withFiber((fiber) => {
    const { end, start } = fiber.getRef(CurrentDeadline)
    return Effect.timeoutOrElse(wait, {
      duration: Math.max(0, remaining(fiber)),
      orElse: () => Effect.fail(timedOut(fiber.getRef(CurrentOperation), request, end - start))
    })
  })
