import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ConflictError, NotFoundError, PreconditionFailedError } from "../../src/errors.ts"
import type { CustomerCreate, CustomerListParams } from "../../src/schemas/Customer.ts"
import { Customers } from "../../src/services/Customers.ts"
import { connect, json, noContent, problem } from "../support/http.ts"

const answered = {
  id: "01JH0000000000000000000001",
  key: "acme",
  name: "ACME",
  usageAttribution: { subjectKeys: ["customer-1"] },
  createdAt: "2025-02-07T09:00:01Z",
  updatedAt: "2025-02-07T10:00:00Z"
}

const customer = {
  ...answered,
  createdAt: new Date("2025-02-07T09:00:01Z"),
  updatedAt: new Date("2025-02-07T10:00:00Z")
}

const page = (page: number, items: ReadonlyArray<unknown>, totalCount: number) =>
  json(200, { items, page, pageSize: 2, totalCount })

describe("Customers", () => {
  it.effect("lists one page, with filters, order and what to expand in the query", () =>
    Effect.gen(function* () {
      const { service: customers, sent } = yield* connect(
        Customers,
        Customers.layer,
        page(1, [answered], 1),
        page(2, [], 1)
      )
      assert.deepStrictEqual(yield* customers.list(), { items: [customer], page: 1, pageSize: 2, totalCount: 1 })
      yield* customers.list({
        page: 2,
        pageSize: 2,
        orderBy: "createdAt",
        order: "DESC",
        includeDeleted: true,
        name: "a b",
        subject: undefined,
        expand: ["subscriptions"]
      })
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/customers"],
        [
          "GET",
          "/api/v1/customers?page=2&pageSize=2&orderBy=createdAt&order=DESC&includeDeleted=true&name=a+b&expand=subscriptions"
        ]
      ])
    })
  )

  it.effect("streams all pages, with the filters in each request", () =>
    Effect.gen(function* () {
      const { service: customers, sent } = yield* connect(
        Customers,
        Customers.layer,
        page(1, [answered, answered], 3),
        page(2, [answered], 3)
      )
      const all = yield* Stream.runCollect(customers.items({ pageSize: 2, name: "ACME" }))
      assert.deepStrictEqual(all, [customer, customer, customer])
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/customers?page=1&pageSize=2&name=ACME"],
        ["GET", "/api/v1/customers?page=2&pageSize=2&name=ACME"]
      ])
    })
  )

  it.effect("creates with every member, and answers what the server stored", () =>
    Effect.gen(function* () {
      const create: CustomerCreate = {
        key: "odd key/with %",
        name: "ACME",
        description: "",
        usageAttribution: { subjectKeys: ["customer-1"] },
        primaryEmail: "not an address",
        currency: "EUR",
        billingAddress: { country: "HU", city: "Budapest" },
        metadata: null
      }
      const { service: customers, sent } = yield* connect(Customers, Customers.layer, json(201, answered))
      assert.deepStrictEqual(
        yield* customers.create({ ...create, billingAddress: { ...create.billingAddress, state: undefined } }),
        customer
      )
      assert.deepStrictEqual(sent, [["POST", "/api/v1/customers", create]])
    })
  )

  it.effect("fetches, replaces and deletes by id or key", () =>
    Effect.gen(function* () {
      const { service: customers, sent } = yield* connect(
        Customers,
        Customers.layer,
        json(200, answered),
        json(200, answered),
        json(200, answered),
        noContent
      )
      assert.deepStrictEqual(yield* customers.get("odd key/with %"), customer)
      yield* customers.get("acme", { expand: ["subscriptions"] })
      assert.deepStrictEqual(yield* customers.update("acme", { name: "ACME", key: "acme" }), customer)
      assert.strictEqual(yield* customers.delete("acme"), undefined)
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/customers/%6F%64%64%20%6B%65%79%2F%77%69%74%68%20%25"],
        ["GET", "/api/v1/customers/acme?expand=subscriptions"],
        ["PUT", "/api/v1/customers/acme", { name: "ACME", key: "acme" }],
        ["DELETE", "/api/v1/customers/acme"]
      ])
    })
  )

  it.effect("reads subscriptions with the members that it knows, and keeps the others as they came", () =>
    Effect.gen(function* () {
      const subscription = {
        id: "01JH0000000000000000000002",
        name: "Custom",
        status: "paused",
        customerId: answered.id,
        currency: "USD",
        billingCadence: "P1M",
        activeFrom: "2025-05-22T00:00:02Z",
        createdAt: "2025-05-22T00:00:02Z",
        updatedAt: "2025-05-22T00:00:02Z",
        plan: null,
        billingAnchor: "2025-05-22T00:00:02Z",
        alignment: { billablesMustAlign: true }
      }
      const { service: customers } = yield* connect(
        Customers,
        Customers.layer,
        json(200, { ...answered, currentSubscriptionId: subscription.id, subscriptions: [subscription] })
      )
      const { plan: _, ...rest } = subscription
      const instant = new Date("2025-05-22T00:00:02Z")
      assert.deepStrictEqual(yield* customers.get("acme"), {
        ...customer,
        currentSubscriptionId: subscription.id,
        subscriptions: [{ ...rest, activeFrom: instant, createdAt: instant, updatedAt: instant }]
      })
    })
  )

  it.effect("reads a missing hasAccess as no access, for every feature of a customer", () =>
    Effect.gen(function* () {
      const metered = { balance: 0, usage: 20, overage: 20, totalAvailableGrantAmount: 0 }
      const { service: customers, sent } = yield* connect(
        Customers,
        Customers.layer,
        json(200, { entitlements: { sso: { hasAccess: true }, tokens: { ...metered, grantBalances: {} } } }),
        json(200, { hasAccess: true, config: '{"seats": 7}' })
      )
      assert.deepStrictEqual(yield* customers.getAccess("acme"), {
        entitlements: { sso: { hasAccess: true }, tokens: { hasAccess: false, ...metered, grantBalances: {} } }
      })
      assert.deepStrictEqual(yield* customers.getEntitlementValue("acme", "seats"), {
        hasAccess: true,
        config: '{"seats": 7}'
      })
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/customers/acme/access"],
        ["GET", "/api/v1/customers/acme/entitlements/seats/value"]
      ])
    })
  )

  it.effect("refuses what the server would refuse, by field, before anything is sent", () =>
    Effect.gen(function* () {
      const { service: customers, sent } = yield* connect(Customers, Customers.layer)
      const named = { key: "acme", name: "ACME" }
      const refusedFields = Effect.forEach(
        [
          { name: "ACME" },
          { name: "ACME", usageAttribution: { subjectKeys: [] } },
          { key: "acme" },
          { ...named, name: "" },
          { ...named, name: "x".repeat(257) },
          { ...named, key: "" },
          { ...named, usageAttribution: {} },
          { ...named, usageAttribution: { subjectKeys: [""] } },
          { ...named, currency: "eur" },
          { ...named, billingAddress: { country: "Germany" } },
          { ...named, metadata: { n: 1 } },
          { ...named, primaryEmail: null },
          { ...named, subjects: ["customer-1"] }
        ],
        // What a program without types may give.
        (input) =>
          Effect.gen(function* () {
            const onCreate = yield* Effect.flip(customers.create(input as CustomerCreate))
            const onUpdate = yield* Effect.flip(customers.update("acme", input as CustomerCreate))
            assert.strictEqual(onCreate._tag, "InvalidRequestError")
            assert.deepStrictEqual(
              [onUpdate._tag, "field" in onUpdate && onUpdate.field],
              [onCreate._tag, "field" in onCreate && onCreate.field]
            )
            return "field" in onCreate ? onCreate.field : undefined
          })
      )
      assert.deepStrictEqual(yield* refusedFields, [
        "key",
        "key",
        "name",
        "name",
        "name",
        "key",
        "usageAttribution.subjectKeys",
        "usageAttribution.subjectKeys[0]",
        "currency",
        "billingAddress.country",
        "metadata.n",
        "primaryEmail",
        "subjects"
      ])
      const refusedQueries = Effect.forEach(
        [{ page: 0 }, { pageSize: 1001 }, { orderBy: "key" }, { order: "asc" }, { key: "" }, { expand: ["invoices"] }],
        (params) => Effect.map(Effect.flip(customers.list(params as CustomerListParams)), (error) => error._tag)
      )
      assert.deepStrictEqual(new Set(yield* refusedQueries), new Set(["InvalidRequestError"]))
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("says that a key or a subject is needed", () =>
    Effect.gen(function* () {
      const { service: customers } = yield* connect(Customers, Customers.layer)
      const error = yield* Effect.flip(customers.create({ name: "ACME" }))
      assert.strictEqual(error.message, "createCustomer: key: is required if usageAttribution has no subjects")
    })
  )

  it.effect("tells a conflict, a missing and a deleted customer apart", () =>
    Effect.gen(function* () {
      const deleted = problem(412, "precondition failed error: customer is deleted")
      const { service: customers } = yield* connect(
        Customers,
        Customers.layer,
        problem(409, 'conflict error: key "acme" is already used'),
        problem(404, "not found error: customer not found"),
        problem(409, "conflict error: customer still has active entitlements"),
        deleted,
        deleted
      )
      assert.instanceOf(yield* Effect.flip(customers.create({ key: "acme", name: "ACME" })), ConflictError)
      assert.instanceOf(yield* Effect.flip(customers.get("nope")), NotFoundError)
      assert.instanceOf(yield* Effect.flip(customers.delete("acme")), ConflictError)
      assert.instanceOf(yield* Effect.flip(customers.getAccess("gone")), PreconditionFailedError)
      assert.instanceOf(yield* Effect.flip(customers.getEntitlementValue("gone", "f")), PreconditionFailedError)
    })
  )
})
