/**
 * How often a call is tried again: what a program says, and the numbers that it comes to.
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import * as Check from "./Check.ts"

/**
 * How often a call is tried again, and how long it waits in between.
 *
 * @since 2.0.0
 * @category models
 */
export interface RetryOptions {
  /** How often a call is tried again after its first attempt, 0 to 100. Default: 3. */
  readonly times?: number | undefined
  /** The longest wait before the first retry; it doubles with every further one. Default: 250 milliseconds. */
  readonly baseDelay?: Duration.Input | undefined
  /** The longest wait before any retry. Default: 8 seconds. */
  readonly maxDelay?: Duration.Input | undefined
  /** The longest `Retry-After` that is waited for; a longer one ends the call at once. Default: 60 seconds. */
  readonly maxRetryAfter?: Duration.Input | undefined
}

/**
 * The credit of retries that the calls of a client share: a server that is down is not stormed by them.
 *
 * @since 2.0.0
 * @category models
 */
export interface RetryBudget {
  /** How much credit there is at the most. Default: 500. */
  readonly capacity?: number | undefined
  /** How much a retry takes. Default: 5. */
  readonly cost?: number | undefined
  /** How much an answer other than a failure gives back. Default: 1. */
  readonly gain?: number | undefined
}

/**
 * {@link RetryOptions} that have passed their checks: times in milliseconds.
 *
 * @since 2.0.0
 * @category models
 */
export interface RetrySettings {
  readonly times: number
  readonly baseDelay: number
  readonly maxDelay: number
  readonly maxRetryAfter: number
}

/**
 * How often a call is tried again when nothing else is said.
 *
 * @since 2.0.0
 * @category constants
 */
export const defaultRetry: RetrySettings = { times: 3, baseDelay: 250, maxDelay: 8000, maxRetryAfter: 60_000 }

/**
 * Checks how often a call is to be tried again.
 *
 * @internal
 */
export const resolveRetry = (options: RetryOptions | false): Partial<RetrySettings> => {
  if (options === false) return { times: 0 }
  Check.members("retry", options, Object.keys(defaultRetry))
  const { baseDelay, maxDelay, maxRetryAfter, times } = options
  return {
    ...(times === undefined ? {} : { times: Check.whole("retry.times", times, 0, 100) }),
    ...(baseDelay === undefined ? {} : { baseDelay: Check.wait("retry.baseDelay", baseDelay) }),
    ...(maxDelay === undefined ? {} : { maxDelay: Check.wait("retry.maxDelay", maxDelay) }),
    ...(maxRetryAfter === undefined ? {} : { maxRetryAfter: Check.wait("retry.maxRetryAfter", maxRetryAfter) })
  }
}

/**
 * A {@link RetryBudget} that has passed its checks.
 *
 * @since 2.0.0
 * @category models
 */
export type BudgetSettings = { readonly [K in keyof RetryBudget]-?: number }

/**
 * The credit of retries when nothing else is said.
 *
 * @since 2.0.0
 * @category constants
 */
export const defaultBudget: BudgetSettings = { capacity: 500, cost: 5, gain: 1 }

/**
 * Checks a credit of retries.
 *
 * @internal
 */
export const resolveBudget = (options: RetryBudget | false): BudgetSettings | false => {
  if (options === false) return false
  Check.members("retryBudget", options, Object.keys(defaultBudget))
  const { capacity = defaultBudget.capacity, cost = defaultBudget.cost, gain = defaultBudget.gain } = options
  return {
    capacity: Check.whole("retryBudget.capacity", capacity, 0),
    cost: Check.whole("retryBudget.cost", cost, 1),
    gain: Check.whole("retryBudget.gain", gain, 0)
  }
}
