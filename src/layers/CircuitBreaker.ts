/**
 * Circuit breaker, which stops sending requests to a failing server.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Breaker from "effect/persistence/CircuitBreaker"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { circuitOpen } from "../errors.ts"
import type { InvalidRequestError } from "../errors.ts"
import { CurrentOperation, CurrentSuspension } from "./Call.ts"
import * as Check from "./Check.ts"
import { CircuitBreakerPolicy, off, type Client, type NoAnswer } from "./Policy.ts"
import { watch } from "./Store.ts"
import { circuitChanged } from "./Telemetry.ts"

/**
 * Options of a circuit breaker.
 *
 * @since 2.0.0
 * @category models
 */
export interface CircuitBreakerOptions {
  /** Share of recent attempts that must fail to open the circuit, greater than 0 and at most 1. Default: 0.5. */
  readonly failureRate?: number | undefined
  /** Number of recent attempts to consider, at least 1. Default: 50. */
  readonly size?: number | undefined
  /** Minimum number of attempts before the circuit can open, 1 to `size`. Default: 20. */
  readonly minimumCalls?: number | undefined
  /**
   * How long the circuit stays open, without sending anything, before a single attempt probes the server. Default: 30
   * seconds.
   */
  readonly openDuration?: Duration.Input | undefined
  /** Name under which several processes share the circuit. Default: the server's origin. */
  readonly key?: string | undefined
}

const names: ReadonlyArray<string> = [
  "failureRate",
  "size",
  "minimumCalls",
  "openDuration",
  "key"
] satisfies ReadonlyArray<keyof CircuitBreakerOptions>

const resolve = (options: CircuitBreakerOptions) => {
  Check.members("circuitBreaker", options, names)
  const { failureRate = 0.5, openDuration = "30 seconds", key } = options
  if (!(Predicate.isNumber(failureRate) && failureRate > 0 && failureRate <= 1)) {
    throw Check.invalid("circuitBreaker.failureRate", "must be a number greater than 0 and at most 1")
  }
  const size = Check.whole("circuitBreaker.size", options.size ?? 50, 1)
  const minimumCalls = Check.whole("circuitBreaker.minimumCalls", options.minimumCalls ?? Math.min(20, size), 1, size)
  return {
    tripPolicy: Breaker.rate({ threshold: failureRate, size, minimumCalls }),
    openDuration: Check.duration("circuitBreaker.openDuration", openDuration),
    key: key === undefined ? undefined : Check.name("circuitBreaker.key", key)
  }
}

/** A missing response counts as a failure of the server, a request that was never sent does not. */
const classify = (
  exit: Exit.Exit<Parameters<typeof HttpClient.isTransientResponse>[0], NoAnswer>
): Breaker.Outcome | Effect.Effect<Breaker.Outcome> =>
  Exit.isSuccess(exit)
    ? HttpClient.circuitBreakerClassifier(exit)
    : Option.match(Exit.findErrorOption(exit), {
        onNone: () => Breaker.ignored,
        onSome: (error) =>
          error._tag === "TransportError" || (error._tag === "TimeoutError" && error.sent)
            ? Breaker.failure()
            : Breaker.ignored
      })

interface Guarded {
  readonly store: Breaker.CircuitBreakerStore["Service"]
  /** Whether calls pass unrecorded, because the store is unavailable. */
  readonly isAway: (clock: Clock.Clock) => boolean
}

/** Keeps the circuit closed while the store fails or does not respond. */
const tolerant = (store: Breaker.CircuitBreakerStore["Service"]): Guarded => {
  const { ask, isAway } = watch<Breaker.CircuitBreakerError>(
    ({ reason }) => reason._tag === "CircuitBreakerStoreError",
    // Effect's breaker logs the failure itself.
    () => Effect.void
  )
  const timedOut = () =>
    new Breaker.CircuitBreakerError({
      reason: new Breaker.CircuitBreakerStoreError({ message: "the store timed out" })
    })
  return {
    isAway,
    store: Breaker.CircuitBreakerStore.of({
      admit: (key) => ask(store.admit(key), timedOut),
      record: (options) => ask(store.record(options), timedOut),
      state: (key) => ask(store.state(key), timedOut)
    })
  }
}

