import { assert, describe, it } from "@effect/vitest"
import { Context, DateTime, Effect, Schema } from "effect"
import { HttpApi } from "effect/http-api"
import { TestClock } from "effect/testing"
import { Idempotency } from "../../src/api/Idempotency.ts"
import { IngestApi } from "../../src/api/Ingest.ts"
import type { Event } from "../../src/schemas/Event.ts"
import { Events } from "../../src/services/Events.ts"
import { DEFAULT_SOURCE, Ingest, ingestEvents } from "../../src/services/Ingest.ts"
import { deepFreeze } from "../support/deepFreeze.ts"
import { connect, noContent, problem } from "../support/http.ts"

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

const minimal = { type: "prompt", subject: "customer-1" }

const full = {
  id: "id-1",
  source: "my-app",
  specversion: "1.0",
  type: "prompt",
  subject: "customer-1",
  time: "2025-06-01T00:00:00Z"
} as const

/** What a caller in plain JavaScript may give. */
const asEvent = (event: unknown) => event as Event

/** The field that a refusal names, once alone and once within a batch, and how many requests were sent. */
const refusal = (event: unknown) =>
  Effect.gen(function* () {
    const { service, sent } = yield* connect(Ingest, Ingest.layer, noContent, noContent)
    const alone = yield* Effect.flip(service.ingest(asEvent(event)))
    const inBatch = yield* Effect.flip(service.ingest([full, asEvent(event)]))
    assert.strictEqual(alone._tag, "InvalidRequestError")
    assert.strictEqual(inBatch._tag, "InvalidRequestError")
    if (alone._tag !== "InvalidRequestError" || inBatch._tag !== "InvalidRequestError") return []
    assert.isTrue(alone.message.startsWith(`ingestEvents: ${alone.field}: `), alone.message)
    assert.notInclude(alone.message, "\n")
    assert.isFalse(alone.isRetryable)
    return [alone.field, inBatch.field, sent.length]
  })

const cyclic = (() => {
  const data: Record<string, unknown> = {}
  data["self"] = { data }
  return data
})()

const nested = (depth: number) => {
  let data: object = {}
  for (let index = 0; index < depth; index++) data = { a: data }
  return data
}

const throwing = (): never => {
  throw new Error("no value")
}

