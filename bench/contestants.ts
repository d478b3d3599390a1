/**
 * Who is measured: each makes the same calls of the same server.
 */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { OpenMeter } from "@openmeter/sdk"
import { Ingest, Meters, OpenMeter as OpenMeterLayer, Telemetry } from "@openmeter/sdk/effect"
import { OpenMeter as Beta185 } from "openmeter-beta-185"
import { OpenMeter as Beta232 } from "openmeter-beta-232"
import { baseUrl, fetch, serveUndici } from "./server.ts"

/** The calls that are measured. */
export const calls = ["get", "list", "query", "ingest", "query of 10,000 rows"] as const
export type Call = (typeof calls)[number]

/** Makes so many calls, one after another. */
export type Calls = Readonly<Record<Call, (count: number) => Promise<void>>>

const event = { type: "prompt", subject: "customer-1", data: { tokens: 42, model: "gpt-4" } }
const query = { windowSize: "MINUTE", groupBy: ["model", "direction"] } as const

const repeat = (call: () => Promise<unknown>) => async (count: number) => {
  for (let i = 0; i < count; i++) await call()
}

const bare: Calls = (() => {
  const json = async (path: string) => (await fetch(`${baseUrl}/api/v1/meters${path}`)).json()
  const search = "?windowSize=MINUTE&groupBy=model&groupBy=direction"
  return {
    get: repeat(() => json("/tokens_0")),
    list: repeat(() => json("")),
    query: repeat(() => json(`/usage/query${search}`)),
    ingest: repeat(() =>
      fetch(`${baseUrl}/api/v1/events`, {
        method: "POST",
        headers: { "content-type": "application/cloudevents+json" },
        body: JSON.stringify({ ...event, id: crypto.randomUUID(), source: "bench", specversion: "1.0" })
      })
    ),
    "query of 10,000 rows": repeat(() => json(`/year/query${search}`))
  }
})()

const beta185: Calls = (() => {
  serveUndici("openmeter-beta-185", false)
  const { events, meters } = new Beta185({ baseUrl })
  // Its enums are objects of the same texts.
  const params = query as unknown as Parameters<typeof meters.query>[1]
  return {
    get: repeat(() => meters.get("tokens_0")),
    list: repeat(() => meters.list()),
    query: repeat(() => meters.query("usage", params)),
    ingest: repeat(() => events.ingest(event)),
    "query of 10,000 rows": repeat(() => meters.query("year", params))
  }
})()

const beta232: Calls = (() => {
  const { events, meters } = new Beta232({ baseUrl, fetch })
  const params = { windowSize: "MINUTE" as const, groupBy: ["model", "direction"] }
  return {
    get: repeat(() => meters.get("tokens_0")),
    list: repeat(() => meters.list()),
    query: repeat(() => meters.query("usage", params)),
    ingest: repeat(() => events.ingest(event)),
    "query of 10,000 rows": repeat(() => meters.query("year", params))
  }
})()

/** No policy at all, nothing seen. */
const without = { retry: false, concurrency: false, attemptTimeout: Infinity, timeout: Infinity } as const

const promises = (options: object, policies: Layer.Layer<never>): Calls => {
  const { events, meters } = new OpenMeter({ baseUrl, fetch, policies, ...options })
  return {
    get: repeat(() => meters.get("tokens_0")),
    list: repeat(() => meters.list()),
    query: repeat(() => meters.query("usage", query)),
    ingest: repeat(() => events.ingest(event)),
    "query of 10,000 rows": repeat(() => meters.query("year", query))
  }
}

/** A program of Effect makes its calls within one fiber. */
const services = (options: object, policies: Layer.Layer<never>): Calls => {
  const runtime = ManagedRuntime.make(
    OpenMeterLayer.layer({ baseUrl, ...options }).pipe(
      Layer.provide(Layer.merge(policies, Layer.succeed(FetchHttpClient.Fetch, fetch)))
    )
  )
  const within =
    (
      call: (services: {
        readonly meters: Meters["Service"]
        readonly ingest: Ingest["Service"]
      }) => Effect.Effect<unknown, unknown>
    ) =>
    (count: number) =>
      runtime.runPromise(
        Effect.gen(function* () {
          const used = { meters: yield* Meters, ingest: yield* Ingest }
          for (let i = 0; i < count; i++) yield* call(used)
        })
      )
  return {
    get: within(({ meters }) => meters.get("tokens_0")),
    list: within(({ meters }) => meters.list()),
    query: within(({ meters }) => meters.query("usage", query)),
    ingest: within(({ ingest }) => ingest.ingest(event)),
    "query of 10,000 rows": within(({ meters }) => meters.query("year", query))
  }
}

/** Everybody, by name. */
export const contestants = {
  "bare fetch": bare,
  "1.0.0-beta.185": beta185,
  "1.0.0-beta.232": beta232,
  "service, no policies": services(without, Telemetry.layerOff),
  "Promise API, no policies": promises(without, Telemetry.layerOff),
  service: services({}, Layer.empty),
  "Promise API": promises({}, Layer.empty)
} satisfies Record<string, Calls>

export type Contestant = keyof typeof contestants
