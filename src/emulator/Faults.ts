/**
 * Faults: what goes wrong between a program and the emulator, and when.
 *
 * A fault is a behaviour (`status`, `hang`, `reset`, …) and the requests that it affects (`once`, `random`, …).
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator, Faults } from "@openmeter/sdk/testing"
 *
 * const unreliable = Effect.gen(function* () {
 *   const emulator = yield* Emulator
 *   yield* emulator.inject(
 *     Faults.once("ingestEvents", Faults.status(503, { "retry-after": "2" })),
 *     Faults.random(0.1, Faults.reset, { seed: 1 }),
 *     Faults.between("10 seconds", "25 seconds", Faults.hang)
 *   )
 * })
 * ```
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Random from "effect/Random"
import * as Check from "./check.ts"
import * as FaultChecks from "./faultChecks.ts"
import type { Exchange, Outcome } from "./http/Exchange.ts"
import type { WireResponse } from "./http/Handler.ts"
import { problem } from "./http/Problem.ts"
import type { Operation } from "./http/routes.ts"

/**
 * What happens to a request that a fault affects.
 *
 * @since 2.0.0
 * @category models
 */
export type Behaviour = (next: Exchange, random: Random.Random) => Exchange

/**
 * The operations that a fault affects, by their names in the server's API document; `"*"` stands for every request.
 *
 * @since 2.0.0
 * @category models
 */
export type Target = Operation | ReadonlyArray<Operation> | "*"

/**
 * Which requests a fault affects: those that meet every condition given here.
 *
 * @since 2.0.0
 * @category models
 */
export interface Selection {
  /** Only requests of these operations. Default: every request. */
  readonly operation?: Target | undefined
  /** How many matching requests pass first. An integer of at least 0. Default: 0. */
  readonly skip?: number | undefined
  /** How many requests are affected in total. An integer of at least 0. Default: no limit. */
  readonly times?: number | undefined
  /** The probability with which each matching request is affected, from 0 to 1. Default: 1. */
  readonly probability?: number | undefined
  /** How long after the injection the fault begins. Default: at once. */
  readonly from?: Duration.Input | undefined
  /** How long after the injection the fault ends; longer than `from`. Default: never. */
  readonly until?: Duration.Input | undefined
  /** The seed of probabilities and random latencies, which makes them reproducible. Default: 0. */
  readonly seed?: string | number | undefined
}

/**
 * A behaviour and the requests that it affects.
 *
 * @since 2.0.0
 * @category models
 */
export interface Fault {
  /** Which requests are affected. */
  readonly selection: Selection
  /** What happens to them. */
  readonly behaviour: Behaviour
}

// Each of these makes a behaviour, and is easily taken for one.
const isUncalled = (behaviour: unknown): boolean =>
  [combine, clockSkew, latency, replaceBody, respond, status].some((maker) => maker === behaviour)

const checkBehaviour = (call: string, field: string, input: unknown): void => {
  const expected = "a behaviour such as Faults.hang or Faults.status(503)"
  if (!Predicate.isFunction(input)) throw Check.unexpected(call, field, expected, input)
  if (isUncalled(input)) throw Check.invalid(call, field, `must be ${expected}, not the function that makes one`)
}

const build = (
  call: string,
  selection: Selection,
  behaviour: Behaviour,
  fieldOf: (member: keyof Selection) => string
): Fault => {
  FaultChecks.selection(call, selection, fieldOf)
  checkBehaviour(call, "behaviour", behaviour)
  return { selection, behaviour }
}

// In a selection the operation may be left out, but not as an argument.
const affect = (call: string, operation: Target, narrower: Selection, behaviour: Behaviour): Fault => {
  FaultChecks.target(call, "operation", operation)
  return build(call, { operation, ...narrower }, behaviour, (member) => member)
}

