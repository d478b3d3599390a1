import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { decode } from "./decode.ts"
import type { RecordedRequest, RecordedResponse, Scenario } from "./Scenario.ts"

const recordings = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".json"))
  .map((file): readonly [string, ReadonlyArray<Scenario>] => [
    file,
    JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, "utf8"))
  ])

describe("the client reads what the server answered", () => {
  it.effect.each(recordings)("in %s", ([, scenarios]) =>
    Effect.gen(function* () {
      const results = (yield* Effect.forEach(scenarios, decode)).flat()
      const faults = results.filter((result) => result.faults.length > 0)
      assert.deepStrictEqual(faults, [])
      assert.isNotEmpty(results.filter((result) => result.operation !== undefined))
    })
  )
})

describe("reading a recorded answer", () => {
  const read = (request: RecordedRequest, response: RecordedResponse) =>
    Effect.map(
      decode({
        name: "test",
        about: "",
        start: "2025-01-01T00:00:00Z",
        steps: [{ at: "2025-01-01T00:00:00Z", request, response }]
      }),
      ([result]) => ({ operation: result!.operation, faults: result!.faults })
    )
  const json = (status: number, body: unknown): RecordedResponse => ({ status, contentType: "application/json", body })
  const problem = (status: number, body: object): RecordedResponse => ({
    status,
    contentType: "application/problem+json",
    body
  })
  const get = (path: string, query?: RecordedRequest["query"]): RecordedRequest => ({
    method: "GET",
    path,
    ...(query === undefined ? {} : { query })
  })
  const meter = {
    id: "$ulid:1",
    slug: "m_${uniq}",
    aggregation: "COUNT",
    eventType: "e",
    createdAt: "$time",
    updatedAt: "2025-01-01T00:00:00Z"
  }

  it.effect("finds the operation by method and path, the fewest parameters first", () =>
    Effect.gen(function* () {
      const operation = (request: RecordedRequest, response: RecordedResponse) =>
        Effect.map(read(request, response), (result) => result.operation)
      const page = { items: [], page: 1, pageSize: 1, totalCount: 0 }
      assert.strictEqual(yield* operation(get("/api/v1/meters/${m}"), json(200, meter)), "getMeter")
      assert.strictEqual(yield* operation(get("/api/v1/features"), json(200, [])), "listFeatures")
      assert.strictEqual(
        yield* operation(get("/api/v1/features", { pageSize: 1 }), json(200, page)),
        "listFeaturesPage"
      )
      assert.strictEqual(yield* operation(get("/api/v1/meters/"), problem(404, {})), undefined)
      assert.strictEqual(yield* operation(get("/api/v1/apps"), json(200, page)), undefined)
      assert.strictEqual(yield* operation({ method: "PATCH", path: "/api/v1/meters/m" }, problem(405, {})), undefined)
      const csv = { status: 200, contentType: "text/csv", body: "a,b\n" }
      assert.strictEqual(yield* operation(get("/api/v1/meters/m/query"), csv), "queryMeterCsv")
    })
  )

  it.effect("names the member of a success that the schema does not take", () =>
    Effect.gen(function* () {
      const { eventType: _, ...incomplete } = meter
      const faults = (body: unknown) =>
        Effect.map(read(get("/api/v1/meters"), json(200, body)), (result) => result.faults)
      assert.deepStrictEqual(yield* faults([meter, { ...meter, addedLater: 1 }]), [])
      assert.deepStrictEqual(yield* faults([meter, incomplete]), ["/1/eventType: Missing key"])
      assert.deepStrictEqual(yield* faults([{ ...meter, slug: 5 }]), ["/0/slug: Expected string"])
    })
  )

  it.effect("takes anything where the recording keeps no value, and nothing else", () =>
    Effect.gen(function* () {
      const faults = (body: unknown) =>
        Effect.map(read(get("/api/v1/meters/m"), json(200, body)), (result) => result.faults)
      assert.deepStrictEqual(yield* faults("$any"), [])
      assert.deepStrictEqual(yield* faults({ ...meter, groupBy: "$any" }), [])
      assert.deepStrictEqual(yield* faults({ ...meter, groupBy: "$any", slug: 5 }), ["/slug: Expected string"])
      assert.deepStrictEqual((yield* faults({ ...meter, groupBy: "any" })).length, 1)
    })
  )

  it.effect("finds a status that the operation does not declare", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* read(get("/api/v1/meters"), json(201, []))).faults, [
        "a success with status 201, where the contract has 200"
      ])
      const undeclared = yield* read(get("/api/v1/meters"), problem(404, { title: "Not Found", status: 404 }))
      assert.deepStrictEqual(undeclared.faults, ["status 404 became UnexpectedStatusError"])
      const declared = yield* read(get("/api/v1/meters/m"), problem(404, { title: "Not Found", status: 404 }))
      assert.deepStrictEqual(declared.faults, [])
    })
  )
})
