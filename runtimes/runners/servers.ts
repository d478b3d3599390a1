/**
 * The servers of one run of the suite, in this process: an emulator whose faults requests ask for, the portal's emulator
 * at an origin of its own, and an address where nobody listens.
 */
import { createServer } from "node:net"
import { once } from "node:events"
import { OpenMeter } from "@openmeter/sdk"
import { Faults, startEmulator, type RunningEmulator } from "@openmeter/sdk/testing"
import type { Setting } from "../suite/Suite.ts"

/** The servers, until they are closed. */
export interface Servers {
  readonly setting: Setting
  readonly emulator: RunningEmulator
  readonly portal: RunningEmulator
  readonly close: () => Promise<void>
}

const faults: Readonly<Record<string, Faults.Behaviour>> = {
  hang: Faults.hang,
  redirect: Faults.respond({ status: 302, headers: { location: "/api/v1/subjects" }, body: undefined }),
  reset: Faults.reset,
  "reset-mid-body": Faults.resetMidBody,
  "too-many": Faults.status(429, { "retry-after": "7" }),
  truncate: Faults.truncate,
  unavailable: Faults.status(503)
}

/** The faults that requests name in `x-fault`. One with a second word strikes the first request alone that has both. */
const onDemand = (): Faults.Fault => {
  const struck = new Set<string>()
  return Faults.always("*", (next, random) => (attempt) => {
    const demand = attempt.request.headers["x-fault"] ?? ""
    const [name = "", key] = demand.split(" ")
    const fault = faults[name]
    if (fault === undefined || struck.has(demand)) return next(attempt)
    if (key !== undefined) struck.add(demand)
    return fault(next, random)(attempt)
  })
}

/** The address of a server that has gone. */
const refusedUrl = async (): Promise<string> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("a server without a port")
  return `http://127.0.0.1:${address.port}`
}

const meter = { slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" }
const subject = "customer-1"
const value = 42

/** Starts servers that no other run has seen. */
export const startServers = async (): Promise<Servers> => {
  const events = [{ type: meter.eventType, subject, data: { tokens: value } }]
  const portal = await startEmulator({ seed: { meters: [meter], events } })
  const backend = new OpenMeter({ baseUrl: portal.url })
  const { token = "" } = await backend.portal.createToken({ subject })
  await backend.close()
  const emulator = await startEmulator()
  await emulator.inject(onDemand())
  return {
    emulator,
    portal,
    setting: {
      baseUrl: emulator.url,
      refusedUrl: await refusedUrl(),
      portal: { baseUrl: portal.url, token, meterSlug: meter.slug, subject, value }
    },
    close: async () => {
      await emulator.close()
      await portal.close()
    }
  }
}
