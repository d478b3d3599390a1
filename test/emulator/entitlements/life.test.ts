import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../../src/emulator/Emulator.ts"
import { at } from "./fixtures.ts"

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const call = Effect.fnUntraced(function* (method: string, url: string, body?: unknown) {
  const emulator = yield* Emulator
  const response = yield* emulator.handle({
    method,
    url,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? "" : JSON.stringify(body)
  })
  const answer: Answer = { status: response.status, body: response.body === undefined ? {} : JSON.parse(response.body) }
  return answer
})

const expect = Effect.fnUntraced(function* (status: number, method: string, url: string, body?: unknown) {
  const answer = yield* call(method, url, body)
  assert.strictEqual(answer.status, status, `${method} ${url}: ${JSON.stringify(answer.body)}`)
  return answer.body
})

const on = (instant: string) => TestClock.setTime(at(instant))

const entitlement = "/api/v2/customers/acme/entitlements/tokens"

let events = 0
const use = (tokens: number, time: string) =>
  expect(204, "POST", "/api/v1/events", {
    specversion: "1.0",
    id: `event-${(events += 1)}`,
    source: "test",
    type: "prompt",
    subject: "acme-api",
    time: `${time}:00Z`,
    data: { tokens }
  })

const giveGrant = (grant: object) =>
  Effect.map(expect(201, "POST", `${entitlement}/grants`, grant), ({ id }) => String(id))

/** A customer with a metered entitlement from the first of January 2025. */
const subscribe = Effect.fnUntraced(function* (options: object) {
  yield* on("2025-01-01")
  yield* expect(200, "POST", "/api/v1/meters", {
    slug: "tokens_total",
    eventType: "prompt",
    aggregation: "SUM",
    valueProperty: "$.tokens"
  })
  yield* expect(201, "POST", "/api/v1/features", { key: "tokens", name: "Tokens", meterSlug: "tokens_total" })
  yield* expect(201, "POST", "/api/v1/customers", {
    key: "acme",
    name: "ACME",
    usageAttribution: { subjectKeys: ["acme-api"] }
  })
  return yield* expect(201, "POST", "/api/v2/customers/acme/entitlements", {
    type: "metered",
    featureKey: "tokens",
    usagePeriod: { interval: "MONTH", anchor: "2025-01-01T00:00:00Z" },
    ...options
  })
})

const value = Effect.fnUntraced(function* (time?: string) {
  const query = time === undefined ? "" : `?time=${time}Z`
  const {
    balance,
    overage,
    totalAvailableGrantAmount: total,
    usage
  } = yield* expect(200, "GET", `${entitlement}/value${query}`)
  return { balance, usage, overage, total }
})

