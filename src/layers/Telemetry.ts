/**
 * Telemetry: a span per call, and metrics, following OpenTelemetry's conventions.
 *
 * @since 2.0.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import type * as Breaker from "effect/persistence/CircuitBreaker"
import type { OpenMeterError, Operation } from "../errors.ts"
import { CurrentOperation } from "./Call.ts"
import type { Answer, Policy } from "./Policy.ts"

/**
 * Options for tracing more than one span per call.
 *
 * @since 2.0.0
 * @category models
 */
export interface TelemetryOptions {
  /** Whether each attempt has its own span, as a child of the call's. Default: false. */
  readonly attempts?: boolean | undefined
  /**
   * Whether to propagate the trace to the server in the headers `traceparent` and `b3`. Requires `attempts`. Default:
   * false, because browsers send these headers only with the server's CORS permission, which it does not give.
   */
  readonly propagation?: boolean | undefined
}

/** Telemetry options that the program provides for its clients. */
const Provided: Context.Reference<TelemetryOptions | false> = Context.Reference("@openmeter/sdk/Telemetry", {
  defaultValue: (): TelemetryOptions | false => ({})
})

/**
 * Sets the telemetry options of all clients over this layer.
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
export const layer = (options: TelemetryOptions): Layer.Layer<never> => Layer.succeed(Provided, options)

/**
 * Disables tracing and metrics for all clients over this layer.
 *
 * @since 2.0.0
 * @category layers
 */
export const layerOff: Layer.Layer<never> = Layer.succeed(Provided, false)

type Attributes = Readonly<Record<string, string>>

const makeRequestDuration = (attributes: Attributes = {}) =>
  Metric.histogram("http.client.request.duration", {
    description: "Duration of HTTP client requests, one per attempt of a call",
    attributes: { unit: "s", ...attributes },
    boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]
  })

/**
 * Duration of attempts, from sending the request to the last byte of the response, in seconds, by method, path, server,
 * status and `error.type`: the histogram of OpenTelemetry's HTTP conventions. Its count is the number of attempts.
 *
 * @since 2.0.0
 * @category metrics
 */
export const requestDuration = makeRequestDuration()

const makeOperationDuration = (attributes: Attributes = {}) =>
  Metric.histogram("openmeter.client.operation.duration", {
    description: "Duration of calls, including all attempts and waits",
    attributes: { unit: "s", ...attributes },
    boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 120]
  })

/**
 * Duration of calls, including every attempt and every wait, in seconds, by operation and `error.type`.
 *
 * @since 2.0.0
 * @category metrics
 */
export const operationDuration = makeOperationDuration()

/**
 * Number of retries, by operation.
 *
 * @since 2.0.0
 * @category metrics
 */
export const retries = Metric.counter("openmeter.client.retries", {
  description: "Number of attempts after the first one of a call",
  incremental: true
})

/**
 * Time that attempts wait for a permit while too many requests are in flight, in seconds.
 *
 * @since 2.0.0
 * @category metrics
 */
export const queueDuration = Metric.histogram("openmeter.client.queue.duration", {
  description: "Time that attempts wait for a permit",
  attributes: { unit: "s" },
  boundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60]
})

/**
 * State of circuits by key: 0 closed, 1 half-open, 2 open.
 *
 * @since 2.0.0
 * @category metrics
 */
export const circuit = Metric.gauge("openmeter.client.circuit.state", {
  description: "State of the circuit: 0 closed, 1 half-open, 2 open"
})

/** Caches the series of a metric by operation and outcome: creating one costs more than updating it. */
const series = <Outcome, Input, State>(
  make: (operation: Operation, outcome: Outcome) => Metric.Metric<Input, State>
): ((operation: Operation, outcome: Outcome) => Metric.Metric<Input, State>) => {
  const known = new WeakMap<Operation, Map<Outcome, Metric.Metric<Input, State>>>()
  return (operation, outcome) => {
    let outcomes = known.get(operation)
    if (outcomes === undefined) known.set(operation, (outcomes = new Map()))
    let metric = outcomes.get(outcome)
    if (metric === undefined) outcomes.set(outcome, (metric = make(operation, outcome)))
    return metric
  }
}

const operationDurations = series((operation, outcome: string | undefined) =>
  makeOperationDuration({
    "http.request.method": operation.method,
    "openmeter.operation": operation.name,
    ...(outcome === undefined ? {} : { "error.type": outcome })
  })
)

/** Seconds from a time of the clock until now. */
const secondsSince = (clock: Clock.Clock, start: bigint): number =>
  Number(clock.monotonicTimeNanosUnsafe() - start) / 1e9

