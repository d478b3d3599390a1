/**
 * What a check of an entitlement costs whose answer is known, at its slowest.
 */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { OpenMeter } from "@openmeter/sdk"
import { EntitlementCheck, OpenMeter as OpenMeterLayer } from "@openmeter/sdk/effect"
import { baseUrl } from "./server.ts"
import { percentile } from "./rounds.ts"

const count = 100_000
const customers = 1_000

const fetch = async () => Response.json({ hasAccess: true })
const nameOf = (i: number) => `customer-${i % customers}`
const microseconds = () => Number(process.hrtime.bigint()) / 1000

/** The half of all checks, and all but one in a hundred, are no slower, in microseconds. */
export interface Slowness {
  readonly p50: number
  readonly p99: number
}

const slowness = (times: ReadonlyArray<number>): Slowness => ({
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99)
})

const service = Effect.gen(function* () {
  const { hasAccess } = yield* EntitlementCheck
  let times: Array<number> = []
  for (let i = 0; i < 2 * count; i++) {
    // The first half makes it warm.
    if (i === count) times = []
    const start = microseconds()
    yield* hasAccess(nameOf(i), "ai_tokens")
    times.push(microseconds() - start)
  }
  return slowness(times)
}).pipe(
  Effect.provide(
    EntitlementCheck.layer({ timeToLive: "1 hour" }).pipe(
      Layer.provide(OpenMeterLayer.layer({ baseUrl })),
      Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
    )
  )
)

const promises = async (): Promise<Slowness> => {
  await using openmeter = new OpenMeter({ baseUrl, fetch, entitlementCheck: { timeToLive: "1 hour" } })
  let times: Array<number> = []
  for (let i = 0; i < 2 * count; i++) {
    if (i === count) times = []
    const start = microseconds()
    await openmeter.subjects.hasAccess(nameOf(i), "ai_tokens")
    times.push(microseconds() - start)
  }
  return slowness(times)
}

/** Takes the times of checks, by face. */
export const measure = async (): Promise<Readonly<Record<string, Slowness>>> => ({
  "`EntitlementCheck`": await Effect.runPromise(service),
  "`openmeter.subjects.hasAccess`": await promises()
})
