/**
 * Retries: whether a call is retried, how long it waits in between, and when it gives up.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { fromResponse, isStalledUpload, retryAfter, timedOut } from "../errors.ts"
import type { InvalidRequestError, OpenMeterError, Operation } from "../errors.ts"
import { textOf } from "./Attempt.ts"
import { CurrentCallOptions, CurrentOperation, CurrentRepeat, withCallOptions } from "./Call.ts"
import { CurrentDeadline } from "./Deadline.ts"
import * as Check from "./Check.ts"
import type { Answer, Policy } from "./Policy.ts"
import type { ResolvedOptions } from "./Options.ts"
import {
  defaultBudget,
  defaultRetry,
  resolveBudget,
  resolveRetry,
  type BudgetSettings,
  type RetryBudget,
  type RetryOptions,
  type RetrySettings
} from "./RetryOptions.ts"
import type { Observer } from "./Telemetry.ts"

interface Budget {
  readonly take: () => boolean
  readonly give: () => void
}

const unlimited: Budget = { take: () => true, give: () => {} }

const makeBudget = (settings: BudgetSettings | false): Budget => {
  if (settings === false) return unlimited
  const { capacity, cost, gain } = settings
  let credit = capacity
  return {
    take: () => {
      if (credit < cost) return false
      credit -= cost
      return true
    },
    give: () => {
      credit = Math.min(capacity, credit + gain)
    }
  }
}

/**
 * Retry settings that the program provides for its clients. `undefined` stands for the defaults, with a separate budget
 * for each client.
 */
const Provided: Context.Reference<{ readonly policy: RetrySettings; readonly budget: Budget } | undefined> =
  Context.Reference("@openmeter/sdk/Retry", {
    defaultValue: (): { readonly policy: RetrySettings; readonly budget: Budget } | undefined => undefined
  })

/**
 * Sets the retry settings of all clients over this layer, which share its budget.
 *
 * @param budget - budget of retries, or `false` to remove the limit
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { OpenMeter, Retry } from "@openmeter/sdk/effect"
 *
 * const patient = OpenMeter.layer({ baseUrl: "http://localhost:8888" }).pipe(
 *   Layer.provide(Retry.layer({ times: 5, maxDelay: "20 seconds" }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (
  options: RetryOptions = {},
  budget: RetryBudget | false = {}
): Layer.Layer<never, InvalidRequestError> =>
  Layer.effect(
    Provided,
    Check.run(() => ({
      policy: { ...defaultRetry, ...resolveRetry(options) },
      budget: makeBudget(resolveBudget(budget))
    }))
  )

/**
 * Disables retries for all clients over this layer.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerOff: Layer.Layer<never> = Layer.succeed(Provided, {
  policy: { ...defaultRetry, times: 0 },
  budget: unlimited
})

/**
 * Runs an effect with its own retry settings. Omitted settings default to the client's; `false` disables retries.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters, Retry } from "@openmeter/sdk/effect"
 *
 * const impatient = Effect.flatMap(Meters, (meters) => meters.list()).pipe(Retry.with({ times: 0 }))
 * ```
 *
 * @since 2.0.0
 * @category combinators
 */
const with_: {
  (
    options: RetryOptions | false
  ): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E | InvalidRequestError, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, options: RetryOptions | false): Effect.Effect<A, E | InvalidRequestError, R>
} = dual(2, <A, E, R>(self: Effect.Effect<A, E, R>, retry: RetryOptions | false) => withCallOptions(self, { retry }))

export { with_ as with }

/**
 * Returns whether the operation can be retried after a response: a creating one only if the server refused it unread.
 */
const mayRepeat = (operation: Operation, status: number): boolean =>
  operation.idempotency !== "creating" || status === 429 || status === 503

/**
 * Creates the policy that retries a call, within its deadline.
 *
 * @param options - settings from the client's options, which override the program's layer
 * @internal
 */
