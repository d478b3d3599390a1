/**
 * Options of retries, and the settings that they resolve to.
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import * as Check from "./Check.ts"

/**
 * Number of retries, and the delays between them.
 *
 * @since 2.0.0
 * @category models
 */
export interface RetryOptions {
  /** Maximum number of retries after the first attempt, 0 to 100. Default: 3. */
  readonly times?: number | undefined
  /** Maximum delay before the first retry, which doubles with every further retry. Default: 250 milliseconds. */
  readonly baseDelay?: Duration.Input | undefined
  /** Maximum delay before any retry. Default: 8 seconds. */
  readonly maxDelay?: Duration.Input | undefined
  /** Maximum `Retry-After` to wait for. A longer one ends the call immediately. Default: 60 seconds. */
  readonly maxRetryAfter?: Duration.Input | undefined
}

/**
 * Budget of retries shared by the calls of a client, so that a server that is down is not flooded with retries.
 *
 * @since 2.0.0
 * @category models
 */
export interface RetryBudget {
  /** Maximum and initial credit of the budget. Default: 500. */
  readonly capacity?: number | undefined
  /** Credit that a retry takes. Default: 5. */
  readonly cost?: number | undefined
  /** Credit that a response other than a failure gives back. Default: 1. */
  readonly gain?: number | undefined
}

/**
 * Validated {@link RetryOptions}, with durations in milliseconds.
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
 * Default retry settings.
 *
 * @since 2.0.0
 * @category constants
 */
export const defaultRetry: RetrySettings = { times: 3, baseDelay: 250, maxDelay: 8000, maxRetryAfter: 60_000 }

/**
 * Resolves retry options.
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
 * Validated {@link RetryBudget}.
 *
 * @since 2.0.0
 * @category models
 */
export type BudgetSettings = { readonly [K in keyof RetryBudget]-?: number }

/**
 * Default retry budget.
 *
 * @since 2.0.0
 * @category constants
 */
export const defaultBudget: BudgetSettings = { capacity: 500, cost: 5, gain: 1 }

/**
 * Resolves a retry budget.
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
