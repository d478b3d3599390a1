import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import {
  CircuitBreaker,
  Concurrency,
  CustomerEntitlementCheck,
  CustomerEntitlements,
  Customers,
  Debug,
  EntitlementCheck,
  Entitlements,
  Events,
  Features,
  Grants,
  Info,
  Ingest,
  Meters,
  OpenMeter,
  Portal,
  RateLimit,
  Retry,
  Subjects,
  Telemetry,
  withCallOptions
} from "@openmeter/sdk/effect"

const effectiveAt = new Date()

/** A program that uses every service. */
export const program = Effect.gen(function* () {
  const meters = yield* Meters
  yield* meters.create({ slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" })
  const usage = yield* meters.query("tokens", { windowSize: "DAY", groupBy: ["model"] })
  const slugs = yield* Stream.runCollect(Stream.map(meters.items(), (meter) => meter.slug))

  const ingest = yield* Ingest
  yield* ingest.ingest([{ type: "prompt", subject: "customer-1", data: { tokens: 42 } }])
  const events = yield* Events
  const stored = yield* events.listV2({ filter: { type: { $eq: "prompt" } } })

  const features = yield* Features
  const feature = yield* features.create({ key: "ai_tokens", name: "AI tokens", meterSlug: "tokens" })
  const customers = yield* Customers
  const customer = yield* customers.create({ key: "acme", name: "ACME" })
  const subjects = yield* Subjects
  yield* subjects.upsert([{ key: "customer-1" }])

  const entitlements = yield* Entitlements
  const entitlement = yield* entitlements.create("customer-1", { type: "boolean", featureKey: feature.key })
  const ofCustomers = yield* CustomerEntitlements
  yield* ofCustomers.create(customer.id, {
    type: "metered",
    featureKey: "ai_tokens",
    usagePeriod: { interval: "MONTH" },
    issue: { amount: 1_000 }
  })
  yield* ofCustomers.createGrant("acme", "ai_tokens", { amount: 500, effectiveAt })
  const grants = yield* Grants
  const given = yield* grants.list({ subject: ["customer-1"] })

  const check = yield* EntitlementCheck
  const checkOfCustomers = yield* CustomerEntitlementCheck
  const may = yield* Effect.all([
    check.hasAccess("customer-1", "ai_tokens"),
    checkOfCustomers.hasAccess("acme", "ai_tokens")
  ])

  const portal = yield* Portal
  const token = yield* portal.createToken({ subject: "customer-1" })
  const info = yield* Info
  const debug = yield* Debug
  return {
    usage: usage.data.map(({ value }) => value),
    slugs,
    stored: stored.items.length,
    entitlement: entitlement.type,
    given: given.length,
    may,
    token: token.token,
    currencies: yield* info.listCurrencies(),
    metrics: yield* debug.getMetrics()
  }
}).pipe(
  withCallOptions({ timeout: "5 seconds" }),
  Effect.catchTags({
    NotFoundError: (error) => Effect.fail(error.message),
    ConflictError: (error) => Effect.fail(error.conflictingEntityId),
    RateLimitedError: (error) => Effect.fail(error.retryAfter)
  })
)

const policies = Layer.mergeAll(
  Retry.layer({ times: 5 }),
  Concurrency.layer(8),
  Telemetry.layer({ attempts: true }),
  RateLimit.layer({ limit: 100, window: "1 second" }),
  CircuitBreaker.layer()
)

/** The same, with all that it needs. */
export const main = Effect.provide(
  program,
  Layer.merge(EntitlementCheck.layer(), CustomerEntitlementCheck.layer()).pipe(
    Layer.provideMerge(OpenMeter.layer({ baseUrl: "http://localhost:8888" })),
    Layer.provide(policies)
  )
)
