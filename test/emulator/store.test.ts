import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { runInNewContext } from "node:vm"
import { Emulator, type Snapshot } from "../../src/emulator/Emulator.ts"
import * as Faults from "../../src/emulator/Faults.ts"
import * as State from "../../src/emulator/store/State.ts"
import * as Table from "../../src/emulator/store/Table.ts"
import { isUlid, nextUlid } from "../../src/emulator/store/ulid.ts"

const Letter = Schema.Literals(["a", "b", "c", "d"])

const Put = Schema.Struct({ id: Letter, key: Schema.UndefinedOr(Letter) })

describe("Table", () => {
  it.prop(
    "finds the record that holds a key, and none for a key that was let go",
    { puts: Schema.Array(Put) },
    (input) => {
      const table = Table.make<{ readonly id: string }>()
      const holders = new Map<string, string>()
      for (const { id, key } of input.puts) {
        // A key that another record holds is refused before anything is stored.
        if (key !== undefined && holders.has(key) && holders.get(key) !== id) continue
        for (const [held, holder] of holders) if (holder === id) holders.delete(held)
        if (key !== undefined) holders.set(key, id)
        Table.put(table, { id }, key)
      }
      for (const key of Letter.literals) {
        assert.strictEqual(Table.byKey(table, key)?.id, holders.get(key))
      }
    }
  )

  it("finds by id before it finds by key", () => {
    const table = Table.make<{ readonly id: string }>()
    Table.put(table, { id: "one" }, "two")
    Table.put(table, { id: "two" }, undefined)
    assert.strictEqual(Table.byIdOrKey(table, "two")?.id, "two")
  })
})

const Instant = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 47 }))

describe("identifiers", () => {
  it.prop("are ULIDs that sort by time, then by order", { times: Schema.Array(Instant) }, ({ times }) => {
    const state = State.make()
    const sorted = [...times].sort((a, b) => a - b)
    const ids = sorted.map((time) => nextUlid(state, time))
    assert.isTrue(ids.every(isUlid))
    assert.strictEqual(new Set(ids).size, ids.length)
    assert.deepStrictEqual([...ids].sort(), ids)
  })
})

const seed = {
  meters: [{ slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" }],
  features: [{ key: "tokens", name: "Tokens", meterSlug: "tokens" }],
  subjects: [{ key: "acme-eu" }],
  customers: [{ key: "acme", name: "Acme", usageAttribution: { subjectKeys: ["acme-eu", "acme-us"] } }],
  entitlements: [
    {
      customer: "acme",
      type: "metered",
      featureKey: "tokens",
      usagePeriod: { interval: "MONTH" },
      issue: { amount: 100 }
    }
  ],
  events: [{ type: "prompt", subject: "acme-eu", data: { tokens: 30 } }]
}

const get = (url: string) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator
    const { body, status } = yield* emulator.handle({ method: "GET", url, headers: {}, body: "" })
    assert.strictEqual(status, 200, url)
    return JSON.parse(body ?? "null")
  })

const post = (url: string, body: unknown, contentType = "application/json") =>
  Effect.flatMap(Emulator, (emulator) =>
    emulator.exchange({
      method: "POST",
      url,
      headers: { "content-type": contentType },
      body: JSON.stringify(body)
    })
  )

const balance = Effect.map(get("/api/v1/customers/acme/access"), (access) => access.entitlements.tokens.balance)

