/**
 * Whether a feature may be used, kept for a while: what a program can ask in every request that it serves.
 *
 * @since 2.0.0
 */
import * as Cache from "effect/Cache"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type { CommonError, InvalidRequestError, NotFoundError } from "../errors.ts"
import { apartFromCaller, CurrentCallOptions } from "../layers/Call.ts"
import * as Check from "../layers/Check.ts"
import { mayWaitForOthers } from "../layers/Platform.ts"

/**
 * How long an answer to a check is used, and what happens while the server fails.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementCheckOptions {
  /** How long an answer is used without asking again. Default: 10 seconds. */
  readonly timeToLive?: Duration.Input | undefined
  /** How many answers are kept: beyond it, those that were not asked for the longest go. Default: 10,000. */
  readonly capacity?: number | undefined
  /**
   * For how long beyond its time an answer is still used when the server cannot be asked; `false` is not at all.
   * Default: 5 minutes.
   */
  readonly staleIfError?: Duration.Input | false | undefined
  /** How long asking may take, with every attempt and every wait, before it has failed. Default: 5 seconds. */
  readonly timeout?: Duration.Input | undefined
}

/** {@link EntitlementCheckOptions} that have passed their checks: times in milliseconds. */
interface Settings {
  readonly timeToLive: number
  readonly capacity: number
  readonly staleIfError: number
  readonly timeout: number
}

/**
 * Checks the options of an entitlement check, and throws the `InvalidRequestError` that names the first one that is
 * wrong.
 *
 * @internal
 */
export const resolve = (options: EntitlementCheckOptions): Settings => {
  if (!Predicate.isObject(options)) throw Check.invalid("entitlementCheck", "must be an object")
  const { capacity = 10_000, staleIfError = "5 minutes", timeout = "5 seconds", timeToLive = "10 seconds" } = options
  const settings = {
    timeToLive: Check.duration("entitlementCheck.timeToLive", timeToLive),
    capacity: Check.whole("entitlementCheck.capacity", capacity, 1),
    staleIfError: staleIfError === false ? 0 : Check.wait("entitlementCheck.staleIfError", staleIfError),
    timeout: Check.timeLimit("entitlementCheck.timeout", timeout)
  }
  Check.refuseUnknown(options, Object.keys(settings), "entitlementCheck.")
  return settings
}

/**
 * Answers to checks, by whom they are about and by feature.
 *
 * @since 2.0.0
 * @category models
 */
export interface AccessCache {
  readonly hasAccess: (owner: string, featureKey: string) => Effect.Effect<boolean, NotFoundError | CommonError>
  readonly invalidate: (owner: string, featureKey: string) => Effect.Effect<void>
  readonly invalidateAll: Effect.Effect<void>
}

/** An answer, and for how many milliseconds it is used from now on. */
interface Answer {
  readonly hasAccess: boolean
  readonly timeToLive: number
}

/** The place of the last answer of the server, which outlives the time in which it is used without asking. */
interface Last {
  answer?: { readonly hasAccess: boolean; readonly at: number }
}

const keyOf = (owner: string, featureKey: string): string => JSON.stringify([owner, featureKey])
const partsOf = (key: string): [owner: string, featureKey: string] => JSON.parse(key)

/**
 * Whether an error says that the customer, the subject or the entitlement does not exist. A 404 of a proxy, or of a server
 * that does not know the path, says nothing of that.
 */
const isAbsent = ({ problem }: NotFoundError): boolean =>
  /\b(entitlement|feature|customer|subject)\b.*\bnot found\b/i.test(problem?.detail ?? "")

/** Whether an error leaves open what the server would have answered. */
const isOutage = (error: NotFoundError | CommonError): boolean => error.isRetryable || error._tag === "ServerError"

/**
 * Makes a cache of answers.
 *
 * Checks of the same key that come while the server is being asked wait for that one answer. The server is asked on
 * behalf of all of them, so that neither the timeout nor the headers of one caller decide for the others.
 *
 * @param ask - asks the server
 * @since 2.0.0
 * @category constructors
 */
export const make = (
  options: EntitlementCheckOptions,
  ask: (
    owner: string,
    featureKey: string
  ) => Effect.Effect<{ readonly hasAccess: boolean }, NotFoundError | CommonError>
): Effect.Effect<AccessCache, InvalidRequestError> =>
  Effect.gen(function* () {
    const { capacity, staleIfError, timeout, timeToLive } = yield* Check.run(() => resolve(options))

    // Whoever is not there has no access.
    const askForAccess = (owner: string, featureKey: string): Effect.Effect<boolean, NotFoundError | CommonError> =>
      ask(owner, featureKey).pipe(
        Effect.map(({ hasAccess }) => hasAccess),
        Effect.catchTag("NotFoundError", (error) => (isAbsent(error) ? Effect.succeed(false) : Effect.fail(error))),
        Effect.catchTag("PreconditionFailedError", () => Effect.succeed(false)),
        Effect.provideService(CurrentCallOptions, { timeout, headers: {}, retry: {} }),
        apartFromCaller
      )

    const lasts = yield* Cache.make<string, Last>({ capacity, lookup: () => Effect.sync(() => ({})) })

    const lookup = (key: string): Effect.Effect<Answer, NotFoundError | CommonError> =>
      // The place as it is now: what is invalidated meanwhile has another one, which this answer must not fill.
      Effect.flatMap(Cache.get(lasts, key), (last) =>
        Effect.matchEffect(askForAccess(...partsOf(key)), {
          onSuccess: (hasAccess) =>
            Effect.map(Clock.currentTimeMillis, (at): Answer => {
              last.answer = { hasAccess, at }
              return { hasAccess, timeToLive }
            }),
          onFailure: (error) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) => {
              const { answer } = last
              if (answer === undefined || !isOutage(error)) return Effect.fail(error)
              const left = answer.at + timeToLive + staleIfError - now
              return left > 0
                ? Effect.succeed({ hasAccess: answer.hasAccess, timeToLive: Math.min(timeToLive, left) })
                : Effect.fail(error)
            })
        })
      )

    const answers = yield* Cache.makeWith(lookup, {
      capacity,
      // A failure is that of the checks that wait for it, and of none after them.
      timeToLive: (exit) => (Exit.isSuccess(exit) ? exit.value.timeToLive : 0)
    })

    const shared = (key: string) => Cache.get(answers, key)

    /** Asks the server itself, even while another one is asking. */
    const alone = (key: string) =>
      Effect.flatMap(
        Cache.getSuccess(answers, key),
        Option.match({
          onSome: Effect.succeed,
          onNone: () =>
            Effect.flatMap(Cache.get(lasts, key), (before) =>
              Effect.tap(lookup(key), (answer) =>
                Effect.flatMap(Cache.get(lasts, key), (last) =>
                  last === before ? Cache.set(answers, key, answer) : Effect.void
                )
              )
            )
        })
      )

    const answerTo = mayWaitForOthers() ? shared : alone

    return {
      hasAccess: (owner, featureKey) => Effect.map(answerTo(keyOf(owner, featureKey)), ({ hasAccess }) => hasAccess),
      invalidate: (owner, featureKey) => {
        const key = keyOf(owner, featureKey)
        return Effect.andThen(Cache.invalidate(lasts, key), Cache.invalidate(answers, key))
      },
      invalidateAll: Effect.andThen(Cache.invalidateAll(lasts), Cache.invalidateAll(answers))
    }
  })
