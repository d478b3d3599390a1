import { TransportError } from "@openmeter/sdk"
import { Faults, startEmulator } from "@openmeter/sdk/testing"
import { connected } from "./client.ts"
import { equal, rejects } from "./expect.ts"
import type { Part } from "./Suite.ts"

/** The emulator on a socket of the runtime itself. */
export const serve: Part = async () => {
  const emulator = await startEmulator()
  try {
    await connected({ baseUrl: emulator.url, retry: false }, async ({ events, meters }) => {
      await events.ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
      equal(
        "events",
        (await emulator.events()).map(({ subject }) => subject),
        ["customer-1"]
      )

      // Always, not once: some runtimes send a request again by themselves when an idle connection turns out broken.
      for (const fault of [Faults.reset, Faults.resetMidBody]) {
        await emulator.inject(Faults.always("listMeters", fault))
        await rejects("a connection that breaks off", meters.list(), TransportError)
        await emulator.clearFaults()
      }
      equal("meters", await meters.list(), [])
    })
  } finally {
    await emulator.close()
  }
}