/**
 * Makes a fault; the functions below are shortcuts for common ones.
 *
 * Like all functions of this module, it throws an `InvalidRequestError` that names the argument if one is invalid.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * // About half of the batches after the first two.
 * const fault = Faults.make({ operation: "ingestEvents", skip: 2, probability: 0.5, seed: 7 }, Faults.reset)
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const make = (selection: Selection, behaviour: Behaviour): Fault => {
  Check.members("Faults.make", "selection", selection, [
    "operation",
    "skip",
    "times",
    "probability",
    "from",
    "until",
    "seed"
  ])
  return build("Faults.make", selection, behaviour, (member) => `selection.${member}`)
}

/**
 * Affects the next request of an operation.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once("ingestEvents", Faults.status(503, { "retry-after": "2" }))
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const once = (operation: Target, behaviour: Behaviour): Fault =>
  affect("Faults.once", operation, { times: 1 }, behaviour)

/**
 * Affects the next `count` requests of an operation.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.times(3, "queryMeter", Faults.status(500))
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const times = (count: number, operation: Target, behaviour: Behaviour): Fault => {
  FaultChecks.count("Faults.times", "count", count)
  return affect("Faults.times", operation, { times: count }, behaviour)
}

/**
 * Affects every request of an operation.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.always(["getCustomer", "listCustomers"], Faults.hang)
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const always = (operation: Target, behaviour: Behaviour): Fault =>
  affect("Faults.always", operation, {}, behaviour)

/**
 * Affects each request with a probability from 0 to 1, reproducibly for the same seed.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.random(0.1, Faults.reset, { seed: 1 })
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const random = (
  probability: number,
  behaviour: Behaviour,
  options: { readonly seed?: string | number; readonly operation?: Target } = {}
): Fault => {
  Check.probability("Faults.random", "probability", probability)
  checkBehaviour("Faults.random", "behaviour", behaviour)
  Check.members("Faults.random", "options", options, ["seed", "operation"])
  return build("Faults.random", { ...options, probability }, behaviour, (member) => `options.${member}`)
}

/**
 * Affects every request in a time span, measured from the injection: from `from` (inclusive) to `until` (exclusive).
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const outage = Faults.between("10 seconds", "25 seconds", Faults.status(503))
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const between = (
  from: Duration.Input,
  until: Duration.Input,
  behaviour: Behaviour,
  options: { readonly operation?: Target } = {}
): Fault => {
  Check.wait("Faults.between", "from", from)
  Check.duration("Faults.between", "until", until)
  checkBehaviour("Faults.between", "behaviour", behaviour)
  Check.members("Faults.between", "options", options, ["operation"])
  return build("Faults.between", { ...options, from, until }, behaviour, (member) =>
    member === "operation" ? "options.operation" : member
  )
}

/**
 * Answers with the given response. The server does not see the request.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once(
 *   "listMeters",
 *   Faults.respond({ status: 200, headers: { "content-type": "text/html" }, body: "<h1>Sign in</h1>" })
 * )
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const respond = (response: {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}): Behaviour => {
  FaultChecks.response("Faults.respond", "response", response)
  const { body, headers = {}, status } = response
  return () => () => Effect.succeed({ _tag: "Answered", response: { status, headers, body } })
}

/**
 * Answers with a problem of the given status (200 to 599), as a proxy does when it cannot reach the server. The server
 * does not see the request.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once("createMeter", Faults.status(429, { "retry-after": "30" }))
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const status = (code: number, headers: Readonly<Record<string, string>> = {}): Behaviour => {
  FaultChecks.status("Faults.status", "code", code)
  FaultChecks.headers("Faults.status", "headers", headers)
  const response = problem({ status: code })
  return respond({ ...response, headers: { ...response.headers, ...headers } })
}

/**
 * A delay: fixed, uniformly distributed between `min` and `max`, or log-normal with a median and a 99th percentile.
 *
 * @since 2.0.0
 * @category models
 */
export type Latency =
  | Duration.Input
  | { readonly min: Duration.Input; readonly max: Duration.Input }
  | { readonly median: Duration.Input; readonly p99: Duration.Input }

// The 99th percentile of the standard normal distribution.
const z99 = 2.3263478740408408

const normal = (random: Random.Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.nextDoubleUnsafe())) * Math.cos(2 * Math.PI * random.nextDoubleUnsafe())

const sampler = (latency: FaultChecks.LatencyMillis): ((random: Random.Random) => number) => {
  if ("median" in latency) {
    const { median, p99 } = latency
    const sigma = Math.log(p99 / median) / z99
    return (random) => median * Math.exp(sigma * normal(random))
  }
  const { max, min } = latency
  return min === max ? () => min : (random) => min + (max - min) * random.nextDoubleUnsafe()
}

