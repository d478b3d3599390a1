import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ConflictError, InvalidRequestError, NotFoundError, ServerError } from "../../src/errors.ts"
import type { EntitlementCreateInputs, EntitlementListParams } from "../../src/schemas/Entitlement.ts"
import type { EntitlementGrantCreateInput } from "../../src/schemas/Grant.ts"
import { Entitlements } from "../../src/services/Entitlements.ts"
import { type Answer, connect, json, noContent, problem } from "../support/http.ts"

const base = {
  id: "01JH0000000000000000000001",
  subjectKey: "customer-1",
  featureKey: "ai_tokens",
  featureId: "01JH0000000000000000000002",
  activeFrom: "2025-06-06T12:00:05Z",
  createdAt: "2025-06-06T12:00:05Z",
  updatedAt: "2025-06-06T12:00:05Z"
}
const metered = {
  ...base,
  type: "metered" as const,
  isSoftLimit: false,
  isUnlimited: false,
  issueAfterReset: 100,
  preserveOverageAtReset: false,
  lastReset: "2025-06-06T12:00:00Z",
  measureUsageFrom: "2025-06-06T12:00:00Z",
  usagePeriod: { interval: "MONTH", intervalISO: "P1M", anchor: "2025-06-06T12:00:00Z" },
  currentUsagePeriod: { from: "2025-06-06T12:00:00Z", to: "2025-07-06T12:00:00Z" }
}
const other = { ...metered, id: "01JH0000000000000000000003", featureKey: "api_calls" }
const seats = { ...base, type: "static", id: "01JH0000000000000000000004", featureKey: "seats", config: '{"seats": 5}' }
const grant = {
  id: "01JH0000000000000000000005",
  entitlementId: base.id,
  amount: 50,
  priority: 0,
  effectiveAt: "2025-06-07T00:00:00Z",
  expiration: { duration: "YEAR", count: 1 },
  expiresAt: "2026-06-07T00:00:00Z",
  minRolloverAmount: 0,
  maxRolloverAmount: 50,
  createdAt: "2025-06-06T12:00:05Z",
  updatedAt: "2025-06-06T12:00:05Z"
}

const date = (text: string) => new Date(text)
const read = (entitlement: typeof metered) => ({
  ...entitlement,
  activeFrom: date(entitlement.activeFrom),
  createdAt: date(entitlement.createdAt),
  updatedAt: date(entitlement.updatedAt),
  lastReset: date(entitlement.lastReset),
  measureUsageFrom: date(entitlement.measureUsageFrom),
  usagePeriod: { ...entitlement.usagePeriod, anchor: date(entitlement.usagePeriod.anchor) },
  currentUsagePeriod: {
    from: date(entitlement.currentUsagePeriod.from),
    to: date(entitlement.currentUsagePeriod.to)
  }
})

const entitlements = (...answers: ReadonlyArray<Answer>) => connect(Entitlements, Entitlements.layer, ...answers)
const notFound = (what: string) => problem(404, `entitlement not found ${what} in namespace default`)
const under = "/api/v1/subjects/customer-1/entitlements"

