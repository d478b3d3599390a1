import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { InvalidRequestError, NotFoundError, PreconditionFailedError } from "../../src/errors.ts"
import type { EntitlementV2CreateInputs } from "../../src/schemas/CustomerEntitlement.ts"
import type { EntitlementGrantCreateInputV2 } from "../../src/schemas/Grant.ts"
import { CustomerEntitlements } from "../../src/services/CustomerEntitlements.ts"
import { type Answer, connect, json, noContent, problem } from "../support/http.ts"

const base = {
  id: "01JH0000000000000000000001",
  customerId: "01JH0000000000000000000007",
  customerKey: "acme",
  featureKey: "ai_tokens",
  featureId: "01JH0000000000000000000002",
  activeFrom: "2025-06-06T12:00:05Z",
  createdAt: "2025-06-06T12:00:05Z",
  updatedAt: "2025-06-06T12:00:05Z"
}
const seats = { ...base, type: "static" as const, config: '{"seats": 5}' }
const access = { ...base, type: "boolean" as const, id: "01JH0000000000000000000003" }
const grant = {
  id: "01JH0000000000000000000005",
  entitlementId: base.id,
  amount: 50,
  priority: 3,
  effectiveAt: "2025-06-07T00:00:00Z",
  minRolloverAmount: 0,
  maxRolloverAmount: 50,
  createdAt: "2025-06-06T12:00:05Z",
  updatedAt: "2025-06-06T12:00:05Z"
}

const date = (text: string) => new Date(text)
const read = <A extends { readonly activeFrom: string; readonly createdAt: string; readonly updatedAt: string }>(
  entitlement: A
) => ({
  ...entitlement,
  activeFrom: date(entitlement.activeFrom),
  createdAt: date(entitlement.createdAt),
  updatedAt: date(entitlement.updatedAt)
})
const readGrant = {
  ...grant,
  effectiveAt: date(grant.effectiveAt),
  createdAt: date(grant.createdAt),
  updatedAt: date(grant.updatedAt)
}

const entitlements = (...answers: ReadonlyArray<Answer>) =>
  connect(CustomerEntitlements, CustomerEntitlements.layer, ...answers)
const page = (number: number, items: ReadonlyArray<unknown>, totalCount: number) =>
  json(200, { items, page: number, pageSize: 1, totalCount })
const under = "/api/v2/customers/acme/entitlements"

