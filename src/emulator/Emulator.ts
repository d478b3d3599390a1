/**
 * The emulator: an in-process OpenMeter.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { InvalidRequestError } from "../errors.ts"
import { arm, checkFault } from "./arm.ts"
import * as Check from "./check.ts"
import type { Fault } from "./Faults.ts"
import { handlers, middleware } from "./handlers/index.ts"
import type { Attempt, Exchange, Outcome } from "./http/Exchange.ts"
import { empty } from "./http/Handler.ts"
import type { WireResponse } from "./http/Handler.ts"
import type { RawRequest } from "./http/router.ts"
import * as router from "./http/router.ts"
import type { Operation } from "./http/routes.ts"
import * as httpClient from "./httpClient.ts"
import * as EventLog from "./metering/EventLog.ts"
import type { Seed, SeedError } from "./Seed.ts"
import { plant } from "./Seed.ts"
import type { Listening, ServeError, ServeOptions } from "./serve.ts"
import { serve } from "./serve.ts"
import * as State from "./store/State.ts"

/**
 * A request that reached the emulator.
 *
 * @since 2.0.0
 * @category models
 */
export interface EmulatorRequest {
  /** The operation, by its name in the server's API document; `undefined` if no operation has this method and path. */
  readonly operation: Operation | undefined
  /** The HTTP method. */
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text, `""` if there is none. */
  readonly body: string
  /** When it arrived, by the emulator's clock. */
  readonly time: Date
  /** The status of the answer; `undefined` while there is none, and for good if a fault kept it back. */
  readonly status: number | undefined
}

/**
 * An event that the emulator has stored.
 *
 * @since 2.0.0
 * @category models
 */
export interface EmulatorEvent {
  /** The id, which identifies the event together with its source. */
  readonly id: string
  /** Where the event comes from. */
  readonly source: string
  /** What happened; meters select events by their type. */
  readonly type: string
  /** Whose usage it is. */
  readonly subject: string
  /** When it happened. */
  readonly time: Date
  /** `undefined` if the event came without data. */
  readonly data: unknown
  /** When it arrived. */
  readonly ingestedAt: Date
}

/**
 * Everything that an emulator held at one time, to be restored later, any number of times.
 *
 * @since 2.0.0
 * @category models
 */
export interface Snapshot {
  /** Opaque: its form may change with every version. */
  readonly state: State.State
}

/**
 * An emulator, as the program that owns it sees it.
 *
 * @since 2.0.0
 * @category models
 */
export interface EmulatorService {
  /** Answers one request as if it had arrived on a socket, without faults and without recording it. */
  readonly handle: (request: RawRequest) => Effect.Effect<WireResponse>
  /** Answers one request with the injected faults, and records it. */
  readonly exchange: (request: RawRequest) => Effect.Effect<Outcome>
  /** The requests that it received, oldest first; the last 10,000 of them. */
  readonly requests: Effect.Effect<ReadonlyArray<EmulatorRequest>>
  /** Forgets the requests that it received. */
  readonly clearRequests: Effect.Effect<void>
  /** The events that it has stored, in order of arrival. */
  readonly events: Effect.Effect<ReadonlyArray<EmulatorEvent>>
  /** Adds meters, customers, events and more, at the current time; nothing of the seed if an entry is refused. */
  readonly seed: (seed: Seed) => Effect.Effect<void, SeedError>
  /** Everything that it holds now, its clock included. Faults and recorded requests are not part of a snapshot. */
  readonly snapshot: Effect.Effect<Snapshot>
  /** Goes back to a snapshot, of this emulator or of another one. Fails if it is given anything else. */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void, InvalidRequestError>
  /** Goes back to the start: to its seed alone, without faults, recorded requests, and time that was skipped. */
  readonly reset: Effect.Effect<void>
  /** Sets its clock ahead by a duration of zero or more. The program's clock, and so its client's, does not move. */
  readonly advance: (duration: Duration.Input) => Effect.Effect<void, InvalidRequestError>
  /** The time by its clock, which is that of the program plus all the time that was skipped. */
  readonly now: Effect.Effect<Date>
  /** Adds faults, which are in effect from now on. Of several, the one injected first is the nearest to the program. */
  readonly inject: (...faults: ReadonlyArray<Fault>) => Effect.Effect<void, InvalidRequestError>
  /** Removes every fault. */
  readonly clearFaults: Effect.Effect<void>
}

const keptRequests = 10_000

type Recorded = { -readonly [K in keyof EmulatorRequest]: EmulatorRequest[K] }

const stateOf = (snapshot: unknown): State.State => {
  if (Predicate.isObject(snapshot) && State.isState(snapshot["state"])) return snapshot["state"]
  throw Check.unexpected("restore", "snapshot", "a snapshot that an emulator took", snapshot)
}

