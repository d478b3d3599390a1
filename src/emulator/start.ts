/**
 * The emulator with a Promise API.
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Check from "./check.ts"
import { Emulator, type EmulatorEvent, type EmulatorRequest, type Snapshot } from "./Emulator.ts"
import type { Fault } from "./Faults.ts"
import type { Seed } from "./Seed.ts"
import { checkAddress } from "./serve.ts"

/**
 * Where an emulator listens, and what it holds from the start.
 *
 * @since 2.0.0
 * @category models
 */
export interface StartOptions {
  /** The port, 0 to 65,535. Default: 0, which takes a free one. */
  readonly port?: number | undefined
  /**
   * The address to listen on. Default: the loopback address, which other machines and containers cannot reach;
   * `"0.0.0.0"` is every IPv4 address of the machine.
   */
  readonly host?: string | undefined
  /** Meters, customers, events and more to hold from the start. */
  readonly seed?: Seed | undefined
}

/**
 * An emulator that listens on a socket until it is closed. What it holds can still be read afterwards.
 *
 * @since 2.0.0
 * @category models
 */
export interface RunningEmulator extends AsyncDisposable {
  /** Where it listens: the `baseUrl` for a client on the same machine. */
  readonly url: string
  /** The port it listens on. */
  readonly port: number
  /** The events that it has stored, in order of arrival. */
  readonly events: () => Promise<ReadonlyArray<EmulatorEvent>>
  /** The requests that it received, oldest first; the last 10,000 of them. */
  readonly requests: () => Promise<ReadonlyArray<EmulatorRequest>>
  /** Forgets the requests that it received. */
  readonly clearRequests: () => Promise<void>
  /** Adds more. Rejects with a `SeedError` if an entry is refused, and keeps nothing of the seed. */
  readonly seed: (seed: Seed) => Promise<void>
  /** Everything that it holds now, its clock included. Faults and recorded requests are not part of a snapshot. */
  readonly snapshot: () => Promise<Snapshot>
  /** Goes back to a snapshot, of this emulator or of another one. Rejects if it is given anything else. */
  readonly restore: (snapshot: Snapshot) => Promise<void>
  /** Goes back to the start: to its seed alone, without faults, recorded requests, and time that was skipped. */
  readonly reset: () => Promise<void>
  /** Sets its clock ahead by a duration of zero or more. The program's clock, and so its client's, does not move. */
  readonly advance: (duration: Duration.Input) => Promise<void>
  /** The time by its clock, which is the current time plus all the time that was skipped. */
  readonly now: () => Promise<Date>
  /** Adds faults, which are in effect from now on. Of several, the one injected first is the nearest to the program. */
  readonly inject: (...faults: ReadonlyArray<Fault>) => Promise<void>
  /** Removes every fault. */
  readonly clearFaults: () => Promise<void>
  /** Breaks open connections and frees the port. Closing twice does nothing. */
  readonly close: () => Promise<void>
}

const checkOptions = (options: StartOptions) => {
  const call = "startEmulator"
  Check.members(call, "options", options, ["port", "host", "seed"])
  const { host, port = 0, seed = {} } = options
  checkAddress(call, { host, port })
  return { host, port, seed }
}

const start = Effect.fnUntraced(function* (options: StartOptions) {
  const { host, port, seed } = yield* Check.run(() => checkOptions(options))
  return yield* Effect.flatMap(Emulator, (emulator) =>
    Effect.map(Emulator.serve({ port, host }), (listening) => ({ emulator, ...listening }))
  ).pipe(Effect.provide(Emulator.layerSeeded(seed)))
})

/**
 * Starts an emulator on a socket. Needs Node, Bun or Deno.
 *
 * Rejects with an `InvalidRequestError` if an option is invalid, with a `ServeError` if it cannot listen, and with a
 * `SeedError` if an entry of the seed is refused.
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
    reset: () => Effect.runPromise(emulator.reset),
    advance: (duration) => Effect.runPromise(emulator.advance(duration)),
    now: () => Effect.runPromise(emulator.now),
    inject: (...faults) => Effect.runPromise(emulator.inject(...faults)),
    clearFaults: () => Effect.runPromise(emulator.clearFaults),
    close,
    [Symbol.asyncDispose]: close
  }
}