const make = (
  options: CircuitBreakerOptions,
  guard: (store: Breaker.CircuitBreakerStore["Service"]) => Guarded
): Layer.Layer<never, InvalidRequestError, Breaker.CircuitBreakerStore> =>
  Layer.effect(
    CircuitBreakerPolicy,
    Effect.gen(function* () {
      const { key, ...settings } = yield* Check.run(() => resolve(options))
      const { isAway, store } = guard(yield* Breaker.CircuitBreakerStore)
      const breaker = yield* Effect.provideService(Breaker.make(settings), Breaker.CircuitBreakerStore, store)
      yield* Effect.forkScoped(Stream.runForEach(breaker.transitions, circuitChanged), { startImmediately: true })
      const withBreaker = HttpClient.withCircuitBreaker<NoAnswer>({ breaker, classify, key })
      return (client: Client): Client => {
        const guarded = withBreaker(client)
        return HttpClient.transform(client, (attempt, request) =>
          Effect.withFiber((fiber) =>
            fiber.getRef(CurrentSuspension).circuitBreaker || isAway(fiber.getRef(Clock.Clock))
              ? attempt
              : Effect.catchTag(guarded.postprocess(Effect.succeed(request)), "CircuitBreakerError", ({ reason }) =>
                  Effect.fail(circuitOpen(fiber.getRef(CurrentOperation), request, reason))
                )
          )
        )
      }
    })
  )

/**
 * Opens the circuit of all clients over this layer when too many recent attempts have failed, with the program's
 * `CircuitBreakerStore`. With a store in Redis, several processes share the circuit.
 *
 * While the circuit is open, calls fail immediately with `CircuitOpenError`. While the store is unavailable, or does
 * not respond within half a second, calls pass unrecorded, and an error is logged.
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { CircuitBreaker, OpenMeter } from "@openmeter/sdk/effect"
 *
 * const guarded = OpenMeter.layer({ baseUrl: "http://localhost:8888" }).pipe(
 *   Layer.provide(CircuitBreaker.layerMemory({ failureRate: 0.5, openDuration: "10 seconds" }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (
  options: CircuitBreakerOptions = {}
): Layer.Layer<never, InvalidRequestError, Breaker.CircuitBreakerStore> => make(options, tolerant)

/**
 * Opens the circuit of all clients over this layer when too many recent attempts have failed, within this process.
 *
 * @example
 * ```ts
 * import { CircuitBreaker } from "@openmeter/sdk/effect"
 * import { OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({
 *   baseUrl: "http://localhost:8888",
 *   policies: CircuitBreaker.layerMemory({ failureRate: 0.5, openDuration: "10 seconds" })
 * })
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layerMemory = (options: CircuitBreakerOptions = {}): Layer.Layer<never, InvalidRequestError> =>
  Layer.provide(
    make(options, (store) => ({ store, isAway: () => false })),
    Breaker.layerStoreMemory()
  )

/**
 * Removes the circuit breaker.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerOff: Layer.Layer<never> = Layer.succeed(CircuitBreakerPolicy, off)

/**
 * Runs an effect whose requests are sent even if the circuit is open, and are not recorded.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { CircuitBreaker, Meters } from "@openmeter/sdk/effect"
 *
 * const isUp = Effect.flatMap(Meters, (meters) => meters.list()).pipe(CircuitBreaker.suspend, Effect.isSuccess)
 * ```
 *
 * @since 2.0.0
 * @category combinators
 */
export const suspend = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.updateService(self, CurrentSuspension, (suspension) => ({ ...suspension, circuitBreaker: true }))
