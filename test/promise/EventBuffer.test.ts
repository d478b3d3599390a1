import { assert, describe, it, vi } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Layer, Logger } from "effect"
import { Outbox } from "../../src/effect.ts"
import {
  AbortError,
  BufferClosedError,
  BufferFullError,
  InvalidRequestError,
  OpenMeter,
  OutboxError
} from "../../src/index.ts"
import type { DeadLetter, Event, EventBufferOptions } from "../../src/index.ts"
import { FileOutbox } from "../../src/node.ts"
import { rejection, thrown } from "../support/failure.ts"
import { empty, hanging, json, replying, type Reply } from "../support/fetch.ts"

const baseUrl = "http://openmeter.test"

const event = (id: number): Event => ({ id: String(id), source: "test", type: "prompt", subject: "customer-1" })
const events = (count: number) => Array.from({ length: count }, (_, id) => event(id))
const ids = (count: number) => events(count).map(({ id }) => String(id))

/** A client on a `fetch` that answers so, and the ids of the events in each request. */
const client = (...replies: readonly [Reply, ...ReadonlyArray<Reply>]) => {
  const server = replying(...replies)
  const openmeter = new OpenMeter({ baseUrl, fetch: server.fetch, retry: false })
  const sent = async () => {
    const bodies = await Promise.all(server.requests.map((request) => request.clone().json()))
    return bodies.map((body: ReadonlyArray<{ readonly id: string }>) => body.map(({ id }) => id))
  }
  return { openmeter, server, sent }
}

const quick: EventBufferOptions = { linger: 1 }

