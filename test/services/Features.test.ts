import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ConflictError, NotFoundError } from "../../src/errors.ts"
import type { FeatureCreate, FeatureListParams } from "../../src/schemas/Feature.ts"
import { Features } from "../../src/services/Features.ts"
import { connect, json, noContent, problem } from "../support/http.ts"

const answered = {
  id: "01JH0000000000000000000001",
  key: "ai_tokens",
  name: "AI tokens",
  createdAt: "2025-04-01T08:00:01Z",
  updatedAt: "2025-04-01T08:00:02Z"
}

const feature = {
  ...answered,
  createdAt: new Date("2025-04-01T08:00:01Z"),
  updatedAt: new Date("2025-04-01T08:00:02Z")
}

const page = (page: number, items: ReadonlyArray<unknown>, totalCount: number) =>
  json(200, { items, page, pageSize: 2, totalCount })

describe("Features", () => {
  it.effect("lists an array by position, and never asks for a page then", () =>
    Effect.gen(function* () {
      const { service: features, sent } = yield* connect(Features, Features.layer, json(200, [answered]), json(200, []))
      assert.deepStrictEqual(yield* features.list(), [feature])
      const params = { meterSlug: ["m1", "m2"], includeArchived: true, orderBy: "name", limit: 2, offset: 4 } as const
      assert.deepStrictEqual(yield* features.list(params), [])
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/features"],
        ["GET", "/api/v1/features?limit=2&offset=4&orderBy=name&meterSlug=m1&meterSlug=m2&includeArchived=true"]
      ])
    })
  )

  it.effect("lists a page, and always asks for one", () =>
    Effect.gen(function* () {
      const { service: features, sent } = yield* connect(
        Features,
        Features.layer,
        page(1, [answered], 1),
        page(3, [], 1)
      )
      assert.deepStrictEqual(yield* features.listPage(), { items: [feature], page: 1, pageSize: 2, totalCount: 1 })
      yield* features.listPage({ page: 3, pageSize: 2, order: "DESC" })
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/features?page=1"],
        ["GET", "/api/v1/features?page=3&pageSize=2&order=DESC"]
      ])
    })
  )

  it.effect("streams all pages, with the filters in each request", () =>
    Effect.gen(function* () {
      const { service: features, sent } = yield* connect(
        Features,
        Features.layer,
        page(1, [answered, answered], 3),
        page(2, [answered], 3)
      )
      const all = yield* Stream.runCollect(features.items({ meterSlug: ["m"] }))
      assert.deepStrictEqual(all, [feature, feature, feature])
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/features?page=1&meterSlug=m"],
        ["GET", "/api/v1/features?page=2&meterSlug=m"]
      ])
    })
  )

  it.effect("creates with filters and a unit cost, money as a text", () =>
    Effect.gen(function* () {
      const create: FeatureCreate = {
        key: "ai_tokens",
        name: "AI tokens",
        meterSlug: "tokens_total",
        advancedMeterGroupByFilters: {
          model: { $in: ["gpt-4", "gpt-4o"] },
          type: { $or: [{ $eq: "a" }, { $like: "b%" }] }
        },
        unitCost: { type: "manual", amount: "0.00500" },
        metadata: { team: "a" }
      }
      const { service: features, sent } = yield* connect(
        Features,
        Features.layer,
        json(201, { ...answered, unitCost: { type: "manual", amount: "0.005" } })
      )
      assert.deepStrictEqual(yield* features.create({ ...create, meterGroupByFilters: undefined }), {
        ...feature,
        unitCost: { type: "manual", amount: "0.005" }
      })
      assert.deepStrictEqual(sent, [["POST", "/api/v1/features", create]])
    })
  )

  it.effect("takes a language model's cost by fixed values or by group keys of the meter", () =>
    Effect.gen(function* () {
      const base = { key: "f", name: "F", meterSlug: "m" }
      const fixed = { type: "llm", provider: "openai", model: "gpt-4", tokenType: "cache_read" } as const
      const grouped = { type: "llm", providerProperty: "p", modelProperty: "m", tokenTypeProperty: "t" } as const
      const pricing = { inputPerToken: "0.00003", outputPerToken: "0.00006", reasoningPerToken: null }
      const { service: features, sent } = yield* connect(
        Features,
        Features.layer,
        json(201, { ...answered, unitCost: { ...fixed, pricing } }),
        json(201, { ...answered, unitCost: grouped })
      )
      const { reasoningPerToken: _, ...known } = pricing
      assert.deepStrictEqual((yield* features.create({ ...base, unitCost: fixed })).unitCost, {
        ...fixed,
        pricing: known
      })
      assert.deepStrictEqual((yield* features.create({ ...base, unitCost: grouped })).unitCost, grouped)
      assert.deepStrictEqual(sent, [
        ["POST", "/api/v1/features", { ...base, unitCost: fixed }],
        ["POST", "/api/v1/features", { ...base, unitCost: grouped }]
      ])
    })
  )

  it.effect("reads a unit cost of a kind that it does not know as it came", () =>
    Effect.gen(function* () {
      const unitCost = { type: "tiered", tiers: [{ upTo: 10, amount: "1" }] }
      const { service: features } = yield* connect(Features, Features.layer, json(200, { ...answered, unitCost }))
      assert.deepStrictEqual((yield* features.get("ai_tokens")).unitCost as unknown, unitCost)
    })
  )

  it.effect("reads the filters that the server stored, however many operators they hold", () =>
    Effect.gen(function* () {
      const { service: features } = yield* connect(
        Features,
        Features.layer,
        json(200, {
          ...answered,
          meterGroupByFilters: null,
          advancedMeterGroupByFilters: {
            region: { $eq: "eu", $ne: null, $in: null },
            tier: { $gt: "a", $lt: "m", $and: [{ $like: "g%" }] }
          }
        })
      )
      assert.deepStrictEqual(yield* features.get("ai_tokens"), {
        ...feature,
        advancedMeterGroupByFilters: { region: { $eq: "eu" }, tier: { $gt: "a", $lt: "m", $and: [{ $like: "g%" }] } }
      })
    })
  )

  it.effect("fetches and archives by id or key", () =>
    Effect.gen(function* () {
      const { service: features, sent } = yield* connect(Features, Features.layer, json(200, answered), noContent)
      assert.deepStrictEqual(yield* features.get(answered.id), feature)
      assert.strictEqual(yield* features.delete("ai_tokens"), undefined)
      assert.deepStrictEqual(sent, [
        ["GET", `/api/v1/features/${answered.id}`],
        ["DELETE", "/api/v1/features/ai_tokens"]
      ])
    })
  )

  it.effect("refuses what the server would refuse, by field, before anything is sent", () =>
    Effect.gen(function* () {
      const { service: features, sent } = yield* connect(Features, Features.layer)
      const base = { key: "f", name: "F", meterSlug: "m" }
      const llm = { type: "llm", provider: "a", model: "b", tokenType: "input" }
      const inputs: ReadonlyArray<readonly [field: string, input: object]> = [
        ["key", { ...base, key: "Upper" }],
        ["key", { ...base, key: "a-b" }],
        ["key", { ...base, key: "a__b" }],
        ["key", { ...base, key: "x".repeat(65) }],
        ["key", { ...base, key: "01arz3ndektsv4rrffq69g5fav" }],
        ["key", { name: "F" }],
        ["name", { ...base, name: "" }],
        ["meterSlug", { ...base, meterSlug: null }],
        ["metadata.n", { ...base, metadata: { n: 1 } }],
        [
          "advancedMeterGroupByFilters.region",
          { ...base, advancedMeterGroupByFilters: { region: { $eq: "a", $ne: "b" } } }
        ],
        ["unitCost.amount", { ...base, unitCost: { type: "manual", amount: "-1" } }],
        ["unitCost.amount", { ...base, unitCost: { type: "manual", amount: "free" } }],
        ["unitCost.amount", { ...base, unitCost: { type: "manual", amount: 5 } }],
        ["unitCost.model", { ...base, unitCost: { ...llm, model: undefined } }],
        ["unitCost.provider", { ...base, unitCost: { ...llm, providerProperty: "p" } }],
        ["unitCost.tokenType", { ...base, unitCost: { ...llm, tokenType: "thinking" } }],
        ["meterSlug", { ...base, meterSlug: undefined, unitCost: llm }],
        ["description", { ...base, description: "d" }]
      ]
      for (const [field, input] of inputs) {
        // What a program without types may give.
        const error = yield* Effect.flip(features.create(input as FeatureCreate))
        assert.deepStrictEqual([error._tag, "field" in error && error.field], ["InvalidRequestError", field])
      }
      const queries = [
        { limit: 0 },
        { limit: 1001 },
        { offset: -1 },
        { orderBy: "id" },
        { page: 1 },
        { meterSlug: "m" }
      ]
      for (const query of queries) {
        const error = yield* Effect.flip(features.list(query as FeatureListParams))
        assert.deepStrictEqual(
          [error._tag, "field" in error && error.field],
          ["InvalidRequestError", Object.keys(query)[0]]
        )
      }
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("tells a missing meter and a taken key apart", () =>
    Effect.gen(function* () {
      const { service: features } = yield* connect(
        Features,
        Features.layer,
        problem(404, "not found error: meter not found: m"),
        problem(409, "feature 01JH0000000000000000000001 with key f already exists"),
        problem(404, "feature not found: f")
      )
      const create: FeatureCreate = { key: "f", name: "F", meterSlug: "m" }
      assert.instanceOf(yield* Effect.flip(features.create(create)), NotFoundError)
      assert.instanceOf(yield* Effect.flip(features.create(create)), ConflictError)
      assert.instanceOf(yield* Effect.flip(features.delete("f")), NotFoundError)
    })
  )
})
