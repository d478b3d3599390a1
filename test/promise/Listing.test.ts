import { assert, describe, it } from "@effect/vitest"
import { Layer, Tracer } from "effect"
import {
  AbortError,
  ClosedError,
  InvalidRequestError,
  InvalidResponseError,
  NotFoundError,
  OpenMeter
} from "@openmeter/sdk"
import { rejection } from "../support/failure.ts"
import { hanging, json, replying, type Fetch } from "../support/fetch.ts"

const baseUrl = "https://openmeter.test"

const instant = "2025-06-01T00:00:00Z"

const event = (id: string) => ({
  event: { id, source: "s", specversion: "1.0", type: "t", subject: "s", time: instant },
  ingestedAt: instant,
  storedAt: instant
})

const page = (ids: ReadonlyArray<string>, nextCursor?: string) => json({ items: ids.map(event), nextCursor })

const client = ({ fetch }: Fetch) => new OpenMeter({ baseUrl, fetch, retry: false })

/** The ids of a list of events, and what ended it. */
const collect = async (list: AsyncIterable<{ readonly event: { readonly id: string } }>) => {
  const ids: Array<string> = []
  try {
    for await (const { event } of list) ids.push(event.id)
    return { ids, error: undefined }
  } catch (error) {
    return { ids, error }
  }
}

const asked = ({ requests }: Fetch) => requests.map(({ url }) => url.slice(baseUrl.length))

const twoPages = () => replying(page(["a", "b"], "next"), page(["c"]))

describe("a list", () => {
  it("asks for nothing until it is awaited or iterated", async () => {
    const server = twoPages()
    const list = client(server).events.listV2()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepStrictEqual(server.requests, [])
    assert.strictEqual(Object.prototype.toString.call(list), "[object Listing]")
  })

  it("rejects nobody who does not ask", async () => {
    const rejections: Array<unknown> = []
    const note = (reason: unknown) => rejections.push(reason)
    process.on("unhandledRejection", note)
    client(replying(json({}, 404))).events.listV2()
    await new Promise((resolve) => setImmediate(resolve))
    process.off("unhandledRejection", note)
    assert.deepStrictEqual(rejections, [])
  })
})

describe("a list that is awaited", () => {
  it("asks once, however often it is awaited", async () => {
    const server = twoPages()
    const list = client(server).events.listV2()
    const first = await list
    assert.strictEqual(await list, first)
    assert.strictEqual(await list.then((value) => value), first)
    assert.strictEqual(await list.catch(() => undefined), first)
    assert.strictEqual(await list.finally(() => {}), first)
    assert.strictEqual(await Promise.resolve(list), first)
    assert.deepStrictEqual(
      first.items.map(({ event: { id } }) => id),
      ["a", "b"]
    )
    assert.strictEqual(first.nextCursor, "next")
    assert.deepStrictEqual(asked(server), ["/api/v2/events"])
  })

  it("rejects as a Promise does", async () => {
    const list = client(replying(json({ detail: "gone" }, 404))).meters.subjects("m")
    const caught: unknown = await list.catch((error: unknown) => error)
    assert.instanceOf(caught, NotFoundError)
    assert.strictEqual(await rejection(list), caught)
    let over = false
    assert.strictEqual(await rejection(list.finally(() => (over = true))), caught)
    assert.isTrue(over)
    assert.strictEqual(await list.then(undefined, (error: unknown) => error), caught)
  })
})