/**
 * Delays the request.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const slow = Faults.always("*", Faults.latency({ median: "20 millis", p99: "2 seconds" }))
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const latency = (latency: Latency): Behaviour => {
  const sample = sampler(FaultChecks.latency("Faults.latency", "latency", latency))
  return (next, random) => (attempt) => Effect.delay(next(attempt), sample(random))
}

/**
 * Never answers; the server does not see the request.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.always("queryMeter", Faults.hang)
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const hang: Behaviour = () => () => Effect.never

const broken: Outcome = { _tag: "Reset" }

/**
 * Breaks the connection before the server sees the request.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once("ingestEvents", Faults.reset)
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const reset: Behaviour = () => () => Effect.succeed(broken)

/**
 * Breaks the connection after the server has carried out the request and before it answers.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * // The events are counted, but the program cannot know: it should send them again with the same ids.
 * const fault = Faults.once("ingestEvents", Faults.loseAnswer)
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const loseAnswer: Behaviour = (next) => (attempt) => Effect.as(next(attempt), broken)

const onAnswer =
  (change: (response: WireResponse) => Outcome): Behaviour =>
  (next) =>
  (attempt) =>
    Effect.map(next(attempt), (outcome) => (outcome._tag === "Answered" ? change(outcome.response) : outcome))

const half = (body: string | undefined): number => Math.floor((body ?? "").length / 2)

/**
 * Breaks the connection in the middle of the response body.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once("queryMeter", Faults.resetMidBody)
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const resetMidBody: Behaviour = onAnswer((response) => ({
  _tag: "CutOff",
  response,
  bytes: half(response.body)
}))

/**
 * Sends only the first half of the response body, but ends the response normally.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once("queryMeter", Faults.truncate)
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const truncate: Behaviour = onAnswer((response) => ({
  _tag: "Answered",
  response: { ...response, body: response.body?.slice(0, half(response.body)) }
}))

/**
 * Replaces the response body, and the content type if one is given.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once("listMeters", Faults.replaceBody("<h1>Bad gateway</h1>", "text/html"))
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const replaceBody = (body: string, contentType?: string): Behaviour => {
  FaultChecks.body("Faults.replaceBody", "body", body)
  if (contentType !== undefined) Check.nonEmpty("Faults.replaceBody", "contentType", contentType)
  return onAnswer((response) => ({
    _tag: "Answered",
    response: {
      ...response,
      headers: contentType === undefined ? response.headers : { ...response.headers, "content-type": contentType },
      body
    }
  }))
}

/**
 * Sets the server's clock ahead of the program's, or behind it if negative.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.always("*", Faults.clockSkew("-5 minutes"))
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const clockSkew = (skew: Duration.Input): Behaviour => {
  const millis = Check.shift("Faults.clockSkew", "skew", skew)
  return (next) => (attempt) => next({ ...attempt, skew: attempt.skew + millis })
}

/**
 * Answers an ingestion as usual, but loses its events.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.times(2, "ingestEvents", Faults.loseEvents)
 * ```
 *
 * @since 2.0.0
 * @category behaviours
 */
export const loseEvents: Behaviour = (next) => (attempt) =>
  next({ ...attempt, losesEvents: attempt.operation === "ingestEvents" })

/**
 * Combines behaviours; the first one is the nearest to the program.
 *
 * @example
 * ```ts
 * import { Faults } from "@openmeter/sdk/testing"
 *
 * const fault = Faults.once("listMeters", Faults.combine(Faults.latency("3 seconds"), Faults.status(504)))
 * ```
 *
 * @since 2.0.0
 * @category combinators
 */
export const combine = (...behaviours: ReadonlyArray<Behaviour>): Behaviour => {
  if (behaviours.length === 0) throw Check.invalid("Faults.combine", "behaviours", "must be at least one behaviour")
  behaviours.forEach((behaviour, i) => checkBehaviour("Faults.combine", `behaviours[${i}]`, behaviour))
  return (next, random) => behaviours.reduceRight((inner, behaviour) => behaviour(inner, random), next)
}
