/**
 * The two faces of the SDK, made alike: a client on real sockets whose attempts and fibers are counted.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { OpenMeter } from "../../src/promise/OpenMeter.ts"
import type { RetryBudget, RetryOptions } from "../../src/layers/RetryOptions.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { Ingest } from "../../src/services/Ingest.ts"
import { Meters } from "../../src/services/Meters.ts"
import { Portal } from "../../src/services/Portal.ts"
import type { Operation } from "./operations.ts"

/** What both faces can be told. Times are in milliseconds. */
export interface Settings {
  readonly attemptTimeout: number
  readonly timeout: number
  readonly retry: RetryOptions & { readonly maxDelay: number; readonly maxRetryAfter: number }
  readonly retryBudget?: RetryBudget | false
}

/** What becomes of calls. */
export interface Face {
  readonly call: (operation: Operation) => Effect.Effect<Exit.Exit<unknown, unknown>>
  /** How many requests were given to `fetch`. */
  readonly attempts: () => number
  /** How many of them failed. */
  readonly failed: () => number
  /** How many fibers of calls were seen. */
  readonly fibers: () => number
  /** How many of them are alive. */
  readonly alive: () => number
}

/** Makes a client of a server until the scope closes. */
export type MakeFace = (baseUrl: string, settings: Settings) => Effect.Effect<Face, never, Scope.Scope>

const counters = () => {
  let attempts = 0
  let failed = 0
  let started = 0
  let ended = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    attempts += 1
    try {
      return await globalThis.fetch(input, init)
    } catch (error) {
      failed += 1
      throw error
    }
  }
  const metrics: Metric.FiberRuntimeMetricsService = {
    recordFiberStart: () => (started += 1),
    recordFiberEnd: () => (ended += 1)
  }
  return {
    fetch,
    metrics,
    read: {
      attempts: () => attempts,
      failed: () => failed,
      fibers: () => started,
      alive: () => started - ended
    }
  }
}

/** The services, in a fiber of their own for each call. */
const effectFace: MakeFace = (baseUrl, settings) =>
  Effect.gen(function* () {
    const { fetch, metrics, read } = counters()
    const services = yield* Layer.mergeAll(Meters.layer, Ingest.layer, Portal.layer).pipe(
      Layer.provide(Transport.layer({ baseUrl, ...settings })),
      Layer.build,
      Effect.orDie
    )
    const call = ({ effect }: Operation) =>
      Effect.exit(effect).pipe(
        Effect.forkChild,
        Effect.flatMap(Fiber.join),
        Effect.provideContext(services),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
        Effect.provideService(Metric.FiberRuntimeMetrics, metrics)
      )
    return { call, ...read }
  })

/** The client with Promises. */
const promiseFace: MakeFace = (baseUrl, settings) =>
  Effect.gen(function* () {
    const { fetch, metrics, read } = counters()
    const policies = Layer.succeed(Metric.FiberRuntimeMetrics, metrics)
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => new OpenMeter({ baseUrl, fetch, policies, ...settings })),
      (client) => Effect.promise(() => client.close())
    )
    // Nothing is sent, but everything is built, as the services are.
    yield* Effect.promise(() => client.events.ingest([]))
    const call = ({ promise }: Operation) =>
      Effect.promise(() => promise(client).then(Exit.succeed, (error: unknown) => Exit.fail(error)))
    return { call, ...read }
  })

/** By the name of what a program imports. */
export const faces: Readonly<Record<"Effect" | "Promise", MakeFace>> = { Effect: effectFace, Promise: promiseFace }
