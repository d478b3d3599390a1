/**
 * The emulator: an OpenMeter in process.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { handlers, middleware } from "./handlers/index.ts"
import type { WireResponse } from "./http/Handler.ts"
import type { RawRequest } from "./http/router.ts"
import * as router from "./http/router.ts"
import * as State from "./store/State.ts"

/** The emulator of one program or test. */
export interface EmulatorService {
  /** Answers one request, as it would arrive on a socket. */
  readonly handle: (request: RawRequest) => Effect.Effect<WireResponse>
}

const make = Effect.sync((): EmulatorService => {
  const state = State.make()
  return {
    handle: (request) =>
      Effect.map(Clock.currentTimeMillis, (now) => router.handle(handlers, middleware, state, request, now))
  }
})

/** An OpenMeter in process that answers like the real server. */
export class Emulator extends Context.Service<Emulator, EmulatorService>()("@openmeter/sdk/testing/Emulator") {
  /** An emulator that holds nothing. */
  static readonly layer: Layer.Layer<Emulator> = Layer.effect(Emulator, make)
}
