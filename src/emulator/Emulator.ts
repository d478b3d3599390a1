/**
 * The emulator: an OpenMeter in process.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { arm } from "./arm.ts"
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
  /** The operation, by its name in the server's API document; `undefined` for a request that is none. */
  readonly operation: Operation | undefined
  /** The HTTP method. */
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text, `""` if there is none. */
  readonly body: string
  /** When it arrived. */
  readonly time: Date
  /** The status of the answer; `undefined` as long as there is none, and for ever where a fault lost it. */
  readonly status: number | undefined
}

/**
 * An event that the emulator holds.
 *
 * @since 2.0.0
 * @category models
 */
export interface EmulatorEvent {
  /** The id; with the source it tells events apart. */
  readonly id: string
  /** Where the event comes from. */
  readonly source: string
  /** What has happened: meters take events by their type. */
  readonly type: string
  /** Whose usage it is. */
  readonly subject: string
  /** When it has happened. */
  readonly time: Date
  /** `undefined` if the event came without data. */
  readonly data: unknown
  /** When it arrived. */
  readonly ingestedAt: Date
}

/**
 * All that an emulator held at one time, to be restored later, as often as one likes.
 *
 * @since 2.0.0
 * @category models
 */
export interface Snapshot {
  /** Not for reading: its form may change with every version. */
  readonly state: State.State
}

/**
 * The emulator of one program or test.
 *
 * @since 2.0.0
 * @category models
 */
export interface EmulatorService {
  /** Answers one request as it would arrive on a socket, without faults and without a record of it. */
  readonly handle: (request: RawRequest) => Effect.Effect<WireResponse>
  /** Carries one request out with the injected faults, and keeps a record of it. */
  readonly exchange: (request: RawRequest) => Effect.Effect<Outcome>
  /** The requests that arrived, oldest first; the last 10,000 of them. */
  readonly requests: Effect.Effect<ReadonlyArray<EmulatorRequest>>
  /** Begins the record of requests anew. */
  readonly clearRequests: Effect.Effect<void>
  /** The events that are held, in the order of arrival. */
  readonly events: Effect.Effect<ReadonlyArray<EmulatorEvent>>
  /** Puts meters, customers, events and more in, at the present time. Fails, and keeps nothing, if one is refused. */
  readonly seed: (seed: Seed) => Effect.Effect<void, SeedError>
  /** All that is held now. Injected faults and the record of requests are no part of it. */
  readonly snapshot: Effect.Effect<Snapshot>
  /** Holds again what it held when the snapshot was taken. */
  readonly restore: (snapshot: Snapshot) => Effect.Effect<void>
  /** Lets things go wrong from now on; of several faults the one injected first is the nearest to the program. */
  readonly inject: (...faults: ReadonlyArray<Fault>) => Effect.Effect<void>
  /** Takes every injected fault away. */
  readonly clearFaults: Effect.Effect<void>
}

const keptRequests = 10_000

type Recorded = { -readonly [K in keyof EmulatorRequest]: EmulatorRequest[K] }

const make = Effect.sync((): EmulatorService => {
  let state = State.make()
  let faults: ReadonlyArray<(next: Exchange) => Exchange> = []
  const requests: Array<Recorded> = []

  const respond = ({ losesEvents, request, skew }: Omit<Attempt, "operation">): Effect.Effect<WireResponse> =>
    Clock.currentTimeMillis.pipe(
      Effect.map((now) =>
        // Events that are to be lost go into a log that nobody reads again.
        router.handle(
          handlers,
          middleware,
          losesEvents ? { ...state, events: EventLog.make() } : state,
          request,
          now + skew
        )
      ),
      // As the server does when it crashes: 500 without a word. The cause is a fault of the emulator's own.
      Effect.catchDefect((defect) => Effect.as(Effect.logError("A handler of the emulator failed", defect), empty(500)))
    )

  const record = ({ operation, request }: Attempt, time: number) => {
    const { body, headers, method, url } = request
    const entry: Recorded = { operation, method, url, headers, body, time: new Date(time), status: undefined }
    // Cut only now and then: moving the array with every request would cost more than the request.
    if (requests.length === 2 * keptRequests) requests.splice(0, keptRequests)
    requests.push(entry)
    return entry
  }

  const handle = (request: RawRequest) => respond({ request, skew: 0, losesEvents: false })

  return {
    handle,
    exchange: Effect.fnUntraced(function* (request) {
      const attempt = {
        request,
        operation: router.operationOf(request.method, request.url),
        skew: 0,
        losesEvents: false
      }
      const entry = record(attempt, yield* Clock.currentTimeMillis)
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
    seed: (seed) =>
      Effect.suspend(() => {
        const before = structuredClone(state)
        return Effect.onError(plant(seed, handle), () =>
          Effect.sync(() => {
            state = before
          })
        )
      }),
    snapshot: Effect.sync(() => ({ state: structuredClone(state) })),
    restore: (snapshot) =>
      Effect.sync(() => {
        state = structuredClone(snapshot.state)
      }),
    inject: (...injected) =>
      Effect.map(Effect.forEach(injected, arm), (armed) => {
        faults = [...faults, ...armed]
      }),
    clearFaults: Effect.sync(() => {
      faults = []
    })
  }
})

/**
 * An OpenMeter in process that answers like the real server. Its time is the program's Clock: under a `TestClock`,
 * months pass at once.
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
  static readonly layer: Layer.Layer<Emulator> = Layer.effect(Emulator, make)

  /**
   * An `HttpClient` whose every request goes to the emulator, whatever the origin of its URL, without a socket.
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
  static readonly serve = (options: ServeOptions): Effect.Effect<Listening, ServeError, Emulator | Scope.Scope> =>
    Effect.flatMap(Emulator, (emulator) => serve(emulator.exchange, options))
}