/** Returns the error type: the status of an error response, or else the kind of failure. */
const errorType = (cause: Cause.Cause<OpenMeterError>): string => {
  if (Cause.hasInterruptsOnly(cause)) return "interrupted"
  const error = Option.getOrUndefined(Cause.findErrorOption(cause))
  if (error === undefined) return "_OTHER"
  return "status" in error && error.status >= 400 ? String(error.status) : error._tag
}

/**
 * Observes the calls of a client.
 *
 * @since 2.0.0
 * @category models
 */
export interface Observer {
  /** Observes each attempt. */
  readonly policy: Policy
  /** Wraps a call in its span and measures its duration. */
  readonly observe: <A>(
    operation: Operation,
    call: Effect.Effect<A, OpenMeterError>
  ) => Effect.Effect<A, OpenMeterError>
  /** Records the status of the final response of a call. */
  readonly answered: (status: number) => Effect.Effect<void>
  /** Records a retry, with the number of attempts before it. */
  readonly retried: (operation: Operation, count: number) => Effect.Effect<void>
  /** Records how long an attempt waited for a permit, in milliseconds. */
  readonly queued: (milliseconds: number) => Effect.Effect<void>
}

/** Enables or disables the spans of Effect's own client for attempts. */
const trace = ({ attempts = false, propagation = false }: TelemetryOptions): ((attempt: Answer) => Answer) =>
  attempts
    ? Effect.provideService(HttpClient.TracerPropagationEnabled, propagation)
    : Effect.provideService(HttpClient.TracerDisabledWhen, () => true)

const blind: Observer = {
  policy: HttpClient.transformResponse(trace({})),
  observe: (_, call) => call,
  answered: () => Effect.void,
  retried: () => Effect.void,
  queued: () => Effect.void
}

/**
 * Creates the observer of the calls to a server.
 *
 * @internal
 */
export const make = (server: URL): Effect.Effect<Observer> =>
  Effect.map(Provided, (options) => {
    if (options === false) return blind
    const address = server.hostname.replace(/^\[|\]$/g, "")
    const port = Number(server.port) || (server.protocol === "https:" ? 443 : 80)
    const traced = trace(options)

    const requestDurations = series((operation, outcome: number | string) => {
      const isError = typeof outcome === "string" || outcome >= 400
      return makeRequestDuration({
        "http.request.method": operation.method,
        "url.template": operation.path,
        "server.address": address,
        "server.port": String(port),
        ...(typeof outcome === "number" ? { "http.response.status_code": String(outcome) } : {}),
        ...(isError ? { "error.type": String(outcome) } : {})
      })
    })

    return {
      policy: HttpClient.transformResponse((attempt) =>
        Effect.withFiber((fiber) => {
          const clock = fiber.getRef(Clock.Clock)
          const start = clock.monotonicTimeNanosUnsafe()
          return Effect.onExit(traced(attempt), (exit) => {
            const outcome = Exit.isSuccess(exit) ? exit.value.status : errorType(exit.cause)
            const metric = requestDurations(fiber.getRef(CurrentOperation), outcome)
            metric.updateUnsafe(secondsSince(clock, start), fiber.context)
            return Effect.void
          })
        })
      ),
      observe: (operation, call) =>
        Effect.useSpan(
          `openmeter.${operation.name}`,
          {
            kind: "client",
            attributes: {
              "http.request.method": operation.method,
              "url.template": operation.path,
              "server.address": address,
              "server.port": port,
              "openmeter.operation": operation.name
            }
          },
          (span) =>
            Effect.withFiber((fiber) => {
              const clock = fiber.getRef(Clock.Clock)
              const start = clock.monotonicTimeNanosUnsafe()
              return Effect.onExit(Effect.withParentSpan(call, span, { captureStackTrace: false }), (exit) => {
                const outcome = Exit.isSuccess(exit) ? undefined : errorType(exit.cause)
                if (outcome !== undefined) span.attribute("error.type", outcome)
                operationDurations(operation, outcome).updateUnsafe(secondsSince(clock, start), fiber.context)
                return Effect.void
              })
            })
        ),
      answered: (status) => Effect.annotateCurrentSpan("http.response.status_code", status),
      retried: (operation, count) =>
        Effect.andThen(
          Metric.update(Metric.withAttributes(retries, { "openmeter.operation": operation.name }), 1),
          Effect.annotateCurrentSpan("http.request.resend_count", count)
        ),
      queued: (milliseconds) => Metric.update(queueDuration, milliseconds / 1000)
    }
  })

const states = { Closed: 0, HalfOpen: 1, Open: 2 } as const

/**
 * Records the new state of a circuit.
 *
 * @internal
 */
export const circuitChanged = ({ key, to }: Breaker.Transition): Effect.Effect<void> =>
  Metric.update(Metric.withAttributes(circuit, { "openmeter.circuit": key }), states[to])
