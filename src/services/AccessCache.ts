/**
 * Cache of entitlement checks, cheap enough to ask on every request.
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
 * How long entitlement checks are cached, and what happens while the server is failing.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementCheckOptions {
  /** How long an answer is used before the server is asked again. Default: 10 seconds. */
  readonly timeToLive?: Duration.Input | undefined
  /** Maximum number of cached answers; the least recently used ones are evicted. Default: 10,000. */
  readonly capacity?: number | undefined
  /**
   * How long an expired answer is still used while the server cannot be asked; `false` disables this. Default: 5
   * minutes.
   */
  readonly staleIfError?: Duration.Input | false | undefined
  /** Time limit for asking the server, including every attempt and every wait. Default: 5 seconds. */
  readonly timeout?: Duration.Input | undefined
}

/** Validated {@link EntitlementCheckOptions}, with durations in milliseconds. */
interface Settings {
  readonly timeToLive: number
  readonly capacity: number
  readonly staleIfError: number
  readonly timeout: number
}

/**
 * Resolves the options of an entitlement check. Throws an `InvalidRequestError` that names the first invalid option.
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
 * Cached answers, by owner and feature.
 *
 * @since 2.0.0
 * @category models
 */
export interface AccessCache {
  readonly hasAccess: (owner: string, featureKey: string) => Effect.Effect<boolean, NotFoundError | CommonError>
  readonly invalidate: (owner: string, featureKey: string) => Effect.Effect<void>
  readonly invalidateAll: Effect.Effect<void>
}

/** An answer, and how long it may be used, in milliseconds. */
interface Answer {
  readonly hasAccess: boolean
  readonly timeToLive: number
}

/** Holds the server's last answer, beyond the time it may be used without asking. */
interface Last {
  answer?: { readonly hasAccess: boolean; readonly at: number }
}

const keyOf = (owner: string, featureKey: string): string => JSON.stringify([owner, featureKey])
const partsOf = (key: string): [owner: string, featureKey: string] => JSON.parse(key)

/**
 * Returns whether an error means that the customer, the subject or the entitlement does not exist. A 404 from a proxy,
 * or from a server that does not have the path, does not mean that.
 */
const isAbsent = ({ problem }: NotFoundError): boolean =>
  /\b(entitlement|feature|customer|subject)\b.*\bnot found\b/i.test(problem?.detail ?? "")

/** Returns whether the error leaves open what the server would have answered. */
const isOutage = (error: NotFoundError | CommonError): boolean => error.isRetryable || error._tag === "ServerError"

/**
 * Creates a cache of answers.
 *
 * Concurrent checks of the same key wait for one shared request. Its timeout and headers are therefore the cache's own,
 * not those of the caller that happened to start it.
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

    // An owner that does not exist has no access.
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
      // Looked up now, because an invalidation in the meantime replaces the entry, and this answer must not fill the
      // new one.
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
      // A failure is shared by the checks that wait for it, but never cached.
      timeToLive: (exit) => (Exit.isSuccess(exit) ? exit.value.timeToLive : 0)
    })

    const shared = (key: string) => Cache.get(answers, key)

    /** Asks the server independently of any request already in flight. */
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