describe("the state of an emulator", () => {
  it.effect("is seeded with meters, features, customers, entitlements and events", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* TestClock.adjust("20000 days")
      yield* emulator.seed(seed)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* balance, 70)
      assert.deepStrictEqual(yield* get("/api/v1/meters/tokens/subjects"), ["acme-eu"])
      assert.deepStrictEqual(
        (yield* emulator.events).map(({ data, id, source, subject }) => ({ data, id, source, subject })),
        [{ data: { tokens: 30 }, id: "seed-0", source: "seed", subject: "acme-eu" }]
      )
      assert.deepStrictEqual(yield* emulator.requests, [])
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("is as before when an entry of the seed is refused", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      const error = yield* Effect.flip(emulator.seed({ ...seed, customers: [...seed.customers, { key: "b" }] }))
      assert.strictEqual(error.entry, "customers[1]")
      assert.match(error.message, /^customers\[1\] was refused with 400: .* property "name" is missing$/)
      assert.deepStrictEqual(yield* get("/api/v1/meters"), [])
      yield* emulator.seed(seed)
    }).pipe(Effect.provide(Emulator.layer))
  )

  const wrong: ReadonlyArray<readonly [message: string, seed: object]> = [
    ["seed must be an object of meters, features, subjects, customers, entitlements, events", []],
    ["meter is not a known section (did you mean meters?); the sections are meters, features, ", { meter: [] }],
    ["events must be an array", { events: {} }],
    ["events[1] must be an object", { events: [{}, "prompt"] }],
    ["entitlements[0] must name its customer, by id or key, in customer", { entitlements: [{ type: "boolean" }] }],
    ["meters[0] cannot be written as JSON: ", { meters: [{ slug: 1n }] }]
  ]

  it.effect.each(wrong)("is not seeded when %s", ([message, wrong]) =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      const error = yield* Effect.flip(emulator.seed(wrong))
      assert.strictEqual(error._tag, "SeedError")
      assert.include(error.message, message)
      assert.strictEqual(error.message.indexOf(message), 0)
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("takes the events of every seed, though none has an id", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      const events = [{ type: "prompt", subject: "acme", time: "2025-01-15T12:00:00Z" }]
      yield* emulator.seed({ events })
      yield* emulator.seed({ events })
      assert.deepStrictEqual(
        (yield* emulator.events).map(({ id }) => id),
        ["seed-0", "seed-1"]
      )
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("is restored from nothing but a snapshot", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* emulator.seed(seed)
      const copy = structuredClone(yield* emulator.snapshot)
      const none: object = {}
      for (const wrong of [none, { state: {} }, { state: { ...copy.state, meters: [] } }]) {
        const error = yield* Effect.flip(emulator.restore(wrong as Snapshot))
        assert.strictEqual(error._tag, "InvalidRequestError")
        assert.strictEqual(error.field, "snapshot")
      }
      assert.strictEqual((yield* get("/api/v1/meters")).length, 1)
      yield* emulator.restore(copy)
      assert.strictEqual((yield* get("/api/v1/meters")).length, 1)
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("is restored from a snapshot of another realm, as test runners have them that isolate their tests", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* emulator.seed(seed)
      const { state } = yield* emulator.snapshot
      const AnotherMap: MapConstructor = runInNewContext("Map")
      const attributions = new AnotherMap(state.attributions)
      assert.notInstanceOf(attributions, Map)
      yield* emulator.restore({ state: { ...state, attributions } })
      assert.strictEqual(yield* get("/api/v1/customers/acme").pipe(Effect.map(({ key }) => key)), "acme")
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("goes back to its start: what it was seeded with, without faults, requests and skipped time", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      const before = yield* emulator.now
      yield* emulator.seed({ events: [{ type: "prompt", subject: "acme-eu" }] })
      yield* emulator.inject(Faults.always("*", Faults.reset))
      yield* emulator.advance("1 day")
      yield* post("/api/v1/meters", {})
      yield* emulator.reset
      assert.deepStrictEqual(yield* emulator.requests, [])
      assert.deepStrictEqual(yield* emulator.now, before)
      assert.strictEqual((yield* emulator.events).length, 1)
      assert.strictEqual((yield* post("/api/v1/events", {}))._tag, "Answered")
    }).pipe(Effect.provide(Emulator.layerSeeded(seed)))
  )

  it.effect("lives through time that is skipped, and a snapshot knows when it was taken", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* TestClock.setTime(Date.parse("2025-01-15T12:00:30Z"))
      yield* emulator.seed(seed)
      const first = yield* emulator.snapshot
      assert.strictEqual(yield* balance, 70)
      yield* emulator.advance("45 days")
      assert.strictEqual(yield* balance, 100)
      assert.deepStrictEqual(yield* emulator.now, new Date("2025-03-01T12:00:30Z"))
      yield* post("/api/v1/events", { specversion: "1.0", id: "1", source: "test", type: "prompt", subject: "acme-eu" })
      assert.deepStrictEqual(
        (yield* emulator.requests).map(({ time }) => time),
        [new Date("2025-03-01T12:00:30Z")]
      )
      yield* emulator.restore(first)
      assert.deepStrictEqual(yield* emulator.now, new Date("2025-01-15T12:00:30Z"))
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("is restored from a snapshot as often as one likes, and shares nothing with it", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* TestClock.adjust("20000 days")
      yield* emulator.seed(seed)
      yield* TestClock.adjust("1 minute")
      const snapshot = yield* emulator.snapshot
      for (let run = 0; run < 2; run++) {
        yield* post(
          "/api/v1/events",
          { specversion: "1.0", id: "later", source: "test", type: "prompt", subject: "acme-us", data: { tokens: 5 } },
          "application/cloudevents+json"
        )
        yield* post("/api/v1/subjects", [{ key: "acme-eu", displayName: "Europe" }])
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* balance, 65)
        yield* emulator.restore(snapshot)
        assert.strictEqual(yield* balance, 70)
        assert.isUndefined((yield* get("/api/v1/subjects/acme-eu")).displayName)
      }
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("tells the requests that arrived", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* TestClock.adjust("1 hour")
      yield* post("/api/v1/subjects?x=1", [{ key: "s" }])
      yield* post("/nowhere", {})
      assert.deepStrictEqual(yield* emulator.requests, [
        {
          operation: "upsertSubject",
          method: "POST",
          url: "/api/v1/subjects?x=1",
          headers: { "content-type": "application/json" },
          body: `[{"key":"s"}]`,
          time: new Date(3_600_000),
          status: 200
        },
        {
          operation: undefined,
          method: "POST",
          url: "/nowhere",
          headers: { "content-type": "application/json" },
          body: "{}",
          time: new Date(3_600_000),
          status: 404
        }
      ])
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("keeps events though a test's clock stands at the epoch", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* emulator.seed(seed)
      assert.strictEqual((yield* emulator.events).length, 1)
      assert.strictEqual((yield* get("/api/v1/meters/tokens/query")).data[0].value, 30)
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("is another one for every emulator", () =>
    Effect.gen(function* () {
      yield* Effect.flatMap(Emulator, (emulator) => emulator.seed(seed)).pipe(Effect.provide(Emulator.layer))
      assert.deepStrictEqual(yield* Effect.provide(get("/api/v1/meters"), Emulator.layer), [])
    })
  )
})
