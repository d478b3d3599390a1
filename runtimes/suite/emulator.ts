import { Ingest, Meters } from "@openmeter/sdk/effect"
import { Emulator, OpenMeterTest } from "@openmeter/sdk/testing"
import { Effect } from "effect"
import { equal } from "./expect.ts"
import type { Part } from "./Suite.ts"

const program = Effect.gen(function* () {
  const meters = yield* Meters
  const { ingest } = yield* Ingest
  yield* meters.create({ slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" })
  yield* ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
  const { data } = yield* meters.query("tokens")
  const emulator = yield* Emulator
  return [data[0]?.value, (yield* emulator.events).length]
})

/** The emulator in the runtime itself, without a socket. */
export const emulator: Part = async () => {
  equal("usage", await Effect.runPromise(Effect.provide(program, OpenMeterTest.layer)), [42, 1])
}
