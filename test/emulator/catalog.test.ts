import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../src/emulator/Emulator.ts"
import { unitCostFault, unitCostOf } from "../../src/emulator/handlers/unitCost.ts"

const request = (method: string, url: string, body?: unknown) =>
  Effect.gen(function* () {
    const emulator = yield* Emulator
    const response = yield* emulator.handle({
      method,
      url,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? "" : JSON.stringify(body)
    })
    const contentType = response.headers["content-type"] ?? ""
    const parsed = contentType.includes("json") ? JSON.parse(response.body ?? "") : response.body
    return { status: response.status, body: parsed }
  })

const get = (url: string) => request("GET", url)

const customer = (key: string, ...subjectKeys: ReadonlyArray<string>) =>
  request("POST", "/api/v1/customers", { key, name: key.toUpperCase(), usageAttribution: { subjectKeys } })

const keysOf = (url: string) =>
  Effect.map(get(url), ({ body }) => (body.items ?? body).map((item: { key: string }) => item.key))

describe("subjects", () => {
  it.effect("are listed in the order of creation, without deleted ones", () =>
    Effect.gen(function* () {
      yield* request("POST", "/api/v1/subjects", [{ key: "b" }, { key: "a" }, { key: "c" }])
      yield* request("DELETE", "/api/v1/subjects/a")
      assert.deepStrictEqual(yield* keysOf("/api/v1/subjects"), ["b", "c"])
    }).pipe(Effect.provide(Emulator.layer))
  )
})

describe("customers", () => {
  it.effect("take their subjects along when they are renamed", () =>
    Effect.gen(function* () {
      yield* customer("acme", "eu")
      yield* request("PUT", "/api/v1/customers/acme", {
        key: "acme-2",
        name: "Acme",
        usageAttribution: { subjectKeys: ["eu", "us"] }
      })
      assert.strictEqual((yield* customer("other", "us")).status, 409)
      assert.strictEqual((yield* customer("acme", "asia")).status, 201)
      assert.strictEqual((yield* get("/api/v1/subjects/us")).body.metadata.createdBy, "subject.provisioner")
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("leave everything as it was when they are refused", () =>
    Effect.gen(function* () {
      yield* customer("acme", "eu")
      const before = yield* Effect.flatMap(Emulator, (emulator) => emulator.snapshot)
      const update = { key: "acme", name: "Acme", usageAttribution: { subjectKeys: ["eu", "us", "us"] } }
      assert.strictEqual((yield* request("PUT", "/api/v1/customers/acme", update)).status, 409)
      assert.strictEqual((yield* customer("eu", "asia")).status, 409)
      const after = yield* Effect.flatMap(Emulator, (emulator) => emulator.snapshot)
      assert.deepStrictEqual(after.state.customers, before.state.customers)
      assert.deepStrictEqual(after.state.subjects, before.state.subjects)
      assert.deepStrictEqual(after.state.attributions, before.state.attributions)
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("are listed in pages that follow on one another", () =>
    Effect.gen(function* () {
      for (const key of ["d", "a", "c", "b", "e"]) yield* customer(key)
      const pages = yield* Effect.forEach([1, 2, 3, 4], (page) => keysOf(`/api/v1/customers?pageSize=2&page=${page}`))
      assert.deepStrictEqual(pages, [["a", "b"], ["c", "d"], ["e"], []])
      assert.deepStrictEqual(yield* keysOf("/api/v1/customers?order=DESC&orderBy=createdAt&pageSize=1"), ["d"])
      yield* TestClock.adjust("1 second")
      yield* customer("f")
      assert.deepStrictEqual(yield* keysOf("/api/v1/customers?order=DESC&orderBy=createdAt&pageSize=1"), ["f"])
    }).pipe(Effect.provide(Emulator.layer))
  )
})

const Digits = Schema.String.check(Schema.isPattern(/^[0-9]{1,12}$/))

describe("features", () => {
  it.prop("cost an amount without needless zeros", { whole: Digits, fraction: Digits }, ({ fraction, whole }) => {
    const cost = unitCostOf({ type: "manual", amount: `${whole}.${fraction}` })
    const amount = cost.type === "manual" ? cost.amount : ""
    assert.match(amount, /^(0|[1-9]\d*)(\.\d*[1-9])?$/)
    const scaled = (text: string) => {
      const [left = "", right = ""] = text.split(".")
      return BigInt(left + right.padEnd(12, "0"))
    }
    assert.strictEqual(scaled(amount), scaled(`${whole}.${fraction}`))
  })

  it("keep the sign of an amount, but not of zero", () => {
    assert.deepStrictEqual(unitCostOf({ type: "manual", amount: "-1.50" }), { type: "manual", amount: "-1.5" })
    assert.deepStrictEqual(unitCostOf({ type: "manual", amount: "-0.0" }), { type: "manual", amount: "0" })
  })

  it("are told every fault of a model's price at once", () => {
    const cost = unitCostOf({ type: "llm", provider: "p", providerProperty: "p", tokenType: "thought" })
    assert.strictEqual(
      unitCostFault(cost, {}),
      "provider_property and provider are mutually exclusive\n" +
        "either model_property or model is required for LLM unit cost\n" +
        `invalid token_type "thought": expected one of input, output, cache_read, reasoning, cache_write, request, response`
    )
  })
})

describe("information", () => {
  it.effect("lists the currencies that a customer may have", () =>
    Effect.gen(function* () {
      const { body } = yield* get("/api/v1/info/currencies")
      assert.deepInclude(body, { code: "EUR", name: "Euro", symbol: "€", subunits: 2 })
      assert.deepInclude(body, { code: "JPY", name: "Japanese Yen", symbol: "¥", subunits: 0 })
      for (const { code } of body.slice(0, 5)) {
        const created = yield* request("POST", "/api/v1/customers", { key: code, name: code, currency: code })
        assert.strictEqual(created.status, 201)
      }
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("knows no progress, as nothing takes its time", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* get("/api/v1/info/progress/x")).status, 404)
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("counts the events since midnight by subject", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* TestClock.adjust("20000 days")
      yield* emulator.seed({ events: [{ type: "t", subject: "yesterday" }] })
      yield* TestClock.adjust("24 hours")
      yield* emulator.seed({ events: ["a", `"b"`, "a"].map((subject, i) => ({ id: `e${i}`, type: "t", subject })) })
      assert.strictEqual(
        (yield* get("/api/v1/debug/metrics")).body,
        [
          "# HELP openmeter_events Number of ingested events",
          "# TYPE openmeter_events counter",
          `openmeter_events_total{subject="a"} 2.0`,
          String.raw`openmeter_events_total{subject="\"b\""} 1.0`,
          "# EOF",
          ""
        ].join("\n")
      )
    }).pipe(Effect.provide(Emulator.layer))
  )
})
