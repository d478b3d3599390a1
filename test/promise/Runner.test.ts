import { assert, describe, it } from "@effect/vitest"
import { getEventListeners } from "node:events"
import {
  AbortError,
  InvalidRequestError,
  NotFoundError,
  OpenMeter,
  TimeoutError,
  type RequestOptions
} from "@openmeter/sdk"
import { rejection } from "../support/failure.ts"
import { hanging, json, replying, type Fetch } from "../support/fetch.ts"

const baseUrl = "https://openmeter.test"

const client = ({ fetch }: Fetch, timeout?: number) => new OpenMeter({ baseUrl, fetch, retry: false, timeout })

describe("signal", () => {
  it("that is aborted already sends nothing", async () => {
    const server = replying(json([]))
    const reason = new Error("enough")
    const error = await rejection(client(server).meters.list({}, { signal: AbortSignal.abort(reason) }))
    assert.instanceOf(error, AbortError)
    assert.instanceOf(error, Error)
    assert.strictEqual(error.name, "AbortError")
    assert.strictEqual(error.message, "the call was aborted by its signal")
    assert.strictEqual(error.cause, reason)
    assert.deepStrictEqual(server.requests, [])
  })

  it("aborts the request that is under way", async () => {
    const server = replying(hanging)
    const controller = new AbortController()
    const error = rejection(client(server).events.ingest({ type: "t", subject: "s" }, { signal: controller.signal }))
    await server.reached(1)
    controller.abort("enough")
    assert.deepInclude({ ...((await error) as object) }, { name: "AbortError", cause: "enough" })
    assert.isTrue(server.requests[0]?.signal.aborted)
  })

  it("aborts the first call, which builds what all share, and no other", async () => {
    const server = replying((request) => (request.url.endsWith("/first") ? hanging(request) : json({}, 404)(request)))
    const openmeter = client(server)
    const controller = new AbortController()
    const first = rejection(openmeter.meters.get("first", { signal: controller.signal }))
    const second = rejection(openmeter.meters.get("second"))
    controller.abort()
    assert.instanceOf(await first, AbortError)
    assert.instanceOf(await second, NotFoundError)
  })

  it("of a timeout aborts with the timeout as its cause", async () => {
    const error = await rejection(client(replying(hanging)).meters.get("m", { signal: AbortSignal.timeout(1) }))
    assert.instanceOf(error, AbortError)
    assert.propertyVal(error.cause, "name", "TimeoutError")
  })

  it("that is aborted later changes nothing", async () => {
    const controller = new AbortController()
    const openmeter = client(replying(json([])))
    assert.deepStrictEqual(await openmeter.meters.list({}, { signal: controller.signal }), [])
    controller.abort()
    assert.deepStrictEqual(await openmeter.meters.list(), [])
  })

  it("can be shared by many calls, and is let go of by each", async () => {
    const warnings: Array<Error> = []
    const warn = (warning: Error) => warnings.push(warning)
    process.on("warning", warn)
    const { signal } = new AbortController()
    const openmeter = client(replying(json({ items: [] })))
    const iterate = async () => {
      for await (const _ of openmeter.events.listV2({}, { signal })) assert.fail("no items")
    }
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 2 === 0 ? openmeter.events.listV2({}, { signal }) : iterate()))
    )
    await new Promise((resolve) => setImmediate(resolve))
    process.off("warning", warn)
    assert.deepStrictEqual(warnings, [])
    assert.deepStrictEqual(getEventListeners(signal, "abort"), [])
  })
})

describe("timeout", () => {
  it("of the call takes the place of the client's", async () => {
    const server = replying(hanging)
    for (const [ofClient, ofCall] of [
      [undefined, 5],
      [60_000, 5]
    ] as const) {
      const error = await rejection(client(server, ofClient).meters.get("m", { timeout: ofCall }))
      assert.instanceOf(error, TimeoutError)
      assert.strictEqual(error.timeout, 5)
      assert.strictEqual(error.message, "getMeter: no complete response within 5 ms")
    }
    assert.isTrue(server.requests.every(({ signal }) => signal.aborted))
  })

  it("of the client holds for a call that says nothing", async () => {
    const error = await rejection(client(replying(hanging), 5).meters.get("m", { headers: { a: "b" } }))
    assert.instanceOf(error, TimeoutError)
  })
})

describe("headers", () => {
  it("of the call go over the client's, for this call alone", async () => {
    const server = replying(json([]))
    const openmeter = new OpenMeter({
      baseUrl,
      fetch: server.fetch,
      token: "t",
      headers: { "X-Tenant": "client", b: "client" }
    })
    await openmeter.meters.list({}, { headers: { "x-tenant": "call", b: undefined, Authorization: "Bearer call" } })
    await openmeter.meters.list()
    assert.deepStrictEqual(
      server.requests.map(({ headers }) => ["x-tenant", "b", "authorization"].map((name) => headers.get(name))),
      [
        ["call", "client", "Bearer call"],
        ["client", "client", "Bearer t"]
      ]
    )
  })
})

describe("the stack of a failed call", () => {
  it("leads to the line that called, and through nothing of ours", async () => {
    const openmeter = client(replying(json({ title: "Not Found", status: 404 }, 404)))
    const billing = async () => await openmeter.meters.get("m")
    const error = await rejection(billing())
    assert.instanceOf(error, NotFoundError)
    const [words, first] = error.stack?.split("\n") ?? []
    assert.strictEqual(words, `NotFoundError: ${error.message}`)
    assert.match(first ?? "", /at (?:async )?billing .*Runner\.test\.ts/)
  })
})

describe("options of a call", () => {
  const wrong: ReadonlyArray<readonly [what: string, options: unknown, field: string]> = [
    ["null", null, "options"],
    ["a number", 5000, "options"],
    ["an option that there is not", { timeOut: 5 }, "timeOut"],
    ["a signal that is none", { signal: "abort" }, "signal"],
    ["a controller as signal", { signal: new AbortController() }, "signal"],
    ["a timeout of zero", { timeout: 0 }, "timeout"],
    ["a timeout of null", { timeout: null }, "timeout"],
    ["a timeout that is NaN", { timeout: Number.NaN }, "timeout"],
    ["headers that are a Headers", { headers: new Headers() }, "headers"],
    ["a header with a line break", { headers: { a: "b\nc: d" } }, "headers.a"],
    ["a header with a blank in its name", { headers: { "a b": "c" } }, "headers.a b"]
  ]
  for (const [what, options, field] of wrong) {
    it(`reject for ${what}, name ${field}, and send nothing`, async () => {
      const server = replying(json([]))
      const openmeter = client(server)
      const list = openmeter.events.listV2({}, options as RequestOptions)
      const calls = [
        openmeter.meters.get("m", options as RequestOptions),
        openmeter.meters.list({}, options as RequestOptions),
        list[Symbol.asyncIterator]().next()
      ]
      for (const error of await Promise.all(calls.map(rejection))) {
        assert.instanceOf(error, InvalidRequestError)
        assert.strictEqual(error.field, field)
      }
      assert.deepStrictEqual(server.requests, [])
    })
  }

  it("may all be undefined", async () => {
    const options = { signal: undefined, timeout: undefined, headers: undefined, retry: undefined }
    assert.deepStrictEqual(await client(replying(json([]))).meters.list(undefined, options), [])
  })
})
