import { assert, describe, it } from "@effect/vitest"
import { inspect } from "node:util"
import {
  ClosedError,
  InvalidRequestError,
  NotFoundError,
  OpenMeter,
  WindowSize,
  type OpenMeterConfig,
  type RequestOptions
} from "@openmeter/sdk"
import { deepFreeze } from "../support/deepFreeze.ts"
import { empty, hanging, json, replying } from "../support/fetch.ts"
import { rejection, thrown } from "../support/failure.ts"
import { respond, serve } from "../support/server.ts"
import { Effect } from "effect"

const baseUrl = "https://openmeter.test"

const meter = {
  id: "01J00000000000000000000000",
  slug: "tokens_total",
  aggregation: "SUM",
  eventType: "prompt",
  valueProperty: "$.tokens",
  createdAt: "2025-06-01T00:00:00Z",
  updatedAt: "2025-06-01T00:00:00Z"
}

describe("new OpenMeter", () => {
  const wrong: ReadonlyArray<readonly [what: string, config: unknown, field: string]> = [
    ["nothing", undefined, "baseUrl"],
    ["null", null, "baseUrl"],
    ["a text", baseUrl, "baseUrl"],
    ["no baseUrl", {}, "baseUrl"],
    ["a baseUrl that is not HTTP", { baseUrl: "file:///etc" }, "baseUrl"],
    ["an empty token", { baseUrl, token: "" }, "token"],
    ["a token with a line break", { baseUrl, token: "s3cret\n" }, "token"],
    ["token and username", { baseUrl, token: "s3cret", username: "u", password: "s3cret" }, "username"],
    ["a username alone", { baseUrl, username: "u" }, "password"],
    ["headers that are a Headers", { baseUrl, headers: new Headers({ a: "s3cret" }) }, "headers"],
    ["a fetch that is none", { baseUrl, fetch: "fetch" }, "fetch"],
    ["a timeout of zero", { baseUrl, timeout: 0 }, "timeout"],
    ["a negative number of retries", { baseUrl, retry: { times: -1 } }, "retry.times"],
    ["a concurrency of zero", { baseUrl, concurrency: 0 }, "concurrency"],
    ["an option that there is not", { baseUrl, baseURL: baseUrl }, "baseURL"],
    ["the Effect options' apiKey", { baseUrl, apiKey: "s3cret" }, "apiKey"]
  ]
  for (const [what, config, field] of wrong) {
    it(`throws for ${what}, and names ${field}`, () => {
      const error = thrown(() => new OpenMeter(config as OpenMeterConfig))
      assert.instanceOf(error, InvalidRequestError)
      assert.strictEqual(error.field, field)
      assert.isTrue(error.message.startsWith(`OpenMeter options: ${field} `), error.message)
      assert.notInclude(inspect(error, { depth: Infinity }), "s3cret")
    })
  }

  it("sends nothing, and closes what was never used", async () => {
    const { fetch, requests } = replying(json([]))
    await new OpenMeter({ baseUrl, fetch }).close()
    assert.deepStrictEqual(requests, [])
  })

  it("leaves its options as they are", async () => {
    const { fetch } = replying(json([]))
    const config = deepFreeze({ baseUrl, token: "t", headers: { "X-Tenant": "acme" }, timeout: 1000 })
    await new OpenMeter({ ...config, fetch }).meters.list()
  })

  it("takes the options as they are at that moment", async () => {
    const { fetch, requests } = replying(json([]))
    const headers: Record<string, string> = { tenant: "acme" }
    const config = { baseUrl: new URL(baseUrl), fetch, headers }
    const openmeter = new OpenMeter(config)
    config.baseUrl.hostname = "other.test"
    headers["tenant"] = "other\n"
    await openmeter.meters.list()
    assert.strictEqual(requests[0]?.url, `${baseUrl}/api/v1/meters`)
    assert.strictEqual(requests[0]?.headers.get("tenant"), "acme")
  })

  it("shows no secret", () => {
    const openmeter = new OpenMeter({ baseUrl, token: "s3cret", headers: { tenant: "s3cret" } })
    assert.notInclude(inspect(openmeter, { depth: Infinity, showHidden: true }) + JSON.stringify(openmeter), "s3cret")
  })
})