describe("CustomerEntitlements", () => {
  it.effect("creates a metered entitlement with what it issues, or with grants", () =>
    Effect.gen(function* () {
      const metered = {
        ...base,
        type: "metered" as const,
        isSoftLimit: false,
        issue: { amount: 40, priority: 2 },
        issueAfterReset: 40,
        issueAfterResetPriority: 2,
        preserveOverageAtReset: false,
        lastReset: "2025-06-06T12:00:00Z",
        measureUsageFrom: "2025-06-06T12:00:00Z",
        usagePeriod: { interval: "MONTH", intervalISO: "P1M", anchor: "2025-06-06T12:00:00Z" },
        currentUsagePeriod: { from: "2025-06-06T12:00:00Z", to: "2025-07-06T12:00:00Z" }
      }
      const { service, sent } = yield* entitlements(json(201, metered), json(201, metered))
      const issuing = {
        type: "metered",
        featureKey: "ai_tokens",
        usagePeriod: { interval: "MONTH" },
        issue: { amount: 40, priority: 2 }
      } as const
      const created = yield* service.create("acme", issuing)
      assert.strictEqual(created.type, "metered")
      if (created.type !== "metered") return
      assert.deepStrictEqual(created.issue, { amount: 40, priority: 2 })
      assert.strictEqual(created.customerKey, "acme")
      assert.deepStrictEqual(created.currentUsagePeriod.to, date("2025-07-06T12:00:00Z"))
      yield* service.create("acme", {
        type: "metered",
        featureId: base.featureId,
        usagePeriod: { interval: "P2W" },
        grants: [
          { amount: 50, effectiveAt: date("2025-06-07T00:00:00Z"), annotations: { from: "campaign", nested: { n: 1 } } }
        ]
      })
      assert.deepStrictEqual(sent, [
        ["POST", under, issuing],
        [
          "POST",
          under,
          {
            type: "metered",
            featureId: base.featureId,
            usagePeriod: { interval: "P2W" },
            grants: [
              {
                amount: 50,
                effectiveAt: "2025-06-07T00:00:00.000Z",
                annotations: { from: "campaign", nested: { n: 1 } }
              }
            ]
          }
        ]
      ])
    })
  )

  it.effect("reads a customer without a key, and a boolean entitlement without metadata", () =>
    Effect.gen(function* () {
      const { customerKey: _, ...keyless } = access
      const { service } = yield* entitlements(json(200, keyless), json(200, { ...seats, customerKey: null }))
      assert.deepStrictEqual(yield* service.get("acme", "ai_tokens"), read(keyless))
      assert.notProperty(yield* service.getById(base.id), "customerKey")
    })
  )

  it.effect("lists a page of a customer's entitlements, and streams all pages", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements(page(1, [seats], 1), page(1, [seats], 2), page(2, [access], 2))
      assert.deepStrictEqual(yield* service.list("acme"), {
        items: [read(seats)],
        page: 1,
        pageSize: 1,
        totalCount: 1
      })
      const items = service.items("acme", { pageSize: 1, order: "DESC", orderBy: "updatedAt" })
      assert.strictEqual(sent.length, 1)
      assert.deepStrictEqual(yield* Stream.runCollect(items), [read(seats), read(access)])
      assert.deepStrictEqual(sent, [
        ["GET", under],
        ["GET", `${under}?page=1&pageSize=1&orderBy=updatedAt&order=DESC`],
        ["GET", `${under}?page=2&pageSize=1&orderBy=updatedAt&order=DESC`]
      ])
    })
  )

  it.effect("lists the entitlements of all customers, and streams all pages", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements(page(2, [seats], 1), page(1, [seats], 2), page(2, [access], 2))
      yield* service.listAll({
        feature: ["ai_tokens"],
        customerKeys: ["acme", "globex"],
        customerIds: [base.customerId],
        entitlementType: ["static"],
        excludeInactive: true,
        page: 2
      })
      const all = yield* Stream.runCollect(service.allItems({ customerKeys: ["acme"] }))
      assert.deepStrictEqual(all, [read(seats), read(access)])
      const [first, ...rest] = sent
      assert.deepStrictEqual(
        [...new URL(first![1], "http://x").searchParams].sort(([a], [b]) => a.localeCompare(b)),
        [
          ["customerIds", base.customerId],
          ["customerKeys", "acme"],
          ["customerKeys", "globex"],
          ["entitlementType", "static"],
          ["excludeInactive", "true"],
          ["feature", "ai_tokens"],
          ["page", "2"]
        ]
      )
      assert.deepStrictEqual(rest, [
        ["GET", "/api/v2/entitlements?customerKeys=acme&page=1"],
        ["GET", "/api/v2/entitlements?customerKeys=acme&page=2"]
      ])
    })
  )

  it.effect("needs no look-up for a feature key: one request a call, and a 404 is final", () =>
    Effect.gen(function* () {
      const history = { windowedHistory: [], burndownHistory: [] }
      const { service, sent } = yield* entitlements(
        json(200, seats),
        noContent,
        json(200, history),
        json(200, history),
        noContent,
        noContent,
        json(201, seats),
        problem(404, "entitlement not found none in namespace default")
      )
      yield* service.get("acme", "ai_tokens")
      yield* service.delete("acme", "ai_tokens")
      yield* service.history("acme", "ai_tokens")
      yield* service.history("acme", base.id, { windowSize: "MONTH", from: "2025-06-01T00:00:00Z" })
      yield* service.reset("acme", "ai_tokens")
      yield* service.reset("acme", "ai_tokens", { preserveOverage: true })
      yield* service.override("acme", "ai_tokens", { type: "static", featureKey: "ai_tokens", config: "null" })
      assert.instanceOf(yield* Effect.flip(service.get("acme", "none")), NotFoundError)
      assert.deepStrictEqual(sent, [
        ["GET", `${under}/ai_tokens`],
        ["DELETE", `${under}/ai_tokens`],
        ["GET", `${under}/ai_tokens/history?windowSize=DAY`],
        ["GET", `${under}/${base.id}/history?from=2025-06-01T00%3A00%3A00Z&windowSize=MONTH`],
        ["POST", `${under}/ai_tokens/reset`, {}],
        ["POST", `${under}/ai_tokens/reset`, { preserveOverage: true }],
        ["PUT", `${under}/ai_tokens/override`, { type: "static", featureKey: "ai_tokens", config: "null" }],
        ["GET", `${under}/none`]
      ])
    })
  )

  it.effect("reads access that the server leaves out as no access", () =>
    Effect.gen(function* () {
      const exhausted = {
        balance: 0,
        usage: 12,
        overage: 2,
        totalAvailableGrantAmount: 10,
        grantBalances: { [grant.id]: 0 }
      }
      const { service, sent } = yield* entitlements(
        json(200, {}),
        json(200, exhausted),
        json(200, { hasAccess: true, config: '{"n": 1}', addedLater: 1 })
      )
      assert.deepStrictEqual(yield* service.value("acme", "none"), { hasAccess: false })
      assert.deepStrictEqual(yield* service.value("acme", "ai_tokens", { time: "2025-06-08T00:00:00Z" }), {
        hasAccess: false,
        ...exhausted
      })
      assert.deepStrictEqual(yield* service.value("acme", "seats"), { hasAccess: true, config: '{"n": 1}' })
      assert.deepStrictEqual(sent[1], ["GET", `${under}/ai_tokens/value?time=2025-06-08T00%3A00%3A00Z`])
    })
  )

  it.effect("creates grants that live for ever, and lists them by page or position", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements(
        json(201, grant),
        json(200, { items: [grant], page: 0, pageSize: 0, totalCount: 4 }),
        page(1, [grant], 2),
        page(2, [grant], 2)
      )
      const input: EntitlementGrantCreateInputV2 = { amount: 50, priority: 3, effectiveAt: "2025-06-07T00:00:00Z" }
      assert.deepStrictEqual(yield* service.createGrant("acme", "ai_tokens", input), readGrant)
      assert.deepStrictEqual(yield* service.listGrants("acme", "ai_tokens", { limit: 1, offset: 3 }), {
        items: [readGrant],
        page: 0,
        pageSize: 0,
        totalCount: 4
      })
      const all = yield* Stream.runCollect(service.grantItems("acme", base.id, { pageSize: 1, includeDeleted: true }))
      assert.deepStrictEqual(all, [readGrant, readGrant])
      assert.deepStrictEqual(sent, [
        ["POST", `${under}/ai_tokens/grants`, input],
        ["GET", `${under}/ai_tokens/grants?limit=1&offset=3`],
        ["GET", `${under}/${base.id}/grants?includeDeleted=true&page=1&pageSize=1`],
        ["GET", `${under}/${base.id}/grants?includeDeleted=true&page=2&pageSize=1`]
      ])
    })
  )

  it.effect("refuses what the server would refuse or choke on, by field, before anything is sent", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* entitlements()
      const metered = { type: "metered", featureKey: "f", usagePeriod: { interval: "MONTH" } }
      const valid = { amount: 1, effectiveAt: "2025-01-01T00:00:00Z" }
      const inputs: ReadonlyArray<readonly [field: string, input: object]> = [
        ["featureKey", { ...metered, featureKey: undefined }],
        ["usagePeriod.interval", { ...metered, usagePeriod: { interval: "PT0S" } }],
        ["issue.amount", { ...metered, issue: { amount: -1 } }],
        ["issue.amount", { ...metered, issue: {} }],
        ["issue.priority", { ...metered, issue: { amount: 1, priority: 0 } }],
        ["grants[0].amount", { ...metered, grants: [{ ...valid, amount: 0 }] }],
        ["grants[1].priority", { ...metered, grants: [valid, { ...valid, priority: 256 }] }],
        ["grants[0].recurrence.interval", { ...metered, grants: [{ ...valid, recurrence: { interval: "P0D" } }] }],
        [
          "grants[0].expiration.count",
          { ...metered, grants: [{ ...valid, expiration: { duration: "DAY", count: 0 } }] }
        ],
        ["isUnlimited", { ...metered, isUnlimited: true }],
        ["grants", { type: "boolean", featureKey: "f", grants: [valid] }],
        ["config", { type: "static", featureKey: "f", config: "seats" }]
      ]
      for (const [field, input] of inputs) {
        // What a program without types may give.
        const error = yield* Effect.flip(service.create("acme", input as EntitlementV2CreateInputs))
        assert.deepStrictEqual(
          [error._tag, "field" in error && error.field],
          ["InvalidRequestError", field],
          error.message
        )
      }
      const grants = [
        { ...valid, amount: 0 },
        { ...valid, recurrence: { interval: "P" } },
        { ...valid, priority: 0 }
      ]
      for (const input of grants) {
        assert.instanceOf(yield* Effect.flip(service.createGrant("acme", "f", input)), InvalidRequestError)
      }
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("fails with a PreconditionFailedError when the customer is deleted", () =>
    Effect.gen(function* () {
      const { service } = yield* entitlements(problem(412, "precondition failed error: customer is deleted"))
      assert.instanceOf(yield* Effect.flip(service.list(base.customerId)), PreconditionFailedError)
    })
  )
})
