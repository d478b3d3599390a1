import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../src/emulator/Emulator.ts"
import { InvalidRequestError, NotFoundError } from "../../src/errors.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { CustomerEntitlements } from "../../src/services/CustomerEntitlements.ts"
import { Customers } from "../../src/services/Customers.ts"
import { Entitlements } from "../../src/services/Entitlements.ts"
import { Features } from "../../src/services/Features.ts"
import { Grants } from "../../src/services/Grants.ts"
import { Ingest } from "../../src/services/Ingest.ts"
import { Meters } from "../../src/services/Meters.ts"

const services = Layer.mergeAll(
  CustomerEntitlements.layer,
  Customers.layer,
  Entitlements.layer,
  Features.layer,
  Grants.layer,
  Ingest.layer,
  Meters.layer
).pipe(
  Layer.provide(Transport.layerWithoutHttpClient({ baseUrl: "http://emulator" })),
  Layer.provide(Layer.provide(Emulator.layerHttpClient, Emulator.layer))
)

/** A feature that meters the sum of `$.n` of the events of its own type. */
const meteredFeature = (key: string) =>
  Effect.gen(function* () {
    yield* (yield* Meters).create({ slug: key, eventType: key, aggregation: "SUM", valueProperty: "$.n" })
    yield* (yield* Features).create({ key, name: key, meterSlug: key })
  })

it.layer(services)("entitlements of a subject", (it) => {
  it.effect("go from a missing customer over grants and resets to their end, by feature key alone", () =>
    Effect.gen(function* () {
      const entitlements = yield* Entitlements
      const subject = "customer-1"
      const key = "ai_tokens"
      yield* TestClock.setTime(Date.parse("2025-06-06T00:00:00Z"))
      yield* meteredFeature(key)

      const create = entitlements.create(subject, {
        type: "metered",
        featureKey: key,
        usagePeriod: { interval: "MONTH" },
        issueAfterReset: 10
      })
      const homeless = yield* Effect.flip(create)
      assert.instanceOf(homeless, NotFoundError)
      assert.include(homeless.message, "customers.create")
      yield* (yield* Customers).create({ name: "Acme", usageAttribution: { subjectKeys: [subject] } })
      const created = yield* create

      assert.deepStrictEqual(yield* entitlements.get(subject, key), created)
      assert.deepStrictEqual(yield* entitlements.getById(String(created.id)), created)
      yield* entitlements.createGrant(subject, key, {
        amount: 5,
        effectiveAt: new Date("2025-06-06T00:00:00Z"),
        expiration: { duration: "YEAR", count: 1 }
      })
      yield* (yield* Ingest).ingest({ type: key, subject, data: { n: 12 } })
      yield* TestClock.adjust("5 minutes")
      const value = yield* entitlements.value(subject, key)
      assert.deepStrictEqual(
        [value.hasAccess, value.balance, value.usage, value.overage, value.totalAvailableGrantAmount],
        [true, 3, 12, 0, 15]
      )
      const { burndownHistory, windowedHistory } = yield* entitlements.history(subject, key)
      assert.deepStrictEqual(
        windowedHistory.map(({ usage }) => usage),
        [12]
      )
      assert.deepStrictEqual(
        burndownHistory.map(({ balanceAtEnd }) => balanceAtEnd),
        [3]
      )

      yield* entitlements.reset(subject, key)
      yield* TestClock.adjust("5 minutes")
      yield* entitlements.resetOnly(subject)
      assert.strictEqual((yield* entitlements.value(subject, key)).usage, 0)
      yield* meteredFeature("api_calls")
      yield* entitlements.create(subject, {
        type: "metered",
        featureKey: "api_calls",
        usagePeriod: { interval: "P1W" }
      })
      const ambiguous = yield* Effect.flip(entitlements.resetOnly(subject))
      assert.instanceOf(ambiguous, InvalidRequestError)
      assert.include(ambiguous.message, "ai_tokens")
      assert.include(ambiguous.message, "api_calls")

      yield* entitlements.delete(subject, key)
      assert.instanceOf(yield* Effect.flip(entitlements.get(subject, key)), NotFoundError)
      assert.deepStrictEqual(
        (yield* entitlements.list(subject)).map(({ featureKey }) => featureKey),
        ["api_calls"]
      )
    })
  )
})

it.layer(services)("grants of a customer", (it) => {
  it.effect("are created with the entitlement, listed over pages, and voided", () =>
    Effect.gen(function* () {
      const entitlements = yield* CustomerEntitlements
      const grants = yield* Grants
      yield* TestClock.setTime(Date.parse("2025-06-06T12:00:00Z"))
      yield* meteredFeature("f")
      yield* (yield* Customers).create({ key: "acme", name: "Acme", usageAttribution: { subjectKeys: ["s"] } })
      const effectiveAt = "2025-06-06T12:00:00Z"
      yield* entitlements.create("acme", {
        type: "metered",
        featureKey: "f",
        usagePeriod: { interval: "MONTH" },
        grants: [1, 2, 3].map((amount) => ({ amount, effectiveAt }))
      })
      const all = yield* Stream.runCollect(entitlements.grantItems("acme", "f", { pageSize: 2 }))
      assert.deepStrictEqual(
        all.map(({ amount }) => amount),
        [1, 2, 3]
      )
      assert.deepStrictEqual(
        (yield* Stream.runCollect(grants.itemsV2({ customer: ["acme"], pageSize: 1 }))).map(({ id }) => id),
        all.map(({ id }) => id)
      )
      assert.strictEqual((yield* Stream.runCollect(grants.items({ subject: ["s"], pageSize: 2 }))).length, 3)
      yield* TestClock.adjust("1 minute")
      yield* grants.void(all[2]!.id)
      const value = yield* entitlements.value("acme", "f")
      assert.strictEqual(value.balance, 3)
      assert.deepStrictEqual(value.grantBalances, { [all[0]!.id]: 1, [all[1]!.id]: 2 })
      assert.deepStrictEqual(yield* entitlements.value("acme", "none"), { hasAccess: false })
    })
  )
})
