import { ClosedError, OpenMeter } from "@openmeter/sdk"
import { rejects } from "./expect.ts"
import type { Part } from "./Suite.ts"

/** A client that is closed while a call is under way, and asked again; and one that nobody closes. */
export const close: Part = async ({ baseUrl }) => {
  const openmeter = new OpenMeter({ baseUrl })
  const { meters } = openmeter
  await meters.list()
  const call = rejects("under way", meters.list(undefined, { headers: { "x-fault": "hang" } }), ClosedError)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await openmeter[Symbol.asyncDispose]()
  await call
  await rejects("afterwards", meters.list(), ClosedError)
  await openmeter.close()

  // Holds no process: one that runs the suite has to end by itself.
  await new OpenMeter({ baseUrl }).meters.list()
}