describe("calls", () => {
  const calls: ReadonlyArray<
    readonly [
      name: string,
      call: (openmeter: OpenMeter, options: RequestOptions) => Promise<unknown>,
      request: string,
      answer: Parameters<typeof replying>[0]
    ]
  > = [
    ["events.ingest", (om, o) => om.events.ingest({ type: "t", subject: "s" }, o), "POST /api/v1/events", empty],
    ["events.list", (om, o) => om.events.list({ subject: "s" }, o), "GET /api/v1/events?subject=s", json([])],
    ["events.listV2", (om, o) => om.events.listV2({ limit: 5 }, o), "GET /api/v2/events?limit=5", json({ items: [] })],
    ["meters.list", (om, o) => om.meters.list({}, o), "GET /api/v1/meters", json([meter])],
    [
      "meters.create",
      (om, o) => om.meters.create({ slug: "m", eventType: "t", aggregation: "COUNT" }, o),
      "POST /api/v1/meters",
      json(meter)
    ],
    ["meters.get", (om, o) => om.meters.get("m 1", o), "GET /api/v1/meters/m%201", json(meter)],
    ["meters.update", (om, o) => om.meters.update("m", { name: "M" }, o), "PUT /api/v1/meters/m", json(meter)],
    ["meters.delete", (om, o) => om.meters.delete("m", o), "DELETE /api/v1/meters/m", empty],
    [
      "meters.query",
      (om, o) => om.meters.query("m", { windowSize: WindowSize.DAY, groupBy: ["a", "b"] }, o),
      "GET /api/v1/meters/m/query?windowSize=DAY&groupBy=a&groupBy=b",
      json({ data: [] })
    ],
    [
      "meters.queryCsv",
      (om, o) => om.meters.queryCsv("m", {}, o),
      "GET /api/v1/meters/m/query",
      () => new Response("a,b")
    ],
    ["meters.queryPost", (om, o) => om.meters.queryPost("m", {}, o), "POST /api/v1/meters/m/query", json({ data: [] })],
    [
      "meters.queryPostCsv",
      (om, o) => om.meters.queryPostCsv("m", {}, o),
      "POST /api/v1/meters/m/query",
      () => new Response("a,b")
    ],
    ["meters.subjects", (om, o) => om.meters.subjects("m", {}, o), "GET /api/v1/meters/m/subjects", json(["s"])],
    [
      "meters.groupByValues",
      (om, o) => om.meters.groupByValues("m", "model", {}, o),
      "GET /api/v1/meters/m/group-by/model/values",
      json(["gpt-4"])
    ],
    [
      "portal.createToken",
      (om, o) => om.portal.createToken({ subject: "s" }, o),
      "POST /api/v1/portal/tokens",
      json({ subject: "s" })
    ],
    [
      "portal.listTokens",
      (om, o) => om.portal.listTokens({ limit: 5 }, o),
      "GET /api/v1/portal/tokens?limit=5",
      json([])
    ],
    [
      "portal.invalidateTokens",
      (om, o) => om.portal.invalidateTokens({}, o),
      "POST /api/v1/portal/tokens/invalidate",
      empty
    ],
    ["portal.query", (om, o) => om.portal.query("m", {}, o), "GET /api/v1/portal/meters/m/query", json({ data: [] })],
    [
      "portal.queryCsv",
      (om, o) => om.portal.queryCsv("m", {}, o),
      "GET /api/v1/portal/meters/m/query",
      () => new Response("a")
    ]
  ]
  for (const [name, call, request, answer] of calls) {
    it(`${name} is ${request}, with the headers of the call`, async () => {
      const { fetch, requests } = replying(answer)
      await call(new OpenMeter({ baseUrl, fetch, token: "t" }), { headers: { "x-call": "c" } })
      assert.deepStrictEqual(
        requests.map(({ method, url }) => `${method} ${url.slice(baseUrl.length)}`),
        [request]
      )
      assert.strictEqual(requests[0]?.headers.get("authorization"), "Bearer t")
      assert.strictEqual(requests[0]?.headers.get("x-call"), "c")
    })
  }

  it("ask for CSV by Accept alone", async () => {
    const { fetch, requests } = replying(() => new Response("window_start,value"))
    const openmeter = new OpenMeter({ baseUrl, fetch })
    assert.strictEqual(await openmeter.meters.queryCsv("m"), "window_start,value")
    assert.strictEqual(await openmeter.portal.queryCsv("m"), "window_start,value")
    assert.deepStrictEqual(
      requests.map(({ headers }) => headers.get("accept")),
      ["text/csv", "text/csv"]
    )
  })

  it("reject with an error of the SDK, told apart by instanceof and _tag", async () => {
    const detail = { title: "Not Found", status: 404, detail: 'meter "m" not found', instance: "urn:request:a/1" }
    const { fetch } = replying(json(detail, 404))
    const error = await rejection(new OpenMeter({ baseUrl, fetch }).meters.get("m"))
    assert.instanceOf(error, NotFoundError)
    assert.instanceOf(error, Error)
    assert.strictEqual(error.name, "NotFoundError")
    assert.strictEqual(error.message, 'getMeter: 404 Not Found: meter "m" not found')
    assert.deepInclude({ ...error }, { _tag: "NotFoundError", status: 404, requestId: "a/1" })
  })

  it("reject with an error whose stack begins with its name and message, and is no record", async () => {
    const { fetch } = replying(json({ detail: "gone" }, 404))
    const error = await rejection(new OpenMeter({ baseUrl, fetch }).meters.get("m"))
    assert.match(inspect(error), /^NotFoundError: getMeter: 404 gone\n {4}at /)
  })

  it("give instants as Dates", async () => {
    const { fetch } = replying(json({ ...meter, createdAt: "2025-06-01T02:00:00.5+02:00", deletedAt: null }))
    const { createdAt, ...rest } = await new OpenMeter({ baseUrl, fetch }).meters.get("m")
    assert.deepStrictEqual(createdAt, new Date("2025-06-01T00:00:00.500Z"))
    assert.notProperty(rest, "deletedAt")
  })

  it("leave texts that look like instants as they are", async () => {
    const iso = "2025-06-01T00:00:00Z"
    const event = { id: "1", source: "s", specversion: "1.0", type: iso, subject: iso, time: iso, data: { at: iso } }
    const { fetch } = replying(
      json([{ event, ingestedAt: iso, storedAt: iso }]),
      json({ ...meter, name: iso, metadata: { at: iso }, groupBy: { at: iso } }),
      json({ data: [{ value: 1, windowStart: iso, windowEnd: iso, subject: iso, groupBy: { at: iso } }] })
    )
    const openmeter = new OpenMeter({ baseUrl, fetch })
    const [listed] = await openmeter.events.list()
    assert.deepStrictEqual(listed?.event, { ...event, time: new Date(iso) })
    const { groupBy, metadata, name } = await openmeter.meters.get("m")
    assert.deepStrictEqual({ groupBy, metadata, name }, { groupBy: { at: iso }, metadata: { at: iso }, name: iso })
    const { data } = await openmeter.meters.query("m")
    assert.deepStrictEqual(data, [
      { value: 1, windowStart: new Date(iso), windowEnd: new Date(iso), subject: iso, groupBy: { at: iso } }
    ])
  })

  it("leave their arguments as they are", async () => {
    const { fetch } = replying(json(meter))
    const openmeter = new OpenMeter({ baseUrl, fetch })
    const options = deepFreeze({ headers: { a: "b" }, timeout: 1000 })
    await openmeter.meters.create(
      deepFreeze({ slug: "m", eventType: "t", aggregation: "SUM", valueProperty: "$.v", groupBy: { a: "$.a" } }),
      options
    )
    const query = deepFreeze({
      from: new Date(0),
      groupBy: ["a"],
      filterGroupBy: { a: "b" },
      advancedMeterGroupByFilters: undefined
    })
    await rejection(openmeter.meters.query("m", query, options))
    await rejection(openmeter.meters.queryPost("m", deepFreeze({ advancedMeterGroupByFilters: { a: { $eq: "b" } } })))
    assert.deepStrictEqual(query.from, new Date(0))
  })

  it("give the secret of a portal token as a text", async () => {
    const { fetch } = replying(json({ subject: "s", token: "om_portal" }), json([{ subject: "s" }]))
    const openmeter = new OpenMeter({ baseUrl, fetch })
    assert.deepStrictEqual(await openmeter.portal.createToken({ subject: "s" }), { subject: "s", token: "om_portal" })
    assert.deepStrictEqual(await openmeter.portal.listTokens(), [{ subject: "s" }])
  })

  it("go through a fetch of the program's own, with what the client sends", async () => {
    const { fetch, requests } = replying(empty)
    await new OpenMeter({ baseUrl, fetch, username: "u", password: "p" }).events.ingest([
      { id: "1", source: "s", type: "t", subject: "s", time: "2025-06-01T00:00:00Z" }
    ])
    const [request] = requests
    assert.strictEqual(request?.redirect, "manual")
    assert.strictEqual(request?.headers.get("authorization"), `Basic ${btoa("u:p")}`)
    assert.deepStrictEqual(await request?.json(), [
      { id: "1", source: "s", specversion: "1.0", type: "t", subject: "s", time: "2025-06-01T00:00:00Z" }
    ])
  })

  it.effect("go over a socket without one", () =>
    Effect.gen(function* () {
      const server = yield* serve((response) => respond(response, 200, []))
      yield* Effect.promise(() => new OpenMeter({ baseUrl: server.url }).meters.list())
      assert.strictEqual(server.received.length, 1)
    })
  )

  it("go through the global fetch of the moment", async () => {
    const before = globalThis.fetch
    try {
      const openmeter = new OpenMeter({ baseUrl })
      for (const slug of ["first", "second"]) {
        const { fetch } = replying(json([{ ...meter, slug }]))
        globalThis.fetch = fetch
        const [listed] = await openmeter.meters.list()
        assert.strictEqual(listed?.slug, slug)
      }
    } finally {
      globalThis.fetch = before
    }
  })
})