describe("three months of a subscription", () => {
  it.effect("with rollover, a top-up, overage and a voided grant add up", () =>
    Effect.gen(function* () {
      const { id } = yield* subscribe({ issue: { amount: 1000, priority: 5 }, preserveOverageAtReset: true })
      yield* giveGrant({
        amount: 300,
        effectiveAt: "2025-01-01T00:00:00Z",
        priority: 2,
        maxRolloverAmount: 100,
        expiration: { duration: "MONTH", count: 2 }
      })

      // January. The plan gives 1000 and the bonus 300, which burns first: 300 - 250 = 50, and 1000 + 50 = 1050.
      yield* on("2025-01-06")
      yield* use(250, "2025-01-05T12:00")
      assert.deepStrictEqual(yield* value(), { balance: 1050, usage: 250, overage: 0, total: 1300 })

      // 900 takes the other 50 of the bonus and 850 of the plan: 1000 - 850 = 150.
      yield* on("2025-01-21")
      yield* use(900, "2025-01-20T12:00")
      assert.deepStrictEqual(yield* value(), { balance: 150, usage: 1150, overage: 0, total: 1300 })

      // 200 takes the last 150, and 50 are over.
      yield* on("2025-01-29")
      yield* use(200, "2025-01-28T12:00")
      assert.deepStrictEqual(yield* value(), { balance: 0, usage: 1350, overage: 50, total: 1300 })
      const customer = yield* expect(200, "GET", "/api/v1/customers/acme/access")
      assert.notProperty(Object(customer["entitlements"]).tokens, "hasAccess")

      // February. The plan is back at 1000 and pays the 50: 950. Of the bonus nothing was left to roll over.
      yield* on("2025-02-01")
      assert.deepStrictEqual(yield* value(), { balance: 950, usage: 0, overage: 0, total: 1000 })
      yield* on("2025-02-11")
      yield* use(400, "2025-02-10T12:00")
      assert.deepStrictEqual(yield* value(), { balance: 550, usage: 400, overage: 0, total: 1000 })

      // A top-up of 900, burnt first, of which 200 may roll over, and a promotion of 100: 550 + 900 + 100 = 1550.
      yield* on("2025-02-15")
      yield* giveGrant({ amount: 900, effectiveAt: "2025-02-15T00:00:00Z", priority: 1, maxRolloverAmount: 200 })
      const promotion = yield* giveGrant({ amount: 100, effectiveAt: "2025-02-15T00:00:00Z", priority: 3 })
      yield* on("2025-02-15T00:00:01")
      assert.deepStrictEqual(yield* value(), { balance: 1550, usage: 400, overage: 0, total: 2000 })

      // 550 of the top-up: 350 are left of it, 1000 of all.
      yield* on("2025-02-21")
      yield* use(550, "2025-02-20T12:00")
      assert.deepStrictEqual(yield* value(), { balance: 1000, usage: 950, overage: 0, total: 2000 })

      // The promotion is voided, untouched: its 100 are gone from the balance and from the total.
      yield* on("2025-02-22")
      yield* expect(204, "DELETE", `/api/v1/grants/${promotion}`)
      yield* on("2025-02-22T00:00:01")
      assert.deepStrictEqual(yield* value(), { balance: 900, usage: 950, overage: 0, total: 1900 })

      // 30 more of the top-up: 320 are left of it, and 550 of the plan.
      yield* on("2025-02-26")
      yield* use(30, "2025-02-25T12:00")
      assert.deepStrictEqual(yield* value(), { balance: 870, usage: 980, overage: 0, total: 1900 })

      // March. Of the 320 only 200 roll over, the plan is back at 1000, the bonus has expired.
      yield* on("2025-03-01")
      assert.deepStrictEqual(yield* value(), { balance: 1200, usage: 0, overage: 0, total: 1200 })

      // 1300 is 100 more than there is; the next top-up of 250 pays them when it begins, and 150 are left.
      yield* on("2025-03-11")
      yield* use(1300, "2025-03-10T12:00")
      assert.deepStrictEqual(yield* value(), { balance: 0, usage: 1300, overage: 100, total: 1200 })
      yield* on("2025-03-12")
      yield* giveGrant({ amount: 250, effectiveAt: "2025-03-12T00:00:00Z", priority: 1 })
      yield* on("2025-03-13")
      assert.deepStrictEqual(yield* value(), { balance: 150, usage: 1300, overage: 0, total: 1450 })

      // April. All of the second top-up may roll over: 1000 + 150 = 1150.
      yield* on("2025-04-01T00:00:30")
      assert.deepStrictEqual(yield* value(), { balance: 1150, usage: 0, overage: 0, total: 1150 })

      // Every month as it was, asked for now.
      assert.deepStrictEqual(yield* value("2025-01-31T23:59:00"), { balance: 0, usage: 1350, overage: 50, total: 1300 })
      assert.deepStrictEqual(yield* value("2025-02-28T23:59:00"), { balance: 870, usage: 980, overage: 0, total: 1900 })
      const history = yield* expect(
        200,
        "GET",
        `/api/v1/subjects/acme-api/entitlements/${String(id)}/history?windowSize=MONTH&from=2025-01-01T00:00:00Z`
      )
      assert.deepStrictEqual(
        Object(history).windowedHistory.map(({ balanceAtStart, usage }: Readonly<Record<string, number>>) => [
          balanceAtStart,
          usage
        ]),
        [
          [1300, 1350],
          [950, 980],
          [1200, 1300],
          [1150, 0]
        ]
      )
    }).pipe(Effect.provide(Emulator.layer))
  )
})

