/**
 * How much memory a call holds while it waits for its answer, in processes of its own: `pending.ts NAME` is one of them.
 */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { execFileSync } from "node:child_process"
import { OpenMeter } from "@openmeter/sdk"
import { Meters, OpenMeter as OpenMeterLayer } from "@openmeter/sdk/effect"
import { OpenMeter as Beta185 } from "openmeter-beta-185"
import { OpenMeter as Beta232 } from "openmeter-beta-232"
import { baseUrl, hang, serveUndici } from "./server.ts"
import { median } from "./rounds.ts"

const count = 10_000
const rounds = 3

/** Every one begins so many calls, none of which is ever answered. */
const programs: Readonly<Record<string, (count: number) => unknown>> = {
  "bare fetch": (count) => Array.from({ length: count }, () => hang()),
  "1.0.0-beta.185": (count) => {
    serveUndici("openmeter-beta-185", true)
    const { meters } = new Beta185({ baseUrl })
    return Array.from({ length: count }, () => meters.list())
  },
  "1.0.0-beta.232": (count) => {
    const { meters } = new Beta232({ baseUrl, fetch: hang })
    return Array.from({ length: count }, () => meters.list())
  },
  service: (count) => {
    const layer = Layer.provide(
      OpenMeterLayer.layer({ baseUrl, concurrency: false }),
      Layer.succeed(FetchHttpClient.Fetch, hang)
    )
    const calls = Effect.flatMap(Meters, (meters) =>
      Effect.all(
        Array.from({ length: count }, () => meters.list()),
        { concurrency: "unbounded" }
      )
    )
    return Effect.runFork(Effect.provide(calls, layer))
  },
  "Promise API": (count) => {
    const { meters } = new OpenMeter({ baseUrl, fetch: hang, concurrency: false })
    // A list is asked for when somebody waits for it.
    return Array.from({ length: count }, () => meters.list().then())
  }
}

const used = () => {
  globalThis.gc!()
  globalThis.gc!()
  return process.memoryUsage().heapUsed
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 200))

/** Bytes a call, in this process. */
const measureHere = async (name: string): Promise<number> => {
  const begin = programs[name]!
  // What is loaded and compiled at first belongs to no call.
  const kept = [begin(100)]
  await settled()
  const before = used()
  kept.push(begin(count))
  await settled()
  const bytes = (used() - before) / count
  return kept.length === 2 ? bytes : Number.NaN
}

/** Takes the memory of everybody, in bytes a call. */
export const measure = (): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.keys(programs).map((name) => {
      const run = () =>
        execFileSync(process.execPath, ["--expose-gc", import.meta.filename, name], { encoding: "utf8" })
      return [name, median(Array.from({ length: rounds }, () => Number(run())))]
    })
  )

if (process.argv[1] === import.meta.filename) {
  console.log(await measureHere(process.argv[2]!))
  process.exit()
}