export const policy = (
  options: Pick<ResolvedOptions, "timeout" | "retry" | "retryBudget">,
  observer: Observer
): Effect.Effect<Policy> =>
  Effect.map(Provided, (provided): Policy => {
    const client = { ...(provided?.policy ?? defaultRetry), ...options.retry }
    const budget =
      options.retryBudget === undefined
        ? (provided?.budget ?? makeBudget(defaultBudget))
        : makeBudget(options.retryBudget)
    return HttpClient.transform((attempt, request) =>
      Effect.withFiber((fiber) => {
        const clock = fiber.getRef(Clock.Clock)
        const start = clock.currentTimeMillisUnsafe()
        const overrides = fiber.getRef(CurrentCallOptions)
        const end = start + (overrides.timeout ?? options.timeout)
        const settings = { ...client, ...overrides.retry }
        if (settings.times === 0 && end === Number.POSITIVE_INFINITY) return attempt
        const operation = fiber.getRef(CurrentOperation)
        const repeating = fiber.getRef(CurrentRepeat)
        const call = { operation, request, clock, start, end, settings, budget, observer, repeating }
        return Effect.provideService(tryAgain(attempt, call, 1, undefined), CurrentDeadline, { start, end })
      })
    )
  })

interface Call {
  readonly operation: Operation
  readonly request: HttpClientRequest.HttpClientRequest
  readonly clock: Clock.Clock
  readonly start: number
  readonly end: number
  readonly settings: RetrySettings
  readonly budget: Budget
  readonly observer: Observer
  /** Called before the call is retried. */
  readonly repeating: () => void
}

/** Result of an attempt, as the response or failure returned to the caller, and as an error. */
interface Outcome {
  readonly answer: Answer
  readonly error: () => OpenMeterError
}

/** Runs one attempt, and all retries that follow it. */
const tryAgain = (attempt: Answer, call: Call, count: number, before: Outcome | undefined): Answer => {
  const { budget, clock, end, observer, operation, repeating, request, settings, start } = call

  /** Waits and retries, or returns the outcome if no further attempt is allowed or could finish in time. */
  const after = (outcome: Outcome, wait: number): Answer => {
    if (count > settings.times || wait > settings.maxRetryAfter) return outcome.answer
    return Effect.flatMap(Random.next, (random) => {
      const backoff = random * Math.min(settings.maxDelay, settings.baseDelay * 2 ** (count - 1))
      const delay = Math.round(Math.max(wait, backoff))
      if (clock.currentTimeMillisUnsafe() + delay >= end || !budget.take()) return outcome.answer
      repeating()
      return Effect.sleep(delay).pipe(
        Effect.andThen(observer.retried(operation, count)),
        Effect.andThen(Effect.suspend(() => tryAgain(attempt, call, count + 1, outcome)))
      )
    })
  }

  const answered = (response: HttpClientResponse.HttpClientResponse, text: string): Answer => {
    const now = clock.currentTimeMillisUnsafe()
    const error = () => fromResponse(operation, response, text, now)
    return after({ answer: Effect.succeed(response), error }, retryAfter(response.headers, now) ?? 0)
  }

  return Effect.matchEffect(attempt, {
    onSuccess: (response) => {
      if (response.status !== 400 && !HttpClient.isTransientResponse(response)) {
        budget.give()
        return Effect.succeed(response)
      }
      if (!mayRepeat(operation, response.status)) return Effect.succeed(response)
      return Effect.flatMap(textOf(response), (text) =>
        response.status !== 400 || isStalledUpload(400, text) ? answered(response, text) : Effect.succeed(response)
      )
    },
    onFailure: (error) => {
      const answer = Effect.fail(error)
      // The original failure says more than the open circuit that cut the retries short.
      if (error._tag === "CircuitOpenError") return before === undefined ? answer : before.answer
      if (error._tag === "TimeoutError" && clock.currentTimeMillisUnsafe() >= end) {
        const isSent = error.sent || before !== undefined
        return isSent ? Effect.fail(timedOut(operation, request, end - start, before?.error())) : answer
      }
      return error.isRetryable && operation.idempotency !== "creating"
        ? after({ answer, error: () => error }, 0)
        : answer
    }
  })
}
