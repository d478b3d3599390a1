/**
 * The emulator for programs that speak in Promises.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { Emulator, type EmulatorEvent, type EmulatorRequest, type Snapshot } from "./Emulator.ts"
import type { Fault } from "./Faults.ts"
import type { Seed } from "./Seed.ts"

/**
 * Where an emulator listens, and what it holds from the start.
 *
 * @since 2.0.0
 * @category models
 */
export interface StartOptions {
  /** The port, 0 to 65,535. Default: 0, which takes a free one. */
  readonly port?: number | undefined
  /** The address to listen on. Default: the loopback address, which other machines cannot reach. */
  readonly host?: string | undefined
  /** Meters, customers, events and more to hold from the start. */
  readonly seed?: Seed | undefined
}

/**
 * An emulator that listens on a socket, until it is closed. What it holds can be read afterwards too.
 *
 * @since 2.0.0
 * @category models
 */
export interface RunningEmulator extends AsyncDisposable {
  /** Where it listens: the `baseUrl` of a client. */
  readonly url: string
  /** The port it listens on. */
  readonly port: number
  /** The events that are held, in the order of arrival. */
  readonly events: () => Promise<ReadonlyArray<EmulatorEvent>>
  /** The requests that arrived, oldest first; the last 10,000 of them. */
  readonly requests: () => Promise<ReadonlyArray<EmulatorRequest>>
  /** Begins the record of requests anew. */
  readonly clearRequests: () => Promise<void>
  /** Puts more in. Rejects with a `SeedError`, and keeps nothing, if an entry is refused. */
  readonly seed: (seed: Seed) => Promise<void>
  /** All that is held now. Injected faults and the record of requests are no part of it. */
  readonly snapshot: () => Promise<Snapshot>
  /** Holds again what it held when the snapshot was taken, of this emulator or of another one. */
  readonly restore: (snapshot: Snapshot) => Promise<void>
  /** Lets things go wrong from now on; of several faults the one injected first is the nearest to the program. */
  readonly inject: (...faults: ReadonlyArray<Fault>) => Promise<void>
  /** Takes every injected fault away. */
  readonly clearFaults: () => Promise<void>
  /** Breaks off open connections, and lets go of the port. Closing twice does nothing. */
  readonly close: () => Promise<void>
}

const start = Effect.fnUntraced(function* ({ host, port = 0, seed }: StartOptions) {
  const emulator = yield* Emulator
  if (seed !== undefined) yield* emulator.seed(seed)
  return { emulator, ...(yield* Emulator.serve({ port, host })) }
}, Effect.provide(Emulator.layer))

/**
 * Starts an emulator on a socket. Needs Node, Bun or Deno.
 *
 * Rejects with a `ServeError` when it cannot listen, and with a `SeedError` when an entry of the seed is refused.
 *
 * @example
 * ```ts
 * import { OpenMeter } from "@openmeter/sdk"
 * import { startEmulator } from "@openmeter/sdk/testing"
 *
 * const emulator = await startEmulator()
 * const openmeter = new OpenMeter({ baseUrl: emulator.url })
 * await openmeter.events.ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 * console.log(await emulator.events())
 * await openmeter.close()
 * await emulator.close()
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const startEmulator = async (options: StartOptions = {}): Promise<RunningEmulator> => {
  const scope = Scope.makeUnsafe()
  const release = Scope.close(scope, Exit.void)
  const close = () => Effect.runPromise(release)
  const { emulator, port, url } = await Effect.runPromise(
    start(options).pipe(
      Scope.provide(scope),
      Effect.onError(() => release)
    )
  )
  return {
    url,
    port,
    events: () => Effect.runPromise(emulator.events),
    requests: () => Effect.runPromise(emulator.requests),
    clearRequests: () => Effect.runPromise(emulator.clearRequests),
    seed: (seed) => Effect.runPromise(emulator.seed(seed)),
    snapshot: () => Effect.runPromise(emulator.snapshot),
    restore: (snapshot) => Effect.runPromise(emulator.restore(snapshot)),
    inject: (...faults) => Effect.runPromise(emulator.inject(...faults)),
    clearFaults: () => Effect.runPromise(emulator.clearFaults),
    close,
    [Symbol.asyncDispose]: close
  }
}
