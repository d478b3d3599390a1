import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { BadRequestError, InvalidRequestError, NotFoundError } from "../../src/errors.ts"
import { Grants } from "../../src/services/Grants.ts"
import { type Answer, connect, json, noContent, problem } from "../support/http.ts"

const grant = {
  id: "01JH0000000000000000000005",
  entitlementId: "01JH0000000000000000000001",
  amount: 50,
  priority: 0,
  effectiveAt: "2025-06-07T00:00:00Z",
  expiration: { duration: "YEAR", count: 1 },
  expiresAt: "2026-06-07T00:00:00Z",
  voidedAt: "2025-06-09T00:00:00Z",
  recurrence: { interval: "P10D", intervalISO: "P10D", anchor: "2025-06-07T00:00:00Z" },
  nextRecurrence: "2025-06-17T00:00:00Z",
  minRolloverAmount: 0,
  maxRolloverAmount: 50,
  annotations: { issueAfterReset: true },
  createdAt: "2025-06-06T12:00:05Z",
  updatedAt: "2025-06-06T12:00:05Z"
}
const date = (text: string) => new Date(text)
const read = {
  ...grant,
  effectiveAt: date(grant.effectiveAt),
  expiresAt: date(grant.expiresAt),
  voidedAt: date(grant.voidedAt),
  recurrence: { ...grant.recurrence, anchor: date(grant.recurrence.anchor) },
  nextRecurrence: date(grant.nextRecurrence),
  createdAt: date(grant.createdAt),
  updatedAt: date(grant.updatedAt)
}

const grants = (...answers: ReadonlyArray<Answer>) => connect(Grants, Grants.layer, ...answers)
const page = (number: number, items: ReadonlyArray<unknown>, totalCount: number) =>
  json(200, { items, page: number, pageSize: 2, totalCount })

describe("Grants", () => {
  it.effect("lists an array by position, and never asks for a page then", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* grants(json(200, [grant]), json(200, []))
      assert.deepStrictEqual(yield* service.list(), [read])
      yield* service.list({ feature: ["a", "b"], subject: ["s 1"], limit: 2, offset: 1, orderBy: "id", order: "ASC" })
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/grants"],
        ["GET", "/api/v1/grants?feature=a&feature=b&subject=s+1&limit=2&offset=1&orderBy=id&order=ASC"]
      ])
    })
  )

  it.effect("lists a page, and always sends number and size, since the server needs both", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* grants(page(1, [grant], 1), page(3, [], 1), page(1, [], 0))
      assert.deepStrictEqual(yield* service.listPage(), { items: [read], page: 1, pageSize: 2, totalCount: 1 })
      yield* service.listPage({ page: 3, includeDeleted: true })
      yield* service.listPage({ pageSize: 2, page: undefined })
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/grants?page=1&pageSize=100"],
        ["GET", "/api/v1/grants?includeDeleted=true&page=3&pageSize=100"],
        ["GET", "/api/v1/grants?page=1&pageSize=2"]
      ])
    })
  )

  it.effect("streams all pages of both lists", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* grants(
        page(1, [grant, grant], 3),
        page(2, [grant], 3),
        page(1, [grant, grant], 3),
        page(2, [grant], 3)
      )
      assert.deepStrictEqual(yield* Stream.runCollect(service.items({ feature: ["f"] })), [read, read, read])
      assert.strictEqual((yield* Stream.runCollect(service.itemsV2({ customer: ["acme"], pageSize: 2 }))).length, 3)
      assert.deepStrictEqual(
        sent.map(([, url]) => url),
        [
          "/api/v1/grants?feature=f&page=1&pageSize=100",
          "/api/v1/grants?feature=f&page=2&pageSize=100",
          "/api/v2/grants?customer=acme&page=1&pageSize=2",
          "/api/v2/grants?customer=acme&page=2&pageSize=2"
        ]
      )
    })
  )

  it.effect("lists by customers, a grant without an end as one without an expiration", () =>
    Effect.gen(function* () {
      const { expiration: _, expiresAt: __, ...endless } = grant
      const { service, sent } = yield* grants(
        json(200, { items: [endless], page: 0, pageSize: 0, totalCount: 1 }),
        problem(404, "not found error: customer with id or key none not found in default namespace")
      )
      const { items } = yield* service.listV2({ customer: ["acme", "globex"], feature: ["f"], limit: 1 })
      assert.notProperty(items[0], "expiration")
      assert.notProperty(items[0], "expiresAt")
      assert.instanceOf(yield* Effect.flip(service.listV2({ customer: ["none"] })), NotFoundError)
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v2/grants?feature=f&customer=acme&customer=globex&limit=1"],
        ["GET", "/api/v2/grants?customer=none"]
      ])
    })
  )

  it.effect("voids now, or from an instant on", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* grants(
        noContent,
        noContent,
        problem(400, "validation error: grant already voided")
      )
      assert.strictEqual(yield* service.void(grant.id), undefined)
      yield* service.void(grant.id, { at: date("2025-06-08T00:00:00Z") })
      const again = yield* Effect.flip(service.void(grant.id))
      assert.instanceOf(again, BadRequestError)
      assert.include(again.message, "grant already voided")
      assert.deepStrictEqual(sent.slice(0, 2), [
        ["DELETE", `/api/v1/grants/${grant.id}`],
        ["DELETE", `/api/v1/grants/${grant.id}?at=2025-06-08T00%3A00%3A00.000Z`]
      ])
    })
  )

  it.effect("refuses queries out of range before anything is sent", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* grants()
      const refusals = [
        service.list({ limit: 0 }),
        service.list({ limit: 1001 }),
        service.list({ offset: -1 }),
        service.listPage({ page: 0 }),
        service.listPage({ pageSize: 1001 }),
        service.listV2({ customer: [""] }),
        service.void("", {}),
        service.void(grant.id, { at: "yesterday" })
      ]
      for (const call of refusals) assert.instanceOf(yield* Effect.flip(call), InvalidRequestError)
      assert.deepStrictEqual(sent, [])
    })
  )
})
