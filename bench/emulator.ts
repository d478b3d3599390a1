/**
 * How the emulator grows: `npm run bench:emulator` ingests 100,000 events in batches and, on the way, times a meter
 * query grouped by day and two keys over 25,000, 50,000 and 100,000 events. Then it times a balance at the end of a
 * year in which 100 subjects sent an event a day: the first read, which goes through the year, and the ones after it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../src/emulator/Emulator.ts"

const batchSize = 1_000
const sizes = [25_000, 50_000, 100_000]
const rounds = 5

const start = Date.UTC(2025, 0, 1)
const dayMillis = 24 * 60 * 60 * 1000
const days = 365
const subjects = 100
const yearSeconds = (days * dayMillis) / 1000

const event = (i: number) => ({
  specversion: "1.0",
  id: `event-${i}`,
  source: "bench",
  type: "tokens",
  subject: `subject-${i % subjects}`,
  // Spread over the year, and not in the order of arrival.
  time: new Date(start + ((i * 7_919) % yearSeconds) * 1000).toISOString(),
  data: { tokens: i % 1000, model: `model-${i % 10}`, direction: i % 3 === 0 ? "input" : "output" }
})

const dailyEvent = (i: number) => ({
  specversion: "1.0",
  id: `daily-${i}`,
  source: "bench",
  type: "messages",
  subject: `subject-${i % subjects}`,
  time: new Date(start + Math.floor(i / subjects) * dayMillis).toISOString()
})

const send = (method: string, url: string, contentType: string, body: string) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator
    const response = yield* emulator.handle({ method, url, headers: { "content-type": contentType }, body })
    if (response.status >= 300) return yield* Effect.die(new Error(`${url}: ${response.status} ${response.body}`))
    return response.body ?? ""
  })

const get = (url: string) => send("GET", url, "", "")

const post = (url: string, contentType: string, body: unknown) => send("POST", url, contentType, JSON.stringify(body))

const ingest = (from: number, to: number, eventAt: (i: number) => unknown = event) =>
  Effect.gen(function* () {
    for (let i = from; i < to; i += batchSize) {
      const batch = Array.from({ length: Math.min(batchSize, to - i) }, (_, k) => eventAt(i + k))
      yield* post("/api/v1/events", "application/cloudevents-batch+json", batch)
    }
  })

const query = post("/api/v1/meters/tokens/query", "application/json", {
  windowSize: "DAY",
  windowTimeZone: "Europe/Budapest",
  groupBy: ["model", "direction"]
})

const millis = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = performance.now()
    yield* effect
    return performance.now() - before
  })

/** The least of several times: what is slower is the machine's, not ours. */
const best = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.all(Array.from({ length: rounds }, () => millis(effect))), (times) => Math.min(...times))

const queries = Effect.gen(function* () {
  yield* post("/api/v1/meters", "application/json", {
    slug: "tokens",
    eventType: "tokens",
    aggregation: "SUM",
    valueProperty: "$.tokens",
    groupBy: { model: "$.model", direction: "$.direction" }
  })
  let stored = 0
  let ingestion = 0
  const times: Array<number> = []
  for (const size of sizes) {
    ingestion += yield* millis(ingest(stored, size))
    stored = size
    const time = yield* best(query)
    times.push(time)
    console.log(`query over ${size} events, by day and two keys: ${time.toFixed(0)} ms`)
  }
  const [first = 0] = times
  const [last = 0] = times.slice(-1)
  const growth = last / first / (sizes.at(-1)! / sizes[0]!)
  console.log(`ingestion of ${stored} events in batches of ${batchSize}: ${ingestion.toFixed(0)} ms`)
  console.log(`time a query takes an event, at ${sizes.at(-1)} against ${sizes[0]}: ${growth.toFixed(2)} (1 is linear)`)
})

const entitle = Effect.gen(function* () {
  const emulator = yield* Emulator
  yield* emulator.seed({
    meters: [{ slug: "messages", eventType: "messages", aggregation: "COUNT" }],
    features: [{ key: "messages", name: "Messages", meterSlug: "messages" }],
    customers: [{ key: "customer", name: "Customer", usageAttribution: { subjectKeys: ["subject-1"] } }],
    entitlements: [
      {
        customer: "customer",
        type: "metered",
        featureKey: "messages",
        usagePeriod: { interval: "MONTH" },
        issue: { amount: 100 }
      }
    ]
  })
})

const value = get("/api/v2/customers/customer/entitlements/messages/value")

const balances = Effect.gen(function* () {
  yield* TestClock.setTime(start)
  yield* entitle
  yield* ingest(0, days * subjects, dailyEvent)
  yield* TestClock.setTime(start + days * dayMillis - dayMillis / 2)
  const first = yield* millis(value)
  const next = yield* best(value)
  console.log(`balance after ${days} days with ${days * subjects} events, first read: ${first.toFixed(1)} ms`)
  console.log(`the same, next reads: ${next.toFixed(1)} ms`)
}).pipe(Effect.provide(TestClock.layer()))

await Effect.runPromise(
  Effect.all([Effect.provide(queries, Emulator.layer), Effect.provide(balances, Layer.fresh(Emulator.layer))], {
    discard: true
  })
)