const make = Effect.fnUntraced(function* (seed: Seed): Effect.fn.Return<EmulatorService, SeedError> {
  let state = State.make()
  let faults: ReadonlyArray<(next: Exchange) => Exchange> = []
  const requests: Array<Recorded> = []

  const respond = ({ losesEvents, request, skew }: Omit<Attempt, "operation">): Effect.Effect<WireResponse> =>
    Clock.currentTimeMillis.pipe(
      Effect.map((now) =>
        // Events to be lost go into a log that nobody reads.
        router.handle(
          handlers,
          middleware,
          losesEvents ? { ...state, events: EventLog.make() } : state,
          request,
          now + state.ahead + skew
        )
      ),
      // Like the server when it panics: 500 with an empty body. The cause is a bug in the emulator.
      Effect.catchDefect((defect) => Effect.as(Effect.logError("A handler of the emulator failed", defect), empty(500)))
    )

  const record = ({ operation, request }: Attempt, time: number) => {
    const { body, headers, method, url } = request
    const entry: Recorded = { operation, method, url, headers, body, time: new Date(time), status: undefined }
    // Trimmed only now and then: shifting the array with every request would cost more than the request.
    if (requests.length === 2 * keptRequests) requests.splice(0, keptRequests)
    requests.push(entry)
    return entry
  }

  const handle = (request: RawRequest) => respond({ request, skew: 0, losesEvents: false })

  const now = Effect.map(Clock.currentTimeMillis, (millis) => millis + state.ahead)

  const grow = (seed: Seed) =>
    Effect.suspend(() => {
      const before = structuredClone(state)
      return Effect.onError(plant(seed, before.events.arrived.length, handle), () =>
        Effect.sync(() => {
          state = before
        })
      )
    })

  yield* grow(seed)
  const start = structuredClone(state)

  return {
    handle,
    exchange: Effect.fnUntraced(function* (request) {
      const attempt = {
        request,
        operation: router.operationOf(request.method, request.url),
        skew: 0,
        losesEvents: false
      }
      const entry = record(attempt, yield* now)
      const answer: Exchange = (attempt) => Effect.map(respond(attempt), (response) => ({ _tag: "Answered", response }))
      const outcome = yield* faults.reduceRight((next, fault) => fault(next), answer)(attempt)
      if (outcome._tag !== "Reset") entry.status = outcome.response.status
      return outcome
    }),
    requests: Effect.sync(() => requests.slice(-keptRequests)),
    clearRequests: Effect.sync(() => {
      requests.length = 0
    }),
    events: Effect.sync(() =>
      state.events.arrived.map((event) => ({
        ...event,
        time: new Date(event.time),
        ingestedAt: new Date(event.ingestedAt)
      }))
    ),
    seed: grow,
    snapshot: Effect.sync(() => ({ state: structuredClone(state) })),
    restore: (snapshot) =>
      Effect.map(
        Check.run(() => stateOf(snapshot)),
        (held) => {
          state = structuredClone(held)
        }
      ),
    reset: Effect.sync(() => {
      state = structuredClone(start)
      faults = []
      requests.length = 0
    }),
    advance: (duration) =>
      Effect.map(
        Check.run(() => Check.wait("advance", "duration", duration)),
        (millis) => {
          state.ahead += millis
        }
      ),
    now: Effect.map(now, (millis) => new Date(millis)),
    inject: (...injected) =>
      Check.run(() => injected.map(checkFault)).pipe(
        Effect.flatMap(Effect.forEach(arm)),
        Effect.map((armed) => {
          faults = [...faults, ...armed]
        })
      ),
    clearFaults: Effect.sync(() => {
      faults = []
    })
  }
})

/**
 * An in-process OpenMeter that answers like the real server. It runs on the program's `Clock`, so under a `TestClock`
 * months pass in an instant.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator, OpenMeterTest } from "@openmeter/sdk/testing"
 *
 * const program = Effect.gen(function* () {
 *   const emulator = yield* Emulator
 *   yield* emulator.seed({ meters: [{ slug: "requests_total", eventType: "request", aggregation: "COUNT" }] })
 *   return yield* emulator.requests
 * }).pipe(Effect.provide(OpenMeterTest.layer))
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Emulator extends Context.Service<Emulator, EmulatorService>()("@openmeter/sdk/testing/Emulator") {
  /**
   * An emulator that holds nothing.
   *
   * @since 2.0.0
   */
  static readonly layer: Layer.Layer<Emulator> = Layer.effect(
    Emulator,
    // An empty seed has no entry to refuse.
    Effect.orDie(make({}))
  )

  /**
   * An emulator that holds a seed from the start.
   *
   * Fails with a `SeedError` that names the entry if one is refused.
   *
   * @since 2.0.0
   */
  static readonly layerSeeded = (seed: Seed): Layer.Layer<Emulator, SeedError> => Layer.effect(Emulator, make(seed))

  /**
   * An `HttpClient` that sends every request to the emulator, whatever the origin of its URL, without a socket.
   *
   * @since 2.0.0
   */
  static readonly layerHttpClient: Layer.Layer<HttpClient.HttpClient, never, Emulator> = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(Emulator, (emulator) => httpClient.make(emulator.exchange))
  )

  /**
   * Serves the emulator on a socket until the scope closes. Needs Node.
   *
   * @since 2.0.0
   */
  static readonly serve = (
    options: ServeOptions
  ): Effect.Effect<Listening, ServeError | InvalidRequestError, Emulator | Scope.Scope> =>
    Effect.flatMap(Emulator, (emulator) => serve(emulator.exchange, options))
}