describe("Entitlements", () => {
  it.effect("creates each kind, instants in any form", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements(json(201, metered), json(201, seats), json(201, metered))
      const anchor = date("2025-01-01T00:00:00Z")
      const created = yield* service.create("customer-1", {
        type: "metered",
        featureKey: "ai_tokens",
        usagePeriod: { interval: "P1M", anchor },
        measureUsageFrom: DateTime.makeUnsafe("2025-01-01T00:00:00Z"),
        issueAfterReset: 100,
        issueAfterResetPriority: 255,
        isSoftLimit: undefined,
        metadata: { plan: "pro" }
      })
      assert.deepStrictEqual(created, read(metered))
      yield* service.create("customer-1", { type: "static", featureId: base.featureId, config: '{"seats":5}' })
      yield* service.create("a/b ü", {
        type: "metered",
        featureKey: "ai_tokens",
        usagePeriod: { interval: "DAY" },
        measureUsageFrom: "CURRENT_PERIOD_START"
      })
      assert.deepStrictEqual(sent, [
        [
          "POST",
          under,
          {
            type: "metered",
            featureKey: "ai_tokens",
            usagePeriod: { interval: "P1M", anchor: "2025-01-01T00:00:00.000Z" },
            measureUsageFrom: "2025-01-01T00:00:00.000Z",
            issueAfterReset: 100,
            issueAfterResetPriority: 255,
            metadata: { plan: "pro" }
          }
        ],
        ["POST", under, { type: "static", featureId: base.featureId, config: '{"seats":5}' }],
        [
          "POST",
          "/api/v1/subjects/a%2Fb%20%C3%BC/entitlements",
          {
            type: "metered",
            featureKey: "ai_tokens",
            usagePeriod: { interval: "DAY" },
            measureUsageFrom: "CURRENT_PERIOD_START"
          }
        ]
      ])
    })
  )

  it.effect("says how to mend a missing customer, in the server's words and ours", () =>
    Effect.gen(function* () {
      const { service } = yield* entitlements(
        problem(404, "not found error: customer with subject key customer-1 not found in default namespace"),
        problem(404, "not found error: subject not found [namespace=default subject.idOrKey=customer-1]"),
        problem(404, "feature not found: ai_tokens"),
        problem(409, "entitlement with id e already exists", { conflictingEntityId: "e" })
      )
      const create = Effect.flip(service.create("customer-1", { type: "boolean", featureKey: "ai_tokens" }))
      const mend = 'customers.create({ name, usageAttribution: { subjectKeys: ["customer-1"] } })'
      for (const words of ["customer with subject key customer-1 not found", "subject not found"]) {
        const error = yield* create
        assert.instanceOf(error, NotFoundError)
        assert.include(error.message, "createEntitlement: 404")
        assert.include(error.message, words)
        assert.include(error.message, mend)
        assert.strictEqual(error.status, 404)
        assert.strictEqual(error.requestId, "test/1")
        assert.strictEqual(error.url, under)
      }
      const feature = yield* create
      assert.instanceOf(feature, NotFoundError)
      assert.notInclude(feature.message, mend)
      const conflict = yield* create
      assert.instanceOf(conflict, ConflictError)
      assert.strictEqual(conflict.conflictingEntityId, "e")
    })
  )

  it.effect("lists the entitlements of a subject, as an array and as a stream", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements(json(200, [metered]), json(200, [metered, other]))
      assert.deepStrictEqual(yield* service.list("customer-1"), [read(metered)])
      const items = service.items("customer-1", { includeDeleted: true })
      assert.strictEqual(sent.length, 1)
      assert.deepStrictEqual(yield* Stream.runCollect(items), [read(metered), read(other)])
      assert.deepStrictEqual(sent, [
        ["GET", under],
        ["GET", `${under}?includeDeleted=true`]
      ])
    })
  )

  it.effect("reads a kind that it does not know as it came, and resolves its feature key", () =>
    Effect.gen(function* () {
      const pooled = {
        type: "pooled",
        id: "01JH0000000000000000000009",
        featureKey: "pool",
        featureId: "f-1",
        shares: [1, 2]
      }
      const { service, sent } = yield* entitlements(
        json(200, [pooled]),
        notFound("pool"),
        json(200, [pooled]),
        noContent
      )
      assert.deepStrictEqual((yield* service.list("customer-1")) as unknown, [pooled])
      yield* service.delete("customer-1", "pool")
      assert.deepStrictEqual(sent.at(-1), ["DELETE", `${under}/${pooled.id}`])
    })
  )

  it.effect("fills in what the server leaves out when it is false or nothing", () =>
    Effect.gen(function* () {
      const { isSoftLimit: _, preserveOverageAtReset: __, issueAfterReset: ___, ...sparse } = metered
      const { service } = yield* entitlements(json(200, { ...sparse, activeTo: null }), json(200, {}))
      const expected = { ...read(metered), isSoftLimit: false, preserveOverageAtReset: false, issueAfterReset: 0 }
      assert.deepStrictEqual(yield* service.getById(base.id), expected)
      assert.deepStrictEqual(yield* service.value("customer-1", base.id), { hasAccess: false })
    })
  )

  describe("where the server takes ids only", () => {
    const calls = [
      ["get", "GET", "", json(200, metered)],
      ["delete", "DELETE", "", noContent],
      ["history", "GET", "/history?windowSize=DAY", json(200, { windowedHistory: [], burndownHistory: [] })],
      ["reset", "POST", "/reset", noContent]
    ] as const

    it.effect.each(calls)("%s by id is one request", ([name, method, rest, answer]) =>
      Effect.gen(function* () {
        const { service, sent } = yield* entitlements(answer)
        yield* service[name]("customer-1", base.id)
        assert.deepStrictEqual(
          sent.map(([method, url]) => [method, url]),
          [[method, `${under}/${base.id}${rest}`]]
        )
      })
    )

    it.effect.each(calls)("%s by feature key looks the key up after a 404", ([name, method, rest, answer]) =>
      Effect.gen(function* () {
        const { service, sent } = yield* entitlements(notFound("ai_tokens"), json(200, [seats, other, metered]), answer)
        yield* service[name]("customer-1", "ai_tokens")
        assert.deepStrictEqual(
          sent.map(([method, url]) => [method, url]),
          [
            [method, `${under}/ai_tokens${rest}`],
            ["GET", under],
            [method, `${under}/${base.id}${rest}`]
          ]
        )
      })
    )

    it.effect.each(calls)("%s fails with its own 404 when no entitlement is to the feature", ([name, method]) =>
      Effect.gen(function* () {
        const { service, sent } = yield* entitlements(
          notFound("none"),
          json(200, [other]),
          notFound("none"),
          problem(404, "not found error: subject not found [namespace=default subject.idOrKey=customer-1]")
        )
        for (let attempt = 0; attempt < 2; attempt++) {
          const error = yield* Effect.flip(service[name]("customer-1", "none"))
          assert.instanceOf(error, NotFoundError)
          assert.strictEqual(error.method, method)
          assert.include(error.url, `${under}/none`)
          assert.include(error.message, "entitlement not found none")
        }
        assert.strictEqual(sent.length, 4)
      })
    )

    it.effect("a ULID is not looked up, since it is never a feature key", () =>
      Effect.gen(function* () {
        const { service, sent } = yield* entitlements(notFound(base.id))
        assert.instanceOf(yield* Effect.flip(service.get("customer-1", base.id)), NotFoundError)
        assert.strictEqual(sent.length, 1)
      })
    )

    it.effect("fails with what went wrong with the look-up, or with the second call", () =>
      Effect.gen(function* () {
        const forbidden = problem(403, "forbidden error: entitlement is managed by subscription")
        const { service } = yield* entitlements(
          notFound("ai_tokens"),
          problem(400, "bad"),
          notFound("ai_tokens"),
          json(200, [metered]),
          forbidden
        )
        const failed = yield* Effect.flip(service.get("customer-1", "ai_tokens"))
        assert.deepStrictEqual([failed._tag, failed.operation], ["BadRequestError", "listSubjectEntitlements"])
        const managed = yield* Effect.flip(service.delete("customer-1", "ai_tokens"))
        assert.deepStrictEqual([managed._tag, managed.operation], ["ForbiddenError", "deleteEntitlement"])
      })
    )
  })

  it.effect("asks for a history day by day, or as the query says", () =>
    Effect.gen(function* () {
      const window = { period: metered.currentUsagePeriod, usage: 3, balanceAtStart: 100 }
      const segment = {
        period: metered.currentUsagePeriod,
        usage: 3,
        overage: 0,
        balanceAtStart: 100,
        grantBalancesAtStart: { [grant.id]: 100 },
        balanceAtEnd: 97,
        grantBalancesAtEnd: { [grant.id]: 97 },
        grantUsages: [{ grantId: grant.id, usage: 3 }]
      }
      const { service, sent } = yield* entitlements(
        json(200, { windowedHistory: [window], burndownHistory: [segment] }),
        json(200, { windowedHistory: [], burndownHistory: [] })
      )
      const { period, ...rest } = segment
      const dates = { from: date(period.from), to: date(period.to) }
      assert.deepStrictEqual(yield* service.history("customer-1", base.id, { windowSize: undefined }), {
        windowedHistory: [{ period: dates, usage: 3, balanceAtStart: 100 }],
        burndownHistory: [{ period: dates, ...rest }]
      })
      yield* service.history("customer-1", base.id, {
        from: "2025-06-07T00:00:00+02:00",
        to: date("2025-06-08T00:00:00Z"),
        windowSize: "HOUR",
        windowTimeZone: "Europe/Budapest"
      })
      assert.deepStrictEqual(sent, [
        ["GET", `${under}/${base.id}/history?windowSize=DAY`],
        [
          "GET",
          `${under}/${base.id}/history?from=2025-06-07T00%3A00%3A00%2B02%3A00&to=2025-06-08T00%3A00%3A00.000Z&windowSize=HOUR&windowTimeZone=Europe%2FBudapest`
        ]
      ])
    })
  )

  it.effect("asks for a value by id or feature key, now or at a time", () =>
    Effect.gen(function* () {
      const value = { hasAccess: true, balance: 97, usage: 3, overage: 0, totalAvailableGrantAmount: 100 }
      const { service, sent } = yield* entitlements(json(200, value), json(200, value))
      assert.deepStrictEqual(yield* service.value("customer-1", "ai_tokens"), value)
      yield* service.value("customer-1", base.id, { time: date("2025-06-08T00:00:00Z") })
      assert.deepStrictEqual(sent, [
        ["GET", `${under}/ai_tokens/value`],
        ["GET", `${under}/${base.id}/value?time=2025-06-08T00%3A00%3A00.000Z`]
      ])
    })
  )

  describe("reset", () => {
    it.effect("always sends a body, since the server refuses none", () =>
      Effect.gen(function* () {
        const { service, sent } = yield* entitlements(noContent, noContent)
        yield* service.reset("customer-1", base.id)
        yield* service.reset("customer-1", base.id, {
          effectiveAt: date("2025-06-08T00:00:00Z"),
          retainAnchor: true,
          preserveOverage: false
        })
        assert.deepStrictEqual(sent, [
          ["POST", `${under}/${base.id}/reset`, {}],
          [
            "POST",
            `${under}/${base.id}/reset`,
            { effectiveAt: "2025-06-08T00:00:00.000Z", retainAnchor: true, preserveOverage: false }
          ]
        ])
      })
    )

    it.effect("finds the only metered entitlement of a subject", () =>
      Effect.gen(function* () {
        const { service, sent } = yield* entitlements(json(200, [seats, metered]), noContent)
        yield* service.resetOnly("customer-1", { retainAnchor: true })
        assert.deepStrictEqual(sent, [
          ["GET", under],
          ["POST", `${under}/${base.id}/reset`, { retainAnchor: true }]
        ])
      })
    )

    it.effect("names the candidates when there are several metered entitlements, and resets none", () =>
      Effect.gen(function* () {
        const { service, sent } = yield* entitlements(json(200, [metered, seats, other]), json(200, [seats]))
        const several = yield* Effect.flip(service.resetOnly("customer-1"))
        assert.instanceOf(several, InvalidRequestError)
        assert.deepStrictEqual(
          [several.operation, several.method, several.field],
          ["resetEntitlementUsage", "POST", "entitlementIdOrFeatureKey"]
        )
        assert.include(several.message, '"ai_tokens", "api_calls"')
        const none = yield* Effect.flip(service.resetOnly("customer-1"))
        assert.instanceOf(none, InvalidRequestError)
        assert.include(none.message, "has no metered entitlement")
        assert.deepStrictEqual(sent, [
          ["GET", under],
          ["GET", under]
        ])
      })
    )
  })

  it.effect("overrides by id or feature key", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements(json(201, metered))
      const input = { type: "metered", featureKey: "ai_tokens", usagePeriod: { interval: "WEEK" } } as const
      assert.deepStrictEqual(yield* service.override("customer-1", "ai_tokens", input), read(metered))
      assert.deepStrictEqual(sent, [["PUT", `${under}/ai_tokens/override`, input]])
    })
  )

  it.effect("creates and lists grants", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements(json(201, grant), json(200, [grant]), json(200, [grant]))
      const dates = {
        effectiveAt: date(grant.effectiveAt),
        expiresAt: date(grant.expiresAt),
        createdAt: date(grant.createdAt),
        updatedAt: date(grant.updatedAt)
      }
      const input: EntitlementGrantCreateInput = {
        amount: 50,
        priority: 255,
        effectiveAt: date("2025-06-07T00:00:00Z"),
        expiration: { duration: "YEAR", count: 1000 },
        minRolloverAmount: -1.5,
        maxRolloverAmount: 50,
        recurrence: { interval: "P1DT12H", anchor: "2025-06-07T00:00:00Z" },
        metadata: { order: "A-1" }
      }
      assert.deepStrictEqual(yield* service.createGrant("customer-1", "ai_tokens", input), { ...grant, ...dates })
      assert.deepStrictEqual(yield* service.listGrants("customer-1", "ai_tokens"), [{ ...grant, ...dates }])
      yield* Stream.runDrain(service.grantItems("customer-1", base.id, { includeDeleted: true, orderBy: "updatedAt" }))
      assert.deepStrictEqual(sent, [
        ["POST", `${under}/ai_tokens/grants`, { ...input, effectiveAt: "2025-06-07T00:00:00.000Z" }],
        ["GET", `${under}/ai_tokens/grants`],
        ["GET", `${under}/${base.id}/grants?includeDeleted=true&orderBy=updatedAt`]
      ])
    })
  )

  it.effect("lists all entitlements by position, by page, and as a stream of all pages", () =>
    Effect.gen(function* () {
      const page = (number: number, item: object) =>
        json(200, { items: [item], page: number, pageSize: 1, totalCount: 2 })
      const { service, sent } = yield* entitlements(
        json(200, [metered]),
        page(1, metered),
        page(1, metered),
        page(2, other)
      )
      const filters = {
        subject: ["customer-1", "customer-2"],
        feature: ["ai_tokens", base.featureId],
        entitlementType: ["metered", "static"],
        excludeInactive: true,
        orderBy: "updatedAt",
        order: "DESC"
      } as const
      assert.deepStrictEqual(yield* service.listAll({ ...filters, limit: 1, offset: 2 }), [read(metered)])
      assert.deepStrictEqual(yield* service.listAllPage(), {
        items: [read(metered)],
        page: 1,
        pageSize: 1,
        totalCount: 2
      })
      const all = yield* Stream.runCollect(service.allItems({ pageSize: 1, subject: ["customer-1"] }))
      assert.deepStrictEqual(all, [read(metered), read(other)])
      const [first, ...rest] = sent
      const query = new URL(first![1], "http://x").searchParams
      assert.deepStrictEqual(
        [...query].sort(([a], [b]) => a.localeCompare(b)),
        [
          ["entitlementType", "metered"],
          ["entitlementType", "static"],
          ["excludeInactive", "true"],
          ["feature", "ai_tokens"],
          ["feature", base.featureId],
          ["limit", "1"],
          ["offset", "2"],
          ["order", "DESC"],
          ["orderBy", "updatedAt"],
          ["subject", "customer-1"],
          ["subject", "customer-2"]
        ]
      )
      assert.deepStrictEqual(rest, [
        ["GET", "/api/v1/entitlements?page=1"],
        ["GET", "/api/v1/entitlements?subject=customer-1&page=1&pageSize=1"],
        ["GET", "/api/v1/entitlements?subject=customer-1&page=2&pageSize=1"]
      ])
    })
  )

  it.effect("refuses what the server would refuse or choke on, by field, before anything is sent", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements()
      const meteredInput = { type: "metered", featureKey: "f", usagePeriod: { interval: "MONTH" } }
      const staticInput = { type: "static", featureKey: "f", config: "{}" }
      const inputs: ReadonlyArray<readonly [field: string, input: object]> = [
        ["featureKey", { ...meteredInput, featureKey: undefined }],
        ["featureKey", { type: "boolean" }],
        ["featureKey", { ...staticInput, featureKey: undefined }],
        ["featureKey", { ...meteredInput, featureKey: "Upper" }],
        ["featureId", { ...meteredInput, featureId: "no-ulid" }],
        ["usagePeriod", { type: "metered", featureKey: "f" }],
        ["usagePeriod.interval", { ...meteredInput, usagePeriod: {} }],
        ...["P", "P0D", "PT0S", "P0Y0M", "-P1D", "P-1D", "", "HOUR", "month"].map(
          (interval) => ["usagePeriod.interval", { ...meteredInput, usagePeriod: { interval } }] as const
        ),
        ["usagePeriod.interval", { type: "boolean", featureKey: "f", usagePeriod: { interval: "PT0H" } }],
        ["usagePeriod.anchor", { ...meteredInput, usagePeriod: { interval: "DAY", anchor: "2025-01-01" } }],
        ["measureUsageFrom", { ...meteredInput, measureUsageFrom: "THEN" }],
        ["measureUsageFrom", { ...meteredInput, measureUsageFrom: new Date(Number.NaN) }],
        ["issueAfterReset", { ...meteredInput, issueAfterReset: -1 }],
        ["issueAfterReset", { ...meteredInput, issueAfterReset: Number.NaN }],
        ["issueAfterResetPriority", { ...meteredInput, issueAfterResetPriority: 0 }],
        ["issueAfterResetPriority", { ...meteredInput, issueAfterResetPriority: 256 }],
        ["issueAfterResetPriority", { ...meteredInput, issueAfterResetPriority: 1.5 }],
        ["isSoftLimit", { ...meteredInput, isSoftLimit: null }],
        ["metadata.n", { ...meteredInput, metadata: { n: 1 } }],
        ["config", { type: "static", featureKey: "f" }],
        ["config", { ...staticInput, config: "{" }],
        ["config", { ...staticInput, config: "" }],
        ["config", { ...staticInput, config: { seats: 5 } }],
        ["softLimit", { ...meteredInput, softLimit: true }]
      ]
      for (const [field, input] of inputs) {
        // What a program without types may give.
        const error = yield* Effect.flip(service.create("customer-1", input as EntitlementCreateInputs))
        assert.deepStrictEqual(
          [error._tag, "field" in error && error.field],
          ["InvalidRequestError", field],
          error.message
        )
      }
      for (const input of [{ featureKey: "f" }, { type: "other", featureKey: "f" }]) {
        const kind = yield* Effect.flip(service.create("customer-1", input as unknown as EntitlementCreateInputs))
        assert.instanceOf(kind, InvalidRequestError)
        assert.include(kind.message, "type is metered, static or boolean")
      }
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("refuses grants out of range, by field, before anything is sent", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements()
      const valid = {
        amount: 1,
        effectiveAt: "2025-01-01T00:00:00Z",
        expiration: { duration: "DAY", count: 1 }
      }
      const inputs: ReadonlyArray<readonly [field: string, input: object]> = [
        ["amount", { ...valid, amount: 0 }],
        ["amount", { ...valid, amount: -1 }],
        ["amount", { ...valid, amount: "1" }],
        ["amount", { ...valid, amount: Number.POSITIVE_INFINITY }],
        ["priority", { ...valid, priority: 0 }],
        ["priority", { ...valid, priority: 256 }],
        ["priority", { ...valid, priority: 1.5 }],
        ["priority", { ...valid, priority: null }],
        ["effectiveAt", { ...valid, effectiveAt: undefined }],
        ["effectiveAt", { ...valid, effectiveAt: "2025-02-30T00:00:00Z" }],
        ["expiration", { ...valid, expiration: undefined }],
        ["expiration.count", { ...valid, expiration: { duration: "DAY" } }],
        ["expiration.count", { ...valid, expiration: { duration: "DAY", count: 0 } }],
        ["expiration.count", { ...valid, expiration: { duration: "DAY", count: 1001 } }],
        ["expiration.duration", { ...valid, expiration: { count: 1 } }],
        ["expiration.duration", { ...valid, expiration: { duration: "MINUTE", count: 1 } }],
        ["expiration.duration", { ...valid, expiration: { duration: "day", count: 1 } }],
        ["recurrence.interval", { ...valid, recurrence: {} }],
        ...["P", "P0D", "PT0S", "P0M"].map(
          (interval) => ["recurrence.interval", { ...valid, recurrence: { interval } }] as const
        ),
        ["minRolloverAmount", { ...valid, minRolloverAmount: Number.NaN }],
        ["metadata.n", { ...valid, metadata: { n: 1 } }]
      ]
      for (const [field, input] of inputs) {
        // What a program without types may give.
        const error = yield* Effect.flip(
          service.createGrant("customer-1", "ai_tokens", input as EntitlementGrantCreateInput)
        )
        assert.deepStrictEqual([error._tag, "field" in error && error.field], ["InvalidRequestError", field])
      }
      for (const query of [{ limit: 0 }, { page: 1 }, { entitlementType: ["free"] }, { orderBy: "id" }]) {
        const error = yield* Effect.flip(service.listAll(query as EntitlementListParams))
        assert.strictEqual(error._tag, "InvalidRequestError")
      }
      for (const value of ["", ".", ".."]) {
        assert.instanceOf(yield* Effect.flip(service.get("customer-1", value)), InvalidRequestError)
        assert.instanceOf(yield* Effect.flip(service.list(value)), InvalidRequestError)
      }
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("fails with a ServerError where the server fails without a word", () =>
    Effect.gen(function* () {
      const { service } = yield* entitlements({
        status: 500,
        headers: { "content-type": "application/problem+json" },
        body: JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500 })
      })
      const error = yield* Effect.flip(service.create("customer-1", { type: "boolean", featureKey: "f" }))
      assert.instanceOf(error, ServerError)
      assert.strictEqual(error.message, "createEntitlement: 500 Internal Server Error")
    })
  )
})
