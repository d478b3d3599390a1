/**
 * How the emulator grows: `npm run bench:emulator` ingests 100,000 events in batches and, on the way, times a meter
 * query grouped by day and two keys over 25,000, 50,000 and 100,000 events.
 */
import * as Effect from "effect/Effect"
import { Emulator } from "../src/emulator/Emulator.ts"

const batchSize = 1_000
const sizes = [25_000, 50_000, 100_000]
const rounds = 5

const start = Date.UTC(2025, 0, 1)
const yearSeconds = 365 * 24 * 60 * 60

const event = (i: number) => ({
  specversion: "1.0",
  id: `event-${i}`,
  source: "bench",
  type: "tokens",
  subject: `subject-${i % 100}`,
  // Spread over the year, and not in the order of arrival.
  time: new Date(start + ((i * 7_919) % yearSeconds) * 1000).toISOString(),
  data: { tokens: i % 1000, model: `model-${i % 10}`, direction: i % 3 === 0 ? "input" : "output" }
})

const post = (url: string, contentType: string, body: unknown) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator
    const response = yield* emulator.handle({
      method: "POST",
      url,
      headers: { "content-type": contentType },
      body: JSON.stringify(body)
    })
    if (response.status >= 300) return yield* Effect.die(new Error(`${url}: ${response.status} ${response.body}`))
    return response.body ?? ""
  })

const ingest = (from: number, to: number) =>
  Effect.gen(function* () {
    for (let i = from; i < to; i += batchSize) {
      const batch = Array.from({ length: batchSize }, (_, k) => event(i + k))
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

const program = Effect.gen(function* () {
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

await Effect.runPromise(Effect.provide(program, Emulator.layer))