describe("what is remembered of a balance", () => {
  it.effect("is forgotten after a void in the past", () =>
    Effect.gen(function* () {
      yield* subscribe({ issue: { amount: 10, priority: 5 } })
      const early = yield* giveGrant({ amount: 20, effectiveAt: "2025-01-01T00:00:00Z", priority: 1 })
      yield* giveGrant({ amount: 40, effectiveAt: "2025-01-10T00:00:00Z", priority: 9 })
      yield* on("2025-01-20")
      yield* use(5, "2025-01-05T00:00")
      // 10 + (20 - 5) + 40, remembered for the tenth, where a segment begins.
      assert.strictEqual((yield* value()).balance, 65)
      yield* expect(204, "DELETE", `/api/v1/grants/${early}?at=2025-01-03T00:00:00Z`)
      yield* on("2025-01-20T00:01:00")
      // The 5 come after the void now, and burn the plan: 10 - 5 + 40.
      assert.strictEqual((yield* value()).balance, 45)
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("is forgotten after a reset in the past", () =>
    Effect.gen(function* () {
      yield* subscribe({ issue: { amount: 10 } })
      yield* giveGrant({ amount: 40, effectiveAt: "2025-01-10T00:00:00Z", priority: 9, maxRolloverAmount: 0 })
      yield* on("2025-01-20")
      yield* use(5, "2025-01-05T00:00")
      assert.deepStrictEqual(yield* value(), { balance: 45, usage: 5, overage: 0, total: 50 })
      yield* expect(204, "POST", `${entitlement}/reset`, { effectiveAt: "2025-01-08T00:00:00Z" })
      yield* on("2025-01-20T00:01:00")
      assert.deepStrictEqual(yield* value(), { balance: 50, usage: 0, overage: 0, total: 50 })
    }).pipe(Effect.provide(Emulator.layer))
  )
})

describe("what would never end", () => {
  it.effect("is refused: grants that recur at an interval of zero", () =>
    Effect.gen(function* () {
      yield* subscribe({})
      for (const interval of ["P0D", "PT0S", "P0Y0M"]) {
        const answer = yield* call("POST", `${entitlement}/grants`, {
          amount: 1,
          effectiveAt: "2025-01-01T00:00:00Z",
          recurrence: { interval }
        })
        assert.strictEqual(answer.status, 400, interval)
      }
      const grants = yield* expect(200, "GET", `${entitlement}/grants`)
      assert.strictEqual(grants["totalCount"], 0)
      assert.strictEqual((yield* value()).balance, 0)
    }).pipe(Effect.provide(Emulator.layer))
  )
})

describe("an entitlement that cannot be created", () => {
  it.effect("leaves nothing behind, not even in place of another one", () =>
    Effect.gen(function* () {
      const { id } = yield* subscribe({ issue: { amount: 10 } })
      yield* on("2025-01-05")
      yield* expect(400, "PUT", `${entitlement}/override`, {
        type: "metered",
        featureKey: "tokens",
        usagePeriod: { interval: "MONTH" },
        grants: [
          { amount: 5, effectiveAt: "2025-01-06T00:00:00Z" },
          { amount: 5, effectiveAt: "2025-01-01T00:00:00Z" }
        ]
      })
      const { activeTo, id: holder } = yield* expect(200, "GET", entitlement)
      assert.deepStrictEqual([holder, activeTo], [id, undefined])
      const grants = yield* expect(200, "GET", "/api/v2/grants?feature=tokens")
      assert.strictEqual(grants["totalCount"], 1)
    }).pipe(Effect.provide(Emulator.layer))
  )
})

describe("a value far in the future", () => {
  it.effect("is answered for an entitlement that is reset every hour", () =>
    Effect.gen(function* () {
      yield* subscribe({ issue: { amount: 1000 }, usagePeriod: { interval: "PT1H", anchor: "2025-01-01T00:00:00Z" } })
      yield* use(250, "2025-01-05T12:00")
      yield* on("2025-01-06")
      const path = "/api/v1/subjects/acme-api/entitlements/tokens/value"
      const then = yield* expect(200, "GET", `${path}?time=9999-12-31T12:00:00Z`)
      assert.deepInclude(then, { balance: 1000, usage: 0, overage: 0 })
      assert.deepStrictEqual(yield* value(), { balance: 1000, usage: 0, overage: 0, total: 1000 })
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect.each(["MINUTE", "MONTH"])("has no history by the %s that nobody could read", (windowSize) =>
    Effect.gen(function* () {
      yield* subscribe({ usagePeriod: { interval: "PT1H", anchor: "2025-01-01T00:00:00Z" } })
      const path = `${entitlement}/history?windowSize=${windowSize}&to=9999-12-31T12:00:00Z`
      const { detail } = yield* expect(400, "GET", path)
      assert.include(String(detail), "at most 1000000 windows or usage periods")
    }).pipe(Effect.provide(Emulator.layer))
  )
})
