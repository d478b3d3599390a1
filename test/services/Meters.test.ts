import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { ConflictError, NotFoundError, type OpenMeterError } from "../../src/errors.ts"
import type { MeterCreate } from "../../src/schemas/Meter.ts"
import { Meters } from "../../src/services/Meters.ts"
import { connect, json, noContent, problem, text } from "../support/http.ts"

const instant = "2025-06-01T00:00:00Z"

const answered = {
  id: "01J00000000000000000000000",
  slug: "tokens_total",
  name: "tokens_total",
  aggregation: "SUM",
  eventType: "prompt",
  valueProperty: "$.tokens",
  metadata: null,
  createdAt: instant,
  updatedAt: instant
}

const { metadata: _, ...rest } = answered
const meter = { ...rest, createdAt: new Date(instant), updatedAt: new Date(instant) }

const created = { slug: "tokens_total", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" } as const

describe("Meters", () => {
  it.effect("creates, fetches, lists, updates and deletes", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(
        Meters,
        Meters.layer,
        json(200, answered),
        json(200, answered),
        json(200, [answered]),
        json(200, [answered]),
        json(200, answered),
        noContent
      )
      assert.deepStrictEqual(yield* service.create({ ...created, groupBy: { model: "$.model" } }), meter)
      assert.deepStrictEqual(yield* service.get("tokens_total"), meter)
      assert.deepStrictEqual(yield* service.list(), [meter])
      assert.deepStrictEqual(yield* Stream.runCollect(service.items({ includeDeleted: true })), [meter])
      assert.deepStrictEqual(yield* service.update("tokens_total", { name: "Tokens", description: undefined }), meter)
      assert.isUndefined(yield* service.delete("tokens_total"))
      assert.deepStrictEqual(sent, [
        ["POST", "/api/v1/meters", { ...created, groupBy: { model: "$.model" } }],
        ["GET", "/api/v1/meters/tokens_total"],
        ["GET", "/api/v1/meters"],
        ["GET", "/api/v1/meters?includeDeleted=true"],
        ["PUT", "/api/v1/meters/tokens_total", { name: "Tokens" }],
        ["DELETE", "/api/v1/meters/tokens_total"]
      ])
    })
  )

  it.effect("queries by URL and by body, into rows and into CSV", () =>
    Effect.gen(function* () {
      const row = { value: 1.5, windowStart: instant, windowEnd: instant, subject: null, groupBy: { model: "a" } }
      const csv = "window_start,window_end,value\r\n"
      const { service, sent, headers } = yield* connect(
        Meters,
        Meters.layer,
        json(200, { windowSize: "DAY", data: [row] }),
        json(200, { data: [] }),
        text(200, "text/csv", csv),
        text(200, "text/csv; charset=utf-8", csv)
      )
      const query = {
        from: new Date(instant),
        windowSize: "DAY",
        windowTimeZone: "Europe/Budapest",
        groupBy: ["model", "subject"],
        filterGroupBy: { model: "a b" }
      } as const
      assert.deepStrictEqual(yield* service.query("m", query), {
        windowSize: "DAY",
        data: [{ value: 1.5, windowStart: new Date(instant), windowEnd: new Date(instant), groupBy: { model: "a" } }]
      })
      assert.deepStrictEqual(yield* service.queryPost("m", { subject: ["c"], filterGroupBy: { model: ["a", "b"] } }), {
        data: []
      })
      assert.strictEqual(yield* service.queryCsv("m"), csv)
      assert.strictEqual(yield* service.queryPostCsv("m"), csv)
      const { pathname, searchParams } = new URL(sent[0]?.[1] ?? "", "http://openmeter.test")
      assert.strictEqual(pathname, "/api/v1/meters/m/query")
      assert.deepStrictEqual([...searchParams].toSorted(), [
        ["filterGroupBy[model]", "a b"],
        ["from", "2025-06-01T00:00:00.000Z"],
        ["groupBy", "model"],
        ["groupBy", "subject"],
        ["windowSize", "DAY"],
        ["windowTimeZone", "Europe/Budapest"]
      ])
      assert.deepStrictEqual(sent.slice(1), [
        ["POST", "/api/v1/meters/m/query", { subject: ["c"], filterGroupBy: { model: ["a", "b"] } }],
        ["GET", "/api/v1/meters/m/query"],
        ["POST", "/api/v1/meters/m/query", {}]
      ])
      assert.deepStrictEqual(
        headers.map(({ accept }) => accept),
        [undefined, undefined, "text/csv", "text/csv"]
      )
    })
  )

  it.effect("lists subjects and the values of a group", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Meters, Meters.layer, json(200, ["c"]), json(200, ["", "gpt-4"]))
      assert.deepStrictEqual(yield* service.subjects("m", { from: instant }), ["c"])
      assert.deepStrictEqual(yield* service.groupByValues("m", "a/b"), ["", "gpt-4"])
      assert.deepStrictEqual(sent, [
        ["GET", `/api/v1/meters/m/subjects?from=${encodeURIComponent(instant)}`],
        ["GET", "/api/v1/meters/m/group-by/a%2Fb/values"]
      ])
    })
  )

  it.effect("fails with the errors that the contract declares", () =>
    Effect.gen(function* () {
      const { service } = yield* connect(
        Meters,
        Meters.layer,
        problem(404, "no meter"),
        problem(409, "slug taken", { conflictingEntityId: "01J" })
      )
      assert.instanceOf(yield* Effect.flip(service.get("m")), NotFoundError)
      const conflict = yield* Effect.flip(service.create(created))
      assert.instanceOf(conflict, ConflictError)
      assert.strictEqual(conflict.conflictingEntityId, "01J")
    })
  )

  it.effect("refuses what the server would refuse, names the field and sends nothing", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Meters, Meters.layer)
      const create = (meter: object) => service.create({ ...created, ...meter } as MeterCreate)
      for (const [call, field] of [
        [create({ slug: "no-dashes" }), "slug"],
        [create({ slug: "" }), "slug"],
        [create({ eventType: "" }), "eventType"],
        [create({ aggregation: "MEDIAN" }), "aggregation"],
        [create({ valueProperty: undefined }), "valueProperty"],
        [create({ aggregation: "COUNT" }), "valueProperty"],
        [create({ groupBy: { "a-b": "$.a" } }), "groupBy.a-b"],
        [create({ groupBy: { a: 5 } }), "groupBy.a"],
        [create({ description: "" }), "description"],
        [create({ metadata: { a: 1 } }), "metadata.a"],
        [create({ eventFrom: new Date(Number.NaN) }), "eventFrom"],
        [create({ color: "red" }), "color"],
        [service.update("m", { slug: "n" } as object), "slug"],
        [service.query("m", { windowSize: "WEEK" as "DAY" }), "windowSize"],
        [service.query("m", { from: "2025-06-01" }), "from"],
        [service.query("m", { subject: "c" as unknown as [] }), "subject"],
        [service.query("m", { clientId: "x".repeat(37) }), "clientId"],
        [service.queryPost("m", { subject: Array.from({ length: 101 }, () => "c") }), "subject"],
        [
          service.queryPost("m", { advancedMeterGroupByFilters: { a: { $eq: "a", $ne: "b" } } }),
          "advancedMeterGroupByFilters.a"
        ],
        [service.get(""), "meterIdOrSlug"],
        [service.groupByValues("m", ".."), "groupByKey"],
        [service.get(undefined as unknown as string), "meterIdOrSlug"]
      ] as const) {
        const error = yield* Effect.flip(call as Effect.Effect<unknown, OpenMeterError>)
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field }, error.message)
      }
      assert.deepStrictEqual(sent, [])
    })
  )
})