describe("close", () => {
  it("breaks off the calls that are under way, and aborts their requests", async () => {
    const { fetch, reached, requests } = replying(hanging)
    const openmeter = new OpenMeter({ baseUrl, fetch })
    const calls = [openmeter.meters.get("m"), openmeter.events.ingest({ type: "t", subject: "s" })]
    const rejections = Promise.all(calls.map(rejection))
    await reached(2)
    await openmeter.close()
    for (const error of await rejections) {
      assert.instanceOf(error, ClosedError)
      assert.strictEqual(error.name, "ClosedError")
      assert.strictEqual(error.message, "the OpenMeter client is closed")
    }
    assert.isTrue(requests.every(({ signal }) => signal.aborted))
  })

  it("makes calls reject that come afterwards, and sends nothing for them", async () => {
    const { fetch, requests } = replying(json([]))
    const openmeter = new OpenMeter({ baseUrl, fetch })
    await openmeter.meters.list()
    await openmeter.close()
    assert.instanceOf(await rejection(openmeter.meters.get("m")), ClosedError)
    assert.instanceOf(await rejection(openmeter.meters.list()), ClosedError)
    assert.instanceOf(await rejection(openmeter.events.listV2()[Symbol.asyncIterator]().next()), ClosedError)
    assert.strictEqual(requests.length, 1)
  })

  it("can be asked for again, and always waits for the end", async () => {
    const { fetch, reached } = replying(hanging)
    const openmeter = new OpenMeter({ baseUrl, fetch })
    let settled = false
    const call = rejection(openmeter.meters.get("m")).then((error) => {
      settled = true
      return error
    })
    await reached(1)
    await Promise.race([openmeter.close(), openmeter.close()])
    await openmeter.close()
    assert.instanceOf(await call, ClosedError)
    assert.isTrue(settled)
  })

  it("comes at the end of an await using block", async () => {
    const { fetch } = replying(json([]))
    let kept: OpenMeter
    {
      await using openmeter = new OpenMeter({ baseUrl, fetch })
      await openmeter.meters.list()
      kept = openmeter
    }
    assert.instanceOf(await rejection(kept.meters.get("m")), ClosedError)
  })

  it("leaves other clients alone", async () => {
    const { fetch } = replying(json([]))
    const [first, second] = [new OpenMeter({ baseUrl, fetch }), new OpenMeter({ baseUrl, fetch })]
    await first.close()
    assert.deepStrictEqual(await second.meters.list(), [])
  })
})
