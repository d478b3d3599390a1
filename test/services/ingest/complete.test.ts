import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { SentEvent, type Event } from "../../../src/schemas/Event.ts"
import { complete, DEFAULT_SOURCE, EventFault } from "../../../src/services/ingest/complete.ts"
import { Ingest, prepareEvent } from "../../../src/services/Ingest.ts"
import { connect, noContent } from "../../support/http.ts"

/** At the epoch itself no event is too old. */
const now = 0

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
  dataschema: Attribute,
  extension: Attribute
})

/** Takes attributes away, so that not all of them have to be right for an event to be. */
const some = (attributes: typeof Attributes.Type, kept: ReadonlyArray<string>) => ({
  type: "prompt",
  subject: "customer-1",
  id: attributes.id,
  ...Object.fromEntries(Object.entries(attributes).filter(([name]) => kept.includes(name)))
})

const Names = Schema.Array(
  Schema.Literals([
    "source",
    "specversion",
    "type",
    "subject",
    "time",
    "data",
    "datacontenttype",
    "dataschema",
    "extension"
  ])
)

/** What the contract's schema makes of an event with its defaults filled in: its JSON, or the attribute that is wrong. */
const bySchema = (event: object) => {
  const given = Object.entries(event).filter(([, value]) => value !== undefined && value !== null)
  const defaults = { source: DEFAULT_SOURCE, specversion: "1.0", time: new Date(now) }
  return Result.match(Schema.encodeUnknownResult(SentEvent)({ ...defaults, ...Object.fromEntries(given) }), {
    onSuccess: (sent) => JSON.stringify(sent),
    onFailure: () => "refused"
  })
}

const byHand = (event: object) => {
  try {
    return JSON.stringify(complete(event, now))
  } catch {
    return "refused"
  }
}

describe("complete", () => {
  it.prop(
    "gives what the contract's schema gives, byte for byte, and refuses what it refuses",
    { attributes: Attributes, kept: Names },
    ({ attributes, kept }) => {
      const event = some(attributes, kept)
      assert.strictEqual(byHand(event), bySchema(event))
    },
    { arbitrary: { runs: 1000 } }
  )

  const wrong: ReadonlyArray<readonly [what: string, event: unknown, field: string, message: string]> = [
    ["no type", { subject: "s" }, "type", "is required"],
    ["an empty subject", { type: "t", subject: "" }, "subject", "must be a non-empty string"],
    ["half of a character", { type: "t\ud800", subject: "s" }, "type", "must not contain lone surrogates"],
    ["another version", { type: "t", subject: "s", specversion: "2" }, "specversion", 'must be "1.0" or "0.3"'],
    [
      "a list as data",
      { type: "t", subject: "s", data: [1] },
      "data",
      "must be a plain object: spread an instance of a class"
    ],
    ["a slip of the pen", { type: "t", suject: "s" }, "suject", "is not an event attribute; did you mean subject?"],
    [
      "a letter too many",
      { type: "t", subject: "s", times: 1 },
      "times",
      "is not an event attribute; did you mean time?"
    ],
    ["letters swapped", { tpye: "t", subject: "s" }, "tpye", "is not an event attribute; did you mean type?"],
    [
      "another word",
      { type: "t", subject: "s", timestamp: "x" },
      "timestamp",
      "is not an event attribute; did you mean time?"
    ],
    ["a set of events", new Set([{ type: "t", subject: "s" }]), "", "must be one event, or an array of events"],
    ["the promise of an event", Promise.resolve({ type: "t", subject: "s" }), "", "must not be a promise: await it"],
    ["a text", "event", "", "must be an object"]
  ]
  for (const [what, event, field, message] of wrong) {
    it(`says of ${what} where it is and what it should be`, () => {
      const fault = Result.getFailure(Result.try({ try: () => complete(event, now), catch: (error) => error }))
      assert.instanceOf(Option.getOrThrow(fault), EventFault)
      const { message: said, path } = Option.getOrThrow(fault) as EventFault
      assert.deepStrictEqual([path.join("."), said], [field, message])
    })
  }
})

describe("prepareEvent", () => {
  it.effect.prop("counts the bytes of UTF-8", { text: Schema.String }, ({ text }) =>
    Effect.gen(function* () {
      const { bytes, json } = yield* prepareEvent({
        type: "prompt",
        subject: "customer-1",
        data: { text: `${text}ü✓😀` }
      })
      assert.strictEqual(bytes, Buffer.byteLength(json))
    })
  )

  it.effect("refuses what ingest refuses, in the same words", () =>
    Effect.gen(function* () {
      const { service } = yield* connect(Ingest, Ingest.layer)
      for (const event of [{ type: "", subject: "s" }, { type: "t", subject: "s", data: { n: Number.NaN } }, null]) {
        const error = yield* Effect.flip(prepareEvent(event as Event))
        assert.strictEqual(error.message, (yield* Effect.flip(service.ingest(event as Event))).message)
      }
    })
  )
})

describe("send", () => {
  it.effect("sends prepared events as one batch, the same bytes each time", () =>
    Effect.gen(function* () {
      const { headers, sent, service } = yield* connect(Ingest, Ingest.layer, noContent, noContent)
      const events = yield* Effect.forEach(["a", "b"], (id) =>
        prepareEvent({ id, type: "prompt", subject: "customer-1" })
      )
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
