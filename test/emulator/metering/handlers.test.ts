import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../../src/emulator/Emulator.ts"

const now = Date.parse("2025-06-10T12:00:00Z")

const send = (method: string, url: string, body: unknown = undefined, headers: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator
    const response = yield* emulator.handle({
      method,
      url,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
    })
    const isJson = response.headers["content-type"]?.includes("json") === true
    return { ...response, json: isJson ? JSON.parse(response.body ?? "") : undefined }
  })

const event = (id: string, fields: Readonly<Record<string, unknown>> = {}) => ({
  specversion: "1.0",
  id,
  source: "test",
  type: "prompt",
  subject: "ann",
  ...fields
})

const batch = (...events: ReadonlyArray<unknown>) =>
  send("POST", "/api/v1/events", events, { "content-type": "application/cloudevents-batch+json" })

const storedIds = Effect.flatMap(Emulator, (emulator) =>
  Effect.map(emulator.events, (events) => events.map((stored) => stored.id))
)

const createMeter = (fields: Readonly<Record<string, unknown>> = {}) =>
  send("POST", "/api/v1/meters", {
    slug: "tokens",
    eventType: "prompt",
    aggregation: "SUM",
    valueProperty: "$.n",
    groupBy: { model: "$.model" },
    ...fields
  })

const withEmulator = <A, E>(effect: Effect.Effect<A, E, Emulator>) =>
  Effect.provide(Effect.andThen(TestClock.setTime(now), effect), Emulator.layer)

describe("ingestion", () => {
  it.effect("keeps out a whole batch for one event that is refused", () =>
    withEmulator(
      Effect.gen(function* () {
        const { status } = yield* batch(event("1"), event("2", { source: "%" }), event("3"))
        assert.strictEqual(status, 400)
        assert.deepStrictEqual(yield* storedIds, [])
        yield* batch(event("2"))
        assert.deepStrictEqual(yield* storedIds, ["2"])
      })
    )
  )

  it.effect("keeps the events before one that fails late", () =>
    withEmulator(
      Effect.gen(function* () {
        const { json, status } = yield* batch(event("1"), event("2", { data_base64: btoa("nope") }), event("3"))
        assert.deepStrictEqual([status, json.detail], [500, undefined])
        assert.deepStrictEqual(yield* storedIds, ["1"])
      })
    )
  )

  it.effect("fails late on an event of more than a million bytes", () =>
    withEmulator(
      Effect.gen(function* () {
        const sized = (id: string, bytes: number) => event(id, { data: { text: "x".repeat(bytes) } })
        assert.strictEqual((yield* batch(sized("1", 900_000), sized("2", 900_000))).status, 204)
        assert.strictEqual((yield* batch(event("3"), sized("4", 1_000_001), event("5"))).status, 500)
        assert.deepStrictEqual(yield* storedIds, ["1", "2", "3"])
      })
    )
  )

  it.effect("takes no content type but the three, to the letter", () =>
    withEmulator(
      Effect.gen(function* () {
        const status = (contentType: string) =>
          Effect.map(
            send("POST", "/api/v1/events", event("1"), { "content-type": contentType }),
            (response) => response.status
          )
        assert.strictEqual(yield* status("application/cloudevents+json"), 204)
        assert.strictEqual(yield* status("application/json"), 204)
        for (const other of ["application/cloudevents+json; charset=utf-8", "application/JSON", "text/plain", ""]) {
          assert.strictEqual(yield* status(other), 400, other)
        }
      })
    )
  )

  it.effect("stamps what comes without a time with that of its arrival", () =>
    withEmulator(
      Effect.gen(function* () {
        yield* TestClock.adjust("1500 millis")
        yield* batch(event("1"))
        const emulator = yield* Emulator
        const [stored] = yield* emulator.events
        assert.deepStrictEqual(stored?.time, new Date(now + 1000))
        assert.deepStrictEqual(stored?.ingestedAt, new Date(now + 1500))
      })
    )
  )
})