describe("ingest", () => {
  it.effect("sends one event as a CloudEvent, with the exact content type", () =>
    Effect.gen(function* () {
      const { service, sent, headers } = yield* connect(Ingest, Ingest.layer, noContent)
      yield* service.ingest({ ...full, data: { tokens: 42 } })
      assert.deepStrictEqual(sent, [["POST", "/api/v1/events", { ...full, data: { tokens: 42 } }]])
      assert.strictEqual(headers[0]?.["content-type"], "application/cloudevents+json")
    })
  )

  it.effect("sends a list as one batch, with the exact content type", () =>
    Effect.gen(function* () {
      const { service, sent, headers } = yield* connect(Ingest, Ingest.layer, noContent)
      yield* service.ingest([full, { ...full, id: "id-2" }])
      assert.deepStrictEqual(sent, [["POST", "/api/v1/events", [full, { ...full, id: "id-2" }]]])
      assert.strictEqual(headers[0]?.["content-type"], "application/cloudevents-batch+json")
    })
  )

  it.effect("sends a list of one event as a batch", () =>
    Effect.gen(function* () {
      const { service, sent, headers } = yield* connect(Ingest, Ingest.layer, noContent)
      yield* service.ingest([full])
      assert.deepStrictEqual(sent, [["POST", "/api/v1/events", [full]]])
      assert.strictEqual(headers[0]?.["content-type"], "application/cloudevents-batch+json")
    })
  )

  it.effect("fills in id, source, specversion and time, and returns what it sent", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2025, 5, 1, 12))
      const { service, sent } = yield* connect(Ingest, Ingest.layer, noContent)
      const events = yield* service.ingest([minimal, minimal])
      assert.deepStrictEqual(sent[0]?.[2], events)
      for (const { id, ...rest } of events) {
        assert.match(id, uuid)
        assert.deepStrictEqual(rest, {
          ...minimal,
          source: DEFAULT_SOURCE,
          specversion: "1.0",
          time: "2025-06-01T12:00:00.000Z"
        })
      }
      assert.notStrictEqual(events[0]?.id, events[1]?.id)
    })
  )

  it.effect("takes null and undefined for absent", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Ingest, Ingest.layer, noContent)
      const [event] = yield* service.ingest({
        ...minimal,
        id: null,
        source: undefined,
        specversion: null,
        time: null,
        data: null,
        datacontenttype: null,
        dataschema: undefined
      })
      assert.deepStrictEqual(Object.keys(event ?? {}).toSorted(), [
        "id",
        "source",
        "specversion",
        "subject",
        "time",
        "type"
      ])
      assert.deepStrictEqual(sent[0]?.[2], event)
    })
  )

  it.effect("keeps what the caller gives, extension attributes too", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Ingest, Ingest.layer, noContent)
      const event = {
        ...full,
        specversion: "0.3" as const,
        datacontenttype: "application/json" as const,
        dataschema: "https://example.com/schema",
        data: { at: "2025-06-01T00:00:00Z", deep: [{ none: null }], gone: undefined },
        tenant: "acme",
        Attempt2: 2,
        replay: true
      }
      yield* service.ingest(event)
      assert.deepStrictEqual(sent[0]?.[2], {
        ...event,
        data: { at: "2025-06-01T00:00:00Z", deep: [{ none: null }] }
      })
    })
  )

  it.effect("writes a Date and a DateTime as RFC 3339, and a text as it was given", () =>
    Effect.gen(function* () {
      const { service } = yield* connect(Ingest, Ingest.layer, noContent)
      const events = yield* service.ingest([
        { ...full, time: new Date("2025-06-01T00:00:00.5Z") },
        { ...full, time: DateTime.makeUnsafe("2025-06-01T02:00:00+02:00") },
        { ...full, time: "2025-06-01T02:00:00+02:00" }
      ])
      assert.deepStrictEqual(
        events.map(({ time }) => time),
        ["2025-06-01T00:00:00.500Z", "2025-06-01T00:00:00.000Z", "2025-06-01T02:00:00+02:00"]
      )
    })
  )

  it.effect("writes values with a toJSON by it", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Ingest, Ingest.layer, noContent)
      class Decimal {
        toJSON() {
          return "0.10"
        }
      }
      yield* service.ingest({ ...full, data: { cost: new Decimal(), at: new Date(0), list: [new Decimal()] } })
      assert.deepStrictEqual(sent[0]?.[2], {
        ...full,
        data: { cost: "0.10", at: "1970-01-01T00:00:00.000Z", list: ["0.10"] }
      })
    })
  )

  it.effect("sends nothing for an empty list", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Ingest, Ingest.layer)
      assert.deepStrictEqual(yield* service.ingest([]), [])
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("leaves the caller's objects as they are", () =>
    Effect.gen(function* () {
      const { service } = yield* connect(Ingest, Ingest.layer, noContent)
      const time = new Date(0)
      const events = deepFreeze([{ ...minimal, time, data: { tokens: 1, list: [{ a: 1 }] } }])
      const before = structuredClone(events)
      yield* service.ingest(events)
      assert.deepStrictEqual(events, before)
    })
  )

  it.effect.prop(
    "sends what it returns, whatever the data",
    { data: Schema.Record(Schema.String, Schema.Json) },
    ({ data }) =>
      Effect.gen(function* () {
        const { service, sent } = yield* connect(Ingest, Ingest.layer, noContent)
        const withoutNulls = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null))
        const [event] = yield* service.ingest({ ...full, data: withoutNulls })
        assert.strictEqual(JSON.stringify(sent[0]?.[2]), JSON.stringify(event))
        assert.strictEqual(JSON.stringify(event?.data), JSON.stringify(withoutNulls))
      })
  )

  it.effect("fails with the error of the answer", () =>
    Effect.gen(function* () {
      const { service } = yield* connect(
        Ingest,
        Ingest.layer,
        problem(400, "specversion: unknown value"),
        problem(413, "too large")
      )
      assert.strictEqual((yield* Effect.flip(service.ingest(full)))._tag, "BadRequestError")
      assert.strictEqual((yield* Effect.flip(service.ingest(full)))._tag, "PayloadTooLargeError")
    })
  )
})