describe("a list that is iterated", () => {
  it("gives every item, page after page", async () => {
    const server = twoPages()
    const filter = { type: { $eq: "t" } }
    assert.deepStrictEqual(await collect(client(server).events.listV2({ limit: 2, filter })), {
      ids: ["a", "b", "c"],
      error: undefined
    })
    const query = `limit=2&filter=${encodeURIComponent('{"type":{"$eq":"t"}}')}`
    assert.deepStrictEqual(
      server.requests.map(({ url }) => new URL(url).search.slice(1).split("&").toSorted()),
      [query.split("&"), [...query.split("&"), "cursor=next"]].map((parts) => parts.toSorted())
    )
  })

  it("begins at the cursor that it is given", async () => {
    const server = replying(page(["c"]))
    assert.deepStrictEqual((await collect(client(server).events.listV2({ cursor: "next" }))).ids, ["c"])
    assert.deepStrictEqual(asked(server), ["/api/v2/events?cursor=next"])
  })

  it("gives the items of a list that has no pages", async () => {
    const server = replying(json(["a", "b"]))
    const items: Array<string> = []
    for await (const item of client(server).meters.subjects("m")) items.push(item)
    assert.deepStrictEqual(items, ["a", "b"])
    assert.strictEqual(server.requests.length, 1)
  })

  it("asks for a page when the items before it are through", async () => {
    const server = twoPages()
    const iterator = client(server).events.listV2()[Symbol.asyncIterator]()
    const counts: Array<number> = []
    for (let done: boolean | undefined = false; done !== true;) {
      done = (await iterator.next()).done
      counts.push(server.requests.length)
    }
    assert.deepStrictEqual(counts, [1, 1, 2, 2])
  })

  it("asks for nothing more after a break", async () => {
    const server = twoPages()
    for await (const { event } of client(server).events.listV2()) if (event.id === "b") break
    await new Promise((resolve) => setImmediate(resolve))
    assert.strictEqual(server.requests.length, 1)
  })

  it("asks anew each time, also after it was awaited", async () => {
    const server = replying(page(["a"]))
    const list = client(server).events.listV2()
    await list
    assert.deepStrictEqual((await collect(list)).ids, ["a"])
    assert.deepStrictEqual((await collect(list)).ids, ["a"])
    assert.strictEqual(server.requests.length, 3)
  })

  it("gives the items before a page that fails, then its error", async () => {
    const { ids, error } = await collect(client(replying(page(["a", "b"], "next"), json({}, 404))).events.listV2())
    assert.deepStrictEqual(ids, ["a", "b"])
    assert.propertyVal(error, "_tag", "UnexpectedStatusError")
    const unread = await collect(client(replying(page(["a"], "next"), json({}))).events.listV2())
    assert.deepStrictEqual(unread.ids, ["a"])
    assert.instanceOf(unread.error, InvalidResponseError)
  })

  it("rejects for a wrong argument, and sends nothing", async () => {
    const server = twoPages()
    const { ids, error } = await collect(client(server).events.listV2({ limit: 0 }))
    assert.deepStrictEqual(ids, [])
    assert.instanceOf(error, InvalidRequestError)
    assert.strictEqual(error.field, "limit")
    assert.deepStrictEqual(server.requests, [])
  })

  it("sends the headers of the call with every page", async () => {
    const server = twoPages()
    await collect(client(server).events.listV2({}, { headers: { tenant: "acme" } }))
    assert.deepStrictEqual(
      server.requests.map(({ headers }) => headers.get("tenant")),
      ["acme", "acme"]
    )
  })

  it("ends with an AbortError when its signal is aborted, before it begins, between items and while it waits", async () => {
    const reason = new Error("enough")
    const before = twoPages()
    const early = await collect(client(before).events.listV2({}, { signal: AbortSignal.abort(reason) }))
    assert.instanceOf(early.error, AbortError)
    assert.deepStrictEqual(before.requests, [])

    const between = replying(page(["a"], "next"), hanging)
    const controller = new AbortController()
    const iterator = client(between).events.listV2({}, { signal: controller.signal })[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = rejection(iterator.next())
    await between.reached(2)
    controller.abort(reason)
    const error = await waiting
    assert.instanceOf(error, AbortError)
    assert.strictEqual(error.cause, reason)
    assert.isTrue(between.requests[1]?.signal.aborted)
    assert.deepStrictEqual(await iterator.next(), { done: true, value: undefined })

    const server = twoPages()
    const late = new AbortController()
    const ids: Array<string> = []
    const aborted = await rejection(
      (async () => {
        for await (const { event } of client(server).events.listV2({}, { signal: late.signal })) {
          ids.push(event.id)
          if (event.id === "b") late.abort(reason)
        }
      })()
    )
    assert.instanceOf(aborted, AbortError)
    assert.deepStrictEqual(ids, ["a", "b"])
    assert.strictEqual(server.requests.length, 1)
  })

  it("ends with a ClosedError when the client is closed", async () => {
    const server = replying(page(["a"], "next"), hanging)
    const openmeter = client(server)
    const iterator = openmeter.events.listV2()[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = rejection(iterator.next())
    await server.reached(2)
    await openmeter.close()
    assert.instanceOf(await waiting, ClosedError)
    assert.isTrue(server.requests[1]?.signal.aborted)
  })

  it("is traced by the tracer that the client is given, page by page", async () => {
    const spans: Array<string> = []
    const tracer = Tracer.make({
      span(options) {
        spans.push(options.name)
        return new Tracer.NativeSpan(options)
      }
    })
    const { fetch } = twoPages()
    const openmeter = new OpenMeter({ baseUrl, fetch, policies: Layer.succeed(Tracer.Tracer, tracer) })
    await collect(openmeter.events.listV2())
    await openmeter.meters.get("m").catch(() => {})
    assert.deepStrictEqual(spans, ["openmeter.listEventsV2", "openmeter.listEventsV2", "openmeter.getMeter"])
  })
})