describe("meter queries", () => {
  it.effect("answer as GET and as POST alike", () =>
    withEmulator(
      Effect.gen(function* () {
        yield* createMeter()
        yield* batch(event("1", { data: { n: 1, model: "a" } }), event("2", { data: { n: 2, model: "b" } }))
        const got = yield* send(
          "GET",
          "/api/v1/meters/tokens/query?windowSize=DAY&windowTimeZone=Asia/Kolkata&groupBy=model&filterGroupBy[model]=b" +
            "&from=2025-06-01T00:00:00%2B02:00&to=2025-07-01T00:00:00Z&subject=ann"
        )
        const posted = yield* send("POST", "/api/v1/meters/tokens/query", {
          windowSize: "DAY",
          windowTimeZone: "Asia/Kolkata",
          groupBy: ["model"],
          filterGroupBy: { model: ["b"] },
          from: "2025-06-01T00:00:00+02:00",
          to: "2025-07-01T00:00:00Z",
          subject: ["ann"]
        })
        assert.deepStrictEqual(posted.json, got.json)
        assert.deepStrictEqual(got.json, {
          from: "2025-06-01T00:00:00+02:00",
          to: "2025-07-01T00:00:00Z",
          windowSize: "DAY",
          data: [
            {
              value: 2,
              windowStart: "2025-06-10T00:00:00+05:30",
              windowEnd: "2025-06-11T00:00:00+05:30",
              subject: "ann",
              groupBy: { model: "b" }
            }
          ]
        })
      })
    )
  )

  it.effect("crash on a sum beyond every double, but write it in CSV", () =>
    withEmulator(
      Effect.gen(function* () {
        yield* createMeter()
        yield* batch(event("1", { data: { n: 1.7e308 } }), event("2", { data: { n: 1.7e308 } }))
        const crashed = yield* send("GET", "/api/v1/meters/tokens/query")
        assert.deepStrictEqual([crashed.status, crashed.headers, crashed.body], [500, {}, undefined])
        const csv = yield* send("GET", "/api/v1/meters/tokens/query", undefined, { accept: "text/csv" })
        assert.match(csv.body ?? "", /,\+Inf\n$/)
      })
    )
  )

  it.effect("name the file of a CSV after the slug", () =>
    withEmulator(
      Effect.gen(function* () {
        const { json } = yield* createMeter()
        const csv = yield* send("GET", `/api/v1/meters/${json.id}/query`, undefined, { accept: "text/csv" })
        assert.strictEqual(csv.headers["content-type"], "text/csv")
        assert.strictEqual(csv.headers["content-disposition"], "attachment; filename=tokens.csv")
        assert.strictEqual(csv.body, "window_start,window_end,value\n")
      })
    )
  )

  it.effect("count a customer's subjects and its key", () =>
    withEmulator(
      Effect.gen(function* () {
        yield* createMeter({ aggregation: "COUNT", valueProperty: undefined })
        const { json } = yield* send("POST", "/api/v1/customers", {
          name: "Acme",
          key: "acme",
          usageAttribution: { subjectKeys: ["ann"] }
        })
        yield* batch(event("1"), event("2", { subject: "acme" }), event("3", { subject: "bob" }))
        const answer = yield* send("GET", `/api/v1/meters/tokens/query?filterCustomerId=${json.id}`)
        assert.deepStrictEqual(
          answer.json.data.map((row: { customerId: string; value: number }) => [row.customerId, row.value]),
          [[json.id, 2]]
        )
      })
    )
  )
})

describe("event lists", () => {
  it.effect("judge events by the meters and customers of the moment", () =>
    withEmulator(
      Effect.gen(function* () {
        yield* batch(event("1", { data: { n: "x" } }))
        const validationError = Effect.map(send("GET", "/api/v1/events"), ({ json }) => json[0].validationError)
        assert.strictEqual(
          yield* validationError,
          "no meter found for event type: prompt\nno customer found for event subject: ann"
        )
        yield* createMeter()
        yield* send("POST", "/api/v1/customers", { name: "Ann", key: "ann" })
        assert.strictEqual(yield* validationError, "invalid event: value cannot be parsed as float64: x")
        yield* send("DELETE", "/api/v1/meters/tokens")
        assert.strictEqual(yield* validationError, "no meter found for event type: prompt")
      })
    )
  )

  it.effect("refuse a filter of the wrong type when it is bound", () =>
    withEmulator(
      Effect.gen(function* () {
        for (const filter of ['{"id":5}', '{"time":{"$gt":"yesterday"}}', "[", "5"]) {
          const { json, status } = yield* send("GET", `/api/v2/events?filter=${encodeURIComponent(filter)}`)
          assert.strictEqual(status, 400)
          assert.match(json.detail, /^unmarshaling param filter: Error unmarshaling parameter filter as JSON: /)
          assert.isDefined(json.instance)
        }
      })
    )
  )
})