describe("ingest refuses, names the field and sends nothing", () => {
  const attributes: ReadonlyArray<readonly [what: string, event: unknown, field: string]> = [
    ["no type", { subject: "s" }, "type"],
    ["an empty type", { ...full, type: "" }, "type"],
    ["a type of null", { ...full, type: null }, "type"],
    ["no subject", { type: "t" }, "subject"],
    ["an empty subject", { ...full, subject: "" }, "subject"],
    ["a subject that is a number", { ...full, subject: 5 }, "subject"],
    ["an empty id", { ...full, id: "" }, "id"],
    ["half of a surrogate pair as id", { ...full, id: "a\ud800" }, "id"],
    ["half of a surrogate pair as subject", { ...full, subject: "\udc00b" }, "subject"],
    ["an empty source", { ...full, source: "" }, "source"],
    ["another specversion", { ...full, specversion: "2.0" }, "specversion"],
    ["an invalid Date", { ...full, time: new Date(Number.NaN) }, "time"],
    ["a Date beyond the year 9999", { ...full, time: new Date(8.64e15) }, "time"],
    ["a time without zone", { ...full, time: "2025-06-01T00:00:00" }, "time"],
    ["30 February", { ...full, time: "2025-02-30T00:00:00Z" }, "time"],
    ["an empty time", { ...full, time: "" }, "time"],
    ["a time in milliseconds", { ...full, time: 0 }, "time"],
    ["another datacontenttype", { ...full, datacontenttype: "text/plain" }, "datacontenttype"],
    ["an empty dataschema", { ...full, dataschema: "" }, "dataschema"],
    ["an extension with an object", { ...full, tenant: {} }, "tenant"],
    ["an extension that is NaN", { ...full, tenant: Number.NaN }, "tenant"],
    ["an extension with an underscore", { ...full, tenant_id: "a" }, "tenant_id"],
    ["an extension named like a member of every object", { ...full, constructor: 5n }, "constructor"],
    ["a prototype", JSON.parse(`{"type":"t","subject":"s","__proto__":{"dataschema":"x"}}`), "__proto__"]
  ]
  const data: ReadonlyArray<readonly [what: string, data: unknown, field: string]> = [
    ["a text", "tokens", "data"],
    ["a number", 5, "data"],
    ["an array", [1], "data"],
    ["a Date", new Date(0), "data"],
    ["a Map", new Map([["tokens", 1]]), "data"],
    ["a toJSON of its own", { toJSON: () => "x" }, "data.toJSON"],
    ["null directly inside", { tokens: null }, "data.tokens"],
    ["a BigInt", { tokens: 5n }, "data.tokens"],
    ["NaN", { tokens: Number.NaN }, "data.tokens"],
    ["Infinity", { usage: [{ tokens: Infinity }] }, "data.usage[0].tokens"],
    ["a function", { tokens: () => 1 }, "data.tokens"],
    ["a symbol", { list: [1, Symbol("a")] }, "data.list[1]"],
    ["undefined within a list", { list: [undefined] }, "data.list[0]"],
    ["an invalid Date", { at: new Date(Number.NaN) }, "data.at"],
    ["an instance of a class", { map: new Map() }, "data.map"],
    ["a cycle", cyclic, "data.self.data"],
    ["20,000 levels", nested(20_000), "data.a"],
    [
      "a getter that throws",
      { deep: Object.defineProperty({}, "tokens", { enumerable: true, get: throwing }) },
      "data.deep"
    ],
    ["a toJSON that throws", { cost: { toJSON: throwing } }, "data.cost"],
    ["a toJSON that gives a BigInt", { cost: { toJSON: () => 5n } }, "data.cost"],
    ["a toJSON that gives a cycle", { cost: { toJSON: () => cyclic } }, "data.cost.self.data"]
  ]
  for (const [what, event, field] of [
    ...attributes,
    ...data.map(([what, data, field]) => [`data with ${what}`, { ...full, data }, field] as const)
  ]) {
    it.effect(what, () =>
      Effect.map(refusal(event), (found) => assert.deepStrictEqual(found, [field, `events[1].${field}`, 0]))
    )
  }

  it.effect("an event of 1970-01-01T00:00:00Z or before, which the server takes and loses", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("1 day")
      for (const time of [new Date(0), "1969-12-31T23:59:59Z", "1970-01-01T01:00:00+01:00"]) {
        assert.deepStrictEqual(yield* refusal({ ...full, time }), ["time", "events[1].time", 0])
      }
    })
  )

  for (const [what, event] of [
    ["null", null],
    ["undefined", undefined],
    ["a text", "event"],
    ["a function", () => full]
  ] as const) {
    it.effect(`${what} in an event's place`, () =>
      Effect.map(refusal(event), (found) => assert.deepStrictEqual(found, ["event", "events[1]", 0]))
    )
  }

  it.effect("an event whose attribute throws when it is read", () =>
    Effect.map(refusal(Object.defineProperty({ ...minimal }, "id", { enumerable: true, get: throwing })), (found) =>
      assert.deepStrictEqual(found, ["event", "events[1]", 0])
    )
  )

  it.effect("an event of which the second reading throws", () =>
    Effect.gen(function* () {
      let reads = 0
      const data = { usage: { toJSON: () => (reads++ === 0 ? 1 : throwing()) } }
      const { service, sent } = yield* connect(Ingest, Ingest.layer, noContent)
      const error = yield* Effect.flip(service.ingest({ ...full, data }))
      assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "event" })
      assert.deepStrictEqual(sent, [])
    })
  )
})

describe("ingestEvents", () => {
  it("says of ingestion what the contract says", () => {
    const contract: Array<unknown> = []
    HttpApi.reflect(HttpApi.make("openmeter").add(IngestApi), {
      onGroup() {},
      onEndpoint({ endpoint, errors, successes }) {
        assert.deepStrictEqual([...successes.keys()], [204])
        contract.push({
          name: endpoint.identifier,
          method: endpoint.method,
          path: endpoint.path,
          errors: new Set(errors.keys()),
          idempotency: Context.get(endpoint.annotations, Idempotency)
        })
      }
    })
    assert.deepStrictEqual(contract, [ingestEvents])
  })

  it.effect("is what Events.ingest sends too", () =>
    Effect.gen(function* () {
      const { service, sent, headers } = yield* connect(Events, Events.layer, noContent)
      yield* service.ingest([full])
      assert.deepStrictEqual(sent, [["POST", "/api/v1/events", [full]]])
      assert.strictEqual(headers[0]?.["content-type"], "application/cloudevents-batch+json")
    })
  )
})