describe("events.buffer", () => {
  it("delivers what it is offered, and tells so by the receipts", async () => {
    const { openmeter, sent } = client(empty)
    await using buffer = openmeter.events.buffer(quick)
    const receipts = await Promise.all(events(3).map((event) => buffer.offer(event)))
    assert.deepStrictEqual(
      receipts.map(({ id, source }) => [id, source]),
      ids(3).map((id) => [id, "test"])
    )
    assert.deepStrictEqual(await Promise.all(receipts.map(({ delivered }) => delivered)), [
      { _tag: "Delivered" },
      { _tag: "Delivered" },
      { _tag: "Delivered" }
    ])
    assert.deepStrictEqual(receipts[0]?.outcome, { _tag: "Delivered" })
    assert.strictEqual(receipts[0]?.delivered, receipts[0]?.delivered)
    assert.deepStrictEqual((await sent()).flat(), ids(3))
    assert.deepInclude(buffer.stats(), { offered: 3, delivered: 3, pending: 0 })
  })

  it("keeps the order of offers that nobody waits for", async () => {
    const { openmeter, sent } = client(empty)
    const buffer = openmeter.events.buffer(quick)
    for (const event of events(2000)) void buffer.offer(event)
    assert.deepStrictEqual(await buffer.close(), [])
    assert.deepStrictEqual((await sent()).flat(), ids(2000))
  })

  it("refuses options that are wrong, and names them", () => {
    const { openmeter } = client(empty)
    const wrong: ReadonlyArray<readonly [options: object, field: string]> = [
      [{ maxCount: 0 }, "maxCount"],
      [{ maxBytes: 0.5 }, "maxBytes"],
      [{ overflow: "explode" }, "overflow"],
      [{ maxBatchCount: 10_001 }, "maxBatchCount"],
      [{ maxBatchBytes: -1 }, "maxBatchBytes"],
      [{ linger: "soon" }, "linger"],
      [{ concurrency: 0 }, "concurrency"],
      [{ orderBy: "type" }, "orderBy"],
      [{ deliveryTimeout: 0 }, "deliveryTimeout"],
      [{ baseDelay: -1 }, "baseDelay"],
      [{ maxDelay: "?" }, "maxDelay"],
      [{ drainTimeout: -1 }, "drainTimeout"],
      [{ deadLetter: "log" }, "deadLetter"],
      [{ outbox: {} }, "outbox"],
      [{ size: 1 }, "size"]
    ]
    for (const [options, field] of wrong) {
      const error = thrown(() => openmeter.events.buffer(options as EventBufferOptions))
      assert.instanceOf(error, InvalidRequestError)
      assert.strictEqual(error.field, field)
    }
  })

  it("rejects an offer that is wrong", async () => {
    const { openmeter } = client(empty)
    await using buffer = openmeter.events.buffer(quick)
    const error = await rejection(buffer.offer({ type: "prompt", subject: "" }))
    assert.instanceOf(error, InvalidRequestError)
    assert.strictEqual(error.field, "subject")
  })

  it("answers by its policy at once when it is full", async () => {
    const { openmeter } = client(hanging)
    const buffer = openmeter.events.buffer({ ...quick, maxCount: 2, overflow: "fail" })
    await Promise.all([buffer.offer(event(0)), buffer.offer(event(1))])
    assert.instanceOf(await rejection(buffer.offer(event(2))), BufferFullError)
    assert.deepStrictEqual(
      (await buffer.close({ timeout: 10 })).map(({ id }) => id),
      ["0", "1"]
    )
    assert.deepInclude(buffer.stats(), { offered: 2, unknown: 2 })
  })

  it("lets an offer wait for room until its signal is aborted", async () => {
    const { openmeter } = client(hanging)
    const buffer = openmeter.events.buffer({ ...quick, maxCount: 1 })
    await buffer.offer(event(0))
    const controller = new AbortController()
    const waiting = buffer.offer(event(1), { signal: controller.signal })
    controller.abort("enough")
    const error = await rejection(waiting)
    assert.deepInclude(error, { name: "AbortError", cause: "enough" })
    await buffer.close({ timeout: 10 })
    assert.deepInclude(buffer.stats(), { offered: 1, unknown: 1 })
  })

  it("takes several events at once, or none when one is wrong", async () => {
    const { openmeter, sent } = client(empty)
    const buffer = openmeter.events.buffer(quick)
    const wrong = buffer.offerAll([event(0), { ...event(1), subject: "" }])
    assert.deepInclude(await rejection(wrong), { _tag: "InvalidRequestError", field: "events[1].subject" })
    const receipts = await buffer.offerAll(events(3))
    assert.deepStrictEqual(
      receipts.map(({ id }) => id),
      ids(3)
    )
    assert.deepStrictEqual(await receipts[2]?.delivered, { _tag: "Delivered" })
    const aborted = buffer.offerAll(events(2), { signal: AbortSignal.abort() })
    assert.instanceOf(await rejection(aborted), AbortError)
    await buffer.close()
    assert.deepStrictEqual((await sent()).flat(), ids(3))
  })

  it("takes an offer back that waits behind another one", async () => {
    const { openmeter } = client(hanging)
    const buffer = openmeter.events.buffer({ ...quick, maxCount: 1 })
    await buffer.offer(event(0))
    const first = rejection(buffer.offer(event(1)))
    const second = rejection(buffer.offer(event(2), { signal: AbortSignal.timeout(10) }))
    assert.instanceOf(await second, AbortError)
    await buffer.close({ timeout: 0 })
    assert.instanceOf(await first, BufferClosedError)
    assert.deepInclude(buffer.stats(), { offered: 1 })
  })

  it("takes no offer back that it stores already, and none in whose stead it was never made", async () => {
    const started = Promise.withResolvers<void>()
    const { openmeter } = client(empty)
    const slow = Layer.effect(
      Outbox,
      Effect.map(Outbox.memory, (memory) => ({
        ...memory,
        put: (events: Parameters<typeof memory.put>[0]) => {
          started.resolve()
          return Effect.andThen(Effect.sleep(20), memory.put(events))
        }
      }))
    )
    const buffer = openmeter.events.buffer({ ...quick, outbox: slow })
    assert.instanceOf(await rejection(buffer.offer(event(0), { signal: AbortSignal.abort() })), AbortError)
    const controller = new AbortController()
    const offer = buffer.offer(event(1), { signal: controller.signal })
    await started.promise
    controller.abort()
    assert.deepStrictEqual(await (await offer).delivered, { _tag: "Delivered" })
    await buffer.close()
    assert.deepInclude(buffer.stats(), { offered: 1, delivered: 1 })
  })

  it("closes in time though its outbox does not open", async () => {
    const { openmeter } = client(empty)
    const buffer = openmeter.events.buffer({ outbox: Layer.effect(Outbox, Effect.never), drainTimeout: 10 })
    const offer = rejection(buffer.offer(event(0)))
    await openmeter.close()
    assert.instanceOf(await offer, BufferClosedError)
  })

  it("refuses what its calls do not have", async () => {
    const { openmeter } = client(empty)
    await using buffer = openmeter.events.buffer(quick)
    const wrong: ReadonlyArray<readonly [call: Promise<unknown>, field: string]> = [
      [buffer.offer(event(0), { sgnal: 1 } as object), "sgnal"],
      [buffer.offer(event(0), { signal: 1 } as object), "signal"],
      [buffer.flush({ timeout: -1 }), "timeout"],
      [buffer.close({ timeut: 1 } as object), "timeut"]
    ]
    for (const [call, field] of wrong) assert.deepInclude(await rejection(call), { _tag: "InvalidRequestError", field })
    assert.deepInclude(await buffer.flush(), { offered: 0 })
  })

  it("prints nothing where a program prints its own", async ({ onTestFinished }) => {
    const [log, error] = [vi.spyOn(console, "log"), vi.spyOn(console, "error").mockReturnValue()]
    onTestFinished(() => void vi.restoreAllMocks())
    const { openmeter } = client(hanging)
    const buffer = openmeter.events.buffer(quick)
    await buffer.offer(event(0))
    await buffer.close({ timeout: 10 })
    assert.strictEqual(log.mock.calls.length, 0)
    assert.match(String(error.mock.calls), /event 0 \(source test\)/)
  })

  it("logs where the client does, to its end", async () => {
    const logged: Array<unknown> = []
    const openmeter = new OpenMeter({
      baseUrl,
      fetch: replying(hanging).fetch,
      policies: Logger.layer([Logger.make(({ message }) => logged.push(message))])
    })
    const buffer = openmeter.events.buffer(quick)
    await buffer.offer(event(0))
    await buffer.close({ timeout: 10 })
    assert.match(String(logged.at(-1)), /event 0 \(source test\)/)
  })

  it("gives rejected events to the dead letters, with the reason", async () => {
    const letters: Array<DeadLetter> = []
    const { openmeter } = client(json({ title: "Bad Request", status: 400, detail: "no" }, 400))
    await using buffer = openmeter.events.buffer({
      ...quick,
      deadLetter: async (letter) => {
        letters.push(await Promise.resolve(letter))
      }
    })
    const receipt = await buffer.offer(event(0))
    const outcome = await receipt.delivered
    assert.strictEqual(outcome._tag, "Rejected")
    assert.deepStrictEqual(
      letters.map(({ event, outcome }) => [event.id, outcome._tag === "Rejected" && outcome.reason._tag]),
      [["0", "BadRequestError"]]
    )
  })

  it("flushes before a function returns", async () => {
    const { openmeter, sent } = client(empty)
    const buffer = openmeter.events.buffer({ linger: "1 hour" })
    void buffer.offer(event(0))
    void buffer.offer(event(1))
    assert.deepInclude(await buffer.flush(), { offered: 2, delivered: 2, pending: 0 })
    assert.deepStrictEqual(await sent(), [["0", "1"]])
    await buffer.close()
  })

  it("flushes no longer than it may", async () => {
    const { openmeter } = client(hanging)
    const buffer = openmeter.events.buffer(quick)
    await buffer.offer(event(0))
    assert.deepInclude(await buffer.flush({ timeout: 20 }), { offered: 1, pending: 1 })
    await buffer.close({ timeout: 1 })
  })

  it("closes with the client, and delivers what it holds before", async () => {
    const { openmeter, sent } = client(empty)
    const buffer = openmeter.events.buffer({ linger: "1 hour" })
    for (const event of events(5)) void buffer.offer(event)
    await openmeter.close()
    assert.deepStrictEqual(await sent(), [ids(5)])
    assert.instanceOf(await rejection(buffer.offer(event(9))), BufferClosedError)
    assert.deepStrictEqual(await buffer.close(), [])
    assert.deepInclude(buffer.stats(), { offered: 5, delivered: 5 })
  })

  it("rejects the offers that still wait for room when its time is over", async () => {
    const { openmeter } = client(hanging)
    const buffer = openmeter.events.buffer({ ...quick, maxCount: 1 })
    await buffer.offer(event(0))
    const waiting = [rejection(buffer.offer(event(1))), rejection(buffer.offer(event(2)))]
    assert.deepStrictEqual(
      (await buffer.close({ timeout: 20 })).map(({ id }) => id),
      ["0"]
    )
    for (const error of await Promise.all(waiting)) assert.instanceOf(error, BufferClosedError)
  })

  it("rejects every offer when its outbox does not open", async () => {
    const directory = mkdtempSync(join(tmpdir(), "openmeter-"))
    const path = join(directory, "usage.outbox")
    writeFileSync(path, "no database".repeat(1000))
    const { openmeter } = client(empty)
    const buffer = openmeter.events.buffer({ outbox: FileOutbox.layer({ path }) })
    const first = buffer.offer(event(0))
    const error = await rejection(first)
    assert.instanceOf(error, OutboxError)
    assert.strictEqual(error.reason, "corrupt")
    assert.strictEqual(await rejection(buffer.offer(event(1))), error)
    assert.strictEqual(await rejection(buffer.flush()), error)
    assert.deepStrictEqual(await buffer.close(), [])
    rmSync(directory, { recursive: true })
  })

  it("keeps what it could not deliver in its file for the next client", async () => {
    const directory = mkdtempSync(join(tmpdir(), "openmeter-"))
    const outbox = FileOutbox.layer({ path: join(directory, "usage.outbox") })
    const first = client(json({}, 503)).openmeter.events.buffer({ ...quick, outbox })
    const receipts = await Promise.all(events(600).map((event) => first.offer(event)))
    assert.deepStrictEqual(await first.close({ timeout: 20 }), [])
    assert.deepStrictEqual(await receipts[0]?.delivered, { _tag: "Kept" })
    const { openmeter, sent } = client(empty)
    const second = openmeter.events.buffer({ ...quick, outbox })
    await second.flush()
    assert.deepStrictEqual(
      (await sent()).flat().toSorted((a, b) => Number(a) - Number(b)),
      ids(600)
    )
    assert.deepInclude(second.stats(), { offered: 600, recovered: 600, delivered: 600 })
    await openmeter.close()
    rmSync(directory, { recursive: true })
  })

  it("leaves the event loop to others while it takes in a burst", async () => {
    const { openmeter } = client(empty)
    const buffer = openmeter.events.buffer({ maxBytes: 100_000_000 })
    let turns = 0
    let isOver = false
    const turn = () => {
      turns += 1
      if (!isOver) setImmediate(turn)
    }
    setImmediate(turn)
    await Promise.all(events(20_000).map((event) => buffer.offer(event)))
    isOver = true
    assert.isAbove(turns, 20)
    await buffer.close()
  })
})
