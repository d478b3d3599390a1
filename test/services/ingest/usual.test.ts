import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import type { Event } from "../../../src/schemas/Event.ts"
import { usual } from "../../../src/services/ingest/usual.ts"
import { Ingest, prepare } from "../../../src/services/Ingest.ts"
import { connect, noContent } from "../../support/http.ts"

const now = Date.UTC(2025, 5, 1)

/** Values that the attributes of events have, right and wrong. */
const Attribute = Schema.Union([
  Schema.String,
  Schema.Null,
  Schema.Undefined,
  Schema.Finite,
  Schema.Date,
  Schema.Literals(["", "1.0", "0.3", "2025-06-01T00:00:00Z", "2025-02-30T00:00:00Z", "\ud800", "application/json"]),
  Schema.Record(Schema.String, Schema.Json)
])

const Attributes = Schema.Struct({
  id: Schema.NonEmptyString,
  source: Attribute,
  specversion: Attribute,
  type: Attribute,
  subject: Attribute,
  time: Attribute,
  data: Attribute,
  datacontenttype: Attribute,
  extension: Attribute
})

/** Takes attributes away, so that not all of them have to be right for an event to be. */
const some = (attributes: typeof Attributes.Type, kept: ReadonlyArray<string>) => ({
  type: "prompt",
  subject: "customer-1",
  id: attributes.id,
  ...Object.fromEntries(Object.entries(attributes).filter(([name]) => kept.includes(name)))
})

const Names = Schema.Array(Schema.Literals(["source", "specversion", "type", "subject", "time", "data", "extension"]))

describe("the quick way through the checks of an event", () => {
  it.effect.prop(
    "gives what the schema gives, byte for byte, or nothing",
    { attributes: Attributes, kept: Names },
    ({ attributes, kept }) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now)
        const event = some(attributes, kept)
        const quick = usual(event, now)
        if (quick === undefined) return
        const { service } = yield* connect(Ingest, Ingest.layer, noContent)
        const [sent] = yield* service.ingest(event as Event)
        assert.strictEqual(JSON.stringify(quick), JSON.stringify(sent))
      }),
    { arbitrary: { runs: 500 } }
  )

  const common: ReadonlyArray<Event> = [
    { type: "prompt", subject: "customer-1" },
    { type: "prompt", subject: "customer-1", data: { tokens: 42, model: "gpt-4", nested: [{ none: null }] } },
    { id: "1", source: "app", specversion: "1.0", type: "t", subject: "s", time: new Date(now), data: {} },
    { type: "t", subject: "s", time: "2025-06-01T00:00:00Z", id: null, source: undefined }
  ]
  it.each(common)("is open to %o", (event) => {
    assert.isDefined(usual(event, now))
  })

  const rare: ReadonlyArray<unknown> = [
    undefined,
    null,
    "event",
    [],
    new (class {
      type = "t"
      subject = "s"
    })(),
    { type: "t" },
    { subject: "s" },
    { type: "t", subject: "" },
    { type: "t", subject: "\ud800" },
    { type: "t", subject: "s", tenant: "acme" },
    { type: "t", subject: "s", time: new Date(Number.NaN) },
    { type: "t", subject: "s", time: new Date(0) },
    { type: "t", subject: "s", data: { tokens: null } },
    { type: "t", subject: "s", data: { tokens: 5n } },
    { type: "t", subject: "s", data: [1] },
    { type: "t", subject: "s", data: new Map() }
  ]
  it.each(rare)("is closed to %o", (event) => {
    assert.isUndefined(usual(event, now))
  })
})

describe("prepare", () => {
  it.effect.prop("counts the bytes of UTF-8", { text: Schema.String }, ({ text }) =>
    Effect.gen(function* () {
      const { bytes, json } = yield* prepare({ type: "prompt", subject: "customer-1", data: { text: `${text}ü✓😀` } })
      assert.strictEqual(bytes, Buffer.byteLength(json))
    })
  )

  it.effect("refuses what ingest refuses, in the same words", () =>
    Effect.gen(function* () {
      const { service } = yield* connect(Ingest, Ingest.layer)
      for (const event of [{ type: "", subject: "s" }, { type: "t", subject: "s", data: { n: Number.NaN } }, null]) {
        const error = yield* Effect.flip(prepare(event as Event))
        assert.strictEqual(error.message, (yield* Effect.flip(service.ingest(event as Event))).message)
      }
    })
  )
})

describe("send", () => {
  it.effect("sends prepared events as one batch, the same bytes each time", () =>
    Effect.gen(function* () {
      const { headers, sent, service } = yield* connect(Ingest, Ingest.layer, noContent, noContent)
      const events = yield* Effect.forEach(["a", "b"], (id) => prepare({ id, type: "prompt", subject: "customer-1" }))
      yield* service.send(events)
      yield* service.send(events)
      assert.deepStrictEqual(sent[0], ["POST", "/api/v1/events", events.map(({ json }): unknown => JSON.parse(json))])
      assert.deepStrictEqual(sent[0], sent[1])
      assert.strictEqual(headers[0]?.["content-type"], "application/cloudevents-batch+json")
    })
  )

  it.effect("sends nothing for no events", () =>
    Effect.gen(function* () {
      const { sent, service } = yield* connect(Ingest, Ingest.layer)
      yield* service.send([])
      assert.deepStrictEqual(sent, [])
    })
  )
})
