/**
 * What can be seen of calls: a span each, and metrics, by the names of OpenTelemetry.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Breaker from "effect/persistence/CircuitBreaker"
import * as Predicate from "effect/Predicate"
import type { OpenMeterError, Operation } from "../errors.ts"
import type { Policy } from "./Policy.ts"

/**
 * What is traced besides the span of each call.
 *
 * @since 2.0.0
 * @category models
 */
export interface TelemetryOptions {
  /** Whether each attempt has a span of its own, below the call's. Default: false. */
  readonly attempts?: boolean | undefined
  /**
   * Whether the trace is told to the server, by the headers `traceparent` and `b3`; needs `attempts`. Default: false,
   * since a browser asks the server for leave to send them, which it does not give.
   */
  readonly propagation?: boolean | undefined
}

/**
 * What is traced besides the span of each call, by the clients over a layer.
 *
 * @since 2.0.0
 * @category references
 */
export const Telemetry: Context.Reference<TelemetryOptions> = Context.Reference("@openmeter/sdk/Telemetry", {
  defaultValue: (): TelemetryOptions => ({})
})

/**
 * Sets what is traced besides the span of each call, for all clients over this layer.
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { OpenMeter, Telemetry } from "@openmeter/sdk/effect"
 *
 * const traced = OpenMeter.layer({ baseUrl: "http://localhost:8888" }).pipe(
 *   Layer.provide(Telemetry.layer({ attempts: true, propagation: true }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (options: TelemetryOptions): Layer.Layer<never> => Layer.succeed(Telemetry, options)

/**
 * The policy that lets effect's own client trace attempts, or not.
 *
 * @since 2.0.0
 * @category policies
 */
export const policy: Effect.Effect<Policy> = Effect.map(
  Telemetry,
  ({ attempts = false, propagation = false }): Policy =>
    HttpClient.transformResponse((attempt) =>
      attempts
        ? Effect.provideService(attempt, HttpClient.TracerPropagationEnabled, propagation)
        : Effect.provideService(attempt, HttpClient.TracerDisabledWhen, () => true)
    )
)

/**
 * How long calls take from beginning to end, in seconds, by method, operation and `error.type`.
 *
 * @since 2.0.0
 * @category metrics
 */
export const requestDuration = Metric.histogram("http.client.request.duration", {
  description: "Duration of calls, with all of their attempts, in seconds",
  attributes: { unit: "s" },
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
})

/**
 * How many attempts were made again, by operation.
 *
 * @since 2.0.0
 * @category metrics
 */
export const retries = Metric.counter("openmeter.client.retries", {
  description: "Attempts beyond the first one of a call",
  incremental: true
})

/**
 * How long attempts wait for their turn when too many are under way, in seconds.
 *
 * @since 2.0.0
 * @category metrics
 */
export const queueDuration = Metric.histogram("openmeter.client.queue.duration", {
  description: "Time that attempts wait for a permit, in seconds",
  attributes: { unit: "s" },
  boundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60]
})

/**
 * The state of circuits by key: 0 closed, 1 half-open, 2 open.
 *
 * @since 2.0.0
 * @category metrics
 */
export const circuit = Metric.gauge("openmeter.client.circuit.state", {
  description: "State of the circuit: 0 closed, 1 half-open, 2 open"
})

/** The series of a metric by its attributes: making one anew for every update would cost more than the update. */
const series = <Input, State>(metric: Metric.Metric<Input, State>) => {
  const known = new Map<string, Metric.Metric<Input, State>>()
  return (attributes: Readonly<Record<string, string>>): Metric.Metric<Input, State> => {
    const key = Object.values(attributes).join("\n")
    const existing = known.get(key)
    if (existing !== undefined) return existing
    const created = Metric.withAttributes(metric, attributes)
    known.set(key, created)
    return created
  }
}

const durations = series(requestDuration)
const retriesOf = series(retries)
const circuits = series(circuit)

/** The status where there is an answer, else the kind of failure. */
const errorType = (error: unknown): string =>
  Predicate.hasProperty(error, "status")
    ? String(error.status)
    : Predicate.hasProperty(error, "_tag")
      ? String(error._tag)
      : "_OTHER"

/**
 * Gives a call its span and its time in {@link requestDuration}.
 *
 * @since 2.0.0
 * @category combinators
 */
export const observe = <A>(
  operation: Operation,
  call: Effect.Effect<A, OpenMeterError>
): Effect.Effect<A, OpenMeterError> =>
  Effect.withFiber<A, OpenMeterError>((fiber) => {
    const clock = fiber.getRef(Clock.Clock)
    const start = clock.currentTimeMillisUnsafe()
    return Effect.onExit(call, (exit) => {
      const failure = Exit.isSuccess(exit) ? undefined : Option.getOrElse(Exit.findErrorOption(exit), () => exit)
      const type = failure === undefined ? undefined : errorType(failure)
      durations({
        "http.request.method": operation.method,
        "openmeter.operation": operation.name,
        ...(type === undefined ? {} : { "error.type": type })
      }).updateUnsafe((clock.currentTimeMillisUnsafe() - start) / 1000, fiber.context)
      return type === undefined ? Effect.void : Effect.annotateCurrentSpan("error.type", type)
    })
  }).pipe(
    Effect.withSpan(`openmeter.${operation.name}`, {
      kind: "client",
      attributes: {
        "http.request.method": operation.method,
        "url.template": operation.path,
        "openmeter.operation": operation.name
      }
    })
  )

/**
 * Counts an attempt that is made again.
 *
 * @param count - how many attempts there were before it
 * @since 2.0.0
 * @category combinators
 */
export const retried = (operation: Operation, count: number): Effect.Effect<void> =>
  Effect.andThen(
    Metric.update(retriesOf({ "openmeter.operation": operation.name }), 1),
    Effect.annotateCurrentSpan("http.request.resend_count", count)
  )

/**
 * Records how long an attempt waited for its turn.
 *
 * @param milliseconds - the wait
 * @since 2.0.0
 * @category combinators
 */
export const queued = (milliseconds: number): Effect.Effect<void> => Metric.update(queueDuration, milliseconds / 1000)

const states = { Closed: 0, HalfOpen: 1, Open: 2 } as const

/**
 * Records the new state of a circuit.
 *
 * @since 2.0.0
 * @category combinators
 */
export const circuitChanged = ({ key, to }: Breaker.Transition): Effect.Effect<void> =>
  Metric.update(circuits({ "openmeter.circuit": key }), states[to])
