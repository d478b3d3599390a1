import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Context from "effect/Context"
import { Emulator } from "../../src/emulator/Emulator.ts"
import * as Faults from "../../src/emulator/Faults.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { EventBuffer } from "../../src/services/EventBuffer.ts"
import { Ingest } from "../../src/services/Ingest.ts"
import type { DeadLetter } from "../../src/services/eventBuffer/Outcome.ts"
import {
  batches,
  BufferLive,
  event,
  events,
  inject,
  now,
  offerAll,
  pass,
  requestCount,
  stored,
  withBuffer
} from "../support/buffer.ts"

const stats = Effect.flatMap(EventBuffer, (buffer) => buffer.stats)

const nothing = {
  offered: 0,
  recovered: 0,
  delivered: 0,
  rejected: 0,
  dropped: 0,
  unknown: 0,
  pending: 0,
  pendingBytes: 0
}

const ids = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: to - from }, (_, i) => String(from + i))

describe("EventBuffer", () => {
  it.effect("delivers what it is offered as batches, each event once, and tells so by the receipts", () =>
    Effect.gen(function* () {
      const receipts = yield* offerAll(events(0, 5))
      assert.deepStrictEqual(
        receipts.map(({ id, outcome, source }) => [id, source, outcome]),
        ids(0, 5).map((id) => [id, "test", undefined])
      )
      assert.deepInclude(yield* stats, { offered: 5, pending: 5 })
      const waiting = yield* Effect.forkChild(receipts[0]!.delivered)
      yield* pass(0.2)
      assert.deepStrictEqual(yield* Fiber.join(waiting), { _tag: "Delivered" })
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome?._tag),
        ids(0, 5).map(() => "Delivered" as const)
      )
      assert.deepStrictEqual(yield* stored, ids(0, 5))
      assert.deepStrictEqual(yield* stats, { ...nothing, offered: 5, delivered: 5 })
    }).pipe(withBuffer())
  )

  it.effect("refuses an event that is wrong, and counts nothing", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      const error = yield* Effect.flip(buffer.offer({ type: "", subject: "customer-1" }))
      assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "type" })
      assert.deepStrictEqual(yield* stats, nothing)
    }).pipe(withBuffer())
  )
})

describe("EventBuffer sends a batch", () => {
  it.effect("when it holds as many events as a batch may", () =>
    Effect.gen(function* () {
      yield* offerAll(events(0, 10))
      yield* now
      assert.deepStrictEqual(
        (yield* batches).map(({ ids }) => ids.length),
        [4, 4]
      )
      yield* pass(1)
      assert.deepStrictEqual(
        (yield* batches).map(({ ids }) => ids.length),
        [4, 4, 2]
      )
    }).pipe(withBuffer({ maxBatchCount: 4, linger: "1 second" }))
  )

  it.effect("when it holds as many bytes as a batch may", () =>
    Effect.gen(function* () {
      yield* offerAll([event(0, 400), event(1, 400)])
      yield* now
      assert.deepStrictEqual(
        (yield* batches).map(({ ids }) => ids),
        [["0"]]
      )
    }).pipe(withBuffer({ maxBatchBytes: 900, linger: "1 second" }))
  )

  it.effect("when its first event has waited as long as it may", () =>
    Effect.gen(function* () {
      yield* offerAll(events(0, 1))
      yield* TestClock.adjust("600 millis")
      yield* offerAll(events(1, 2))
      yield* TestClock.adjust("399 millis")
      assert.strictEqual(yield* requestCount, 0)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(
        (yield* batches).map(({ ids }) => ids),
        [["0", "1"]]
      )
    }).pipe(withBuffer({ linger: "1 second" }))
  )

  it.effect("at once when it is flushed, and the flush ends with the last event offered before it", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* inject(Faults.times(1, "ingestEvents", Faults.latency("5 seconds")))
      yield* offerAll(events(0, 3))
      const flush = yield* Effect.forkChild(buffer.flush)
      yield* now
      yield* TestClock.adjust("1 second")
      yield* offerAll(events(3, 4))
      yield* TestClock.adjust("3900 millis")
      yield* now
      assert.isUndefined(flush.pollUnsafe())
      yield* pass(0.2)
      assert.isTrue(Exit.isSuccess(flush.pollUnsafe()!))
      assert.deepInclude(yield* stats, { delivered: 4 })
    }).pipe(withBuffer({ linger: "1 minute" }))
  )

  it.effect("beside others, as many at the same time as it may", () =>
    Effect.gen(function* () {
      yield* inject(Faults.always("ingestEvents", Faults.latency("1 second")))
      yield* offerAll(events(0, 10))
      yield* now
      assert.strictEqual(yield* requestCount, 3)
      yield* pass(1)
      yield* now
      assert.strictEqual(yield* requestCount, 6)
    }).pipe(withBuffer({ maxBatchCount: 1, concurrency: 3 }))
  )
})

describe("EventBuffer that is full", () => {
  const full = (overflow: "backpressure" | "fail" | "dropNewest" | "dropOldest") =>
    withBuffer({ maxCount: 3, overflow, linger: "1 minute" })

  it.effect("fails the offer at once by the policy `fail`", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* offerAll(events(0, 3))
      const error = yield* Effect.flip(buffer.offer(event(3)))
      assert.strictEqual(error._tag, "BufferFullError")
      assert.match(error.message, /^ingestEvents: the buffer is full: it holds 3 events \(\d+ bytes\)$/)
      assert.deepInclude(yield* stats, { offered: 3, pending: 3, dropped: 0 })
    }).pipe(full("fail"))
  )

  it.effect("drops the event that is offered by the policy `dropNewest`, and says so at once", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* offerAll(events(0, 3))
      const receipt = yield* buffer.offer(event(3))
      assert.deepStrictEqual(receipt.outcome, { _tag: "Dropped", policy: "dropNewest" })
      assert.deepStrictEqual(yield* receipt.delivered, { _tag: "Dropped", policy: "dropNewest" })
      assert.deepInclude(yield* stats, { offered: 4, pending: 3, dropped: 1 })
      yield* buffer.flush
      assert.deepStrictEqual(yield* stored, ids(0, 3))
    }).pipe(full("dropNewest"))
  )

  it.effect("drops what waits longest by the policy `dropOldest`, and gives it to the dead letters", () => {
    const letters: Array<DeadLetter> = []
    return Effect.gen(function* () {
      const buffer = yield* EventBuffer
      const [first] = yield* offerAll(events(0, 3))
      yield* buffer.offer(event(3))
      assert.deepStrictEqual(first?.outcome, { _tag: "Dropped", policy: "dropOldest" })
      assert.deepStrictEqual(
        letters.map(({ event, outcome }) => [event.id, outcome._tag]),
        [["0", "Dropped"]]
      )
      assert.deepInclude(yield* stats, { offered: 4, pending: 3, dropped: 1 })
      yield* buffer.flush
      assert.deepStrictEqual(yield* stored, ids(1, 4))
    }).pipe(
      withBuffer({
        maxCount: 3,
        overflow: "dropOldest",
        linger: "1 minute",
        deadLetter: (letter) => Effect.sync(() => letters.push(letter))
      })
    )
  })

  it.effect("drops the event that is offered by the policy `dropOldest` when all others are under way", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* inject(Faults.always("ingestEvents", Faults.hang))
      yield* offerAll(events(0, 3))
      yield* now
      const receipt = yield* buffer.offer(event(3))
      assert.deepStrictEqual(receipt.outcome, { _tag: "Dropped", policy: "dropOldest" })
      yield* buffer.close({ timeout: 1 }).pipe(Effect.forkChild, Effect.andThen(TestClock.adjust("1 second")))
    }).pipe(withBuffer({ maxCount: 3, maxBatchCount: 3, overflow: "dropOldest" }))
  )

  it.effect("lets offers wait by the policy `backpressure`, in the order in which they came", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* inject(Faults.always("ingestEvents", Faults.latency("1 second")))
      const offers = yield* Effect.forkChild(
        Effect.forEach(events(0, 9), buffer.offer, {
          concurrency: "unbounded"
        })
      )
      yield* now
      assert.deepInclude(yield* stats, { offered: 3, pending: 3 })
      yield* pass(1)
      yield* now
      assert.deepInclude(yield* stats, { offered: 6, delivered: 3, pending: 3 })
      yield* pass(3)
      yield* Fiber.join(offers)
      yield* buffer.flush.pipe(Effect.forkChild, Effect.andThen(pass(3)))
      assert.deepStrictEqual(yield* stored, ids(0, 9))
    }).pipe(full("backpressure"))
  )

  it.effect("forgets an offer that is interrupted while it waits, and lets the next in", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* inject(Faults.always("ingestEvents", Faults.latency("1 second")))
      yield* offerAll(events(0, 3))
      const first = yield* Effect.forkChild(buffer.offer(event(3)))
      const second = yield* Effect.forkChild(buffer.offer(event(4)))
      yield* now
      yield* Fiber.interrupt(first)
      yield* pass(1)
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(second)))
      yield* buffer.flush.pipe(Effect.forkChild, Effect.andThen(pass(2)))
      assert.deepStrictEqual(yield* stored, ["0", "1", "2", "4"])
      assert.deepInclude(yield* stats, { offered: 4, delivered: 4 })
    }).pipe(full("backpressure"))
  )

  it.effect("counts bytes as well as events", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* buffer.offer(event(0, 500))
      assert.strictEqual((yield* Effect.flip(buffer.offer(event(1, 500))))._tag, "BufferFullError")
      yield* buffer.offer(event(2))
      assert.deepInclude(yield* stats, { offered: 2, pending: 2 })
    }).pipe(withBuffer({ maxBytes: 1000, overflow: "fail", linger: "1 minute" }))
  )

  it.effect.each(["backpressure", "fail"] as const)("never waits for room that it does not have, by %s", (overflow) =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      const error = yield* Effect.flip(buffer.offer(event(0, 2000)))
      assert.strictEqual(error._tag, "BufferFullError")
      assert.deepStrictEqual(yield* stats, nothing)
    }).pipe(withBuffer({ maxBytes: 1000, overflow }))
  )
})

describe("EventBuffer that closes", () => {
  /** A buffer in a scope that the test closes. */
  const opened = (options: Parameters<typeof BufferLive>[0]) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(BufferLive(options), scope)
      return { scope, context, buffer: Context.get(context, EventBuffer) }
    })

  it.effect("delivers what it holds, in order, when its scope closes", () =>
    Effect.gen(function* () {
      const { buffer, context, scope } = yield* opened({ maxBatchCount: 2, concurrency: 1, linger: "1 minute" })
      const receipts = yield* Effect.forEach(events(0, 5), buffer.offer)
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* Effect.provide(stored, context), ids(0, 5))
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome?._tag),
        ids(0, 5).map(() => "Delivered" as const)
      )
    })
  )

  it.effect("delivers what it holds when the program is interrupted, as by a signal", () =>
    Effect.gen(function* () {
      const emulator = yield* Layer.build(Emulator.layer)
      const buffer = EventBuffer.layerMemory({ linger: "1 minute" }).pipe(
        Layer.provide(Ingest.layer),
        Layer.provide(Transport.layerWithoutHttpClient({ baseUrl: "http://emulator" })),
        Layer.provide(Emulator.layerHttpClient),
        Layer.provide(Layer.succeedContext(emulator))
      )
      const program = yield* Effect.forkChild(
        Effect.provide(Effect.andThen(offerAll(events(0, 5)), Effect.never), buffer)
      )
      yield* now
      assert.deepStrictEqual(yield* Effect.provide(stored, emulator), [])
      yield* Fiber.interrupt(program)
      assert.deepStrictEqual(yield* Effect.provide(stored, emulator), ids(0, 5))
    })
  )

  it.effect("gives what it could not deliver in time: dropped if it never left, unknown if it was under way", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* inject(Faults.always("ingestEvents", Faults.hang))
      const receipts = yield* offerAll(events(0, 4))
      const closing = yield* Effect.forkChild(buffer.close({ timeout: "3 seconds" }))
      yield* TestClock.adjust("3 seconds")
      const left = yield* Fiber.join(closing)
      assert.deepStrictEqual(
        left.map(({ id, subject }) => [id, subject]),
        ids(0, 4).map((id) => [id, "customer-1"])
      )
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome),
        [
          { _tag: "Unknown" },
          { _tag: "Unknown" },
          { _tag: "Dropped", policy: "shutdown" },
          { _tag: "Dropped", policy: "shutdown" }
        ]
      )
      assert.deepStrictEqual(yield* stats, { ...nothing, offered: 4, unknown: 2, dropped: 2 })
      assert.deepStrictEqual(yield* buffer.close(), left)
    }).pipe(withBuffer({ maxBatchCount: 1, concurrency: 2 }))
  )

  it.effect("tries once more at once, whatever pause the server was to have", () =>
    Effect.gen(function* () {
      const { buffer, context, scope } = yield* opened({ baseDelay: "1 hour", maxDelay: "1 hour" })
      yield* Effect.provide(inject(Faults.between(0, "30 seconds", Faults.status(503))), context)
      yield* buffer.offer(event(0))
      yield* pass(40, 1)
      assert.deepStrictEqual(yield* Effect.provide(stored, context), [])
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(yield* Effect.provide(stored, context), ["0"])
    })
  )

  it.effect("takes no more events, and sends those away that wait for room", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* inject(Faults.always("ingestEvents", Faults.latency("1 second")))
      yield* buffer.offer(event(0))
      const waiting = yield* Effect.forkChild(Effect.flip(buffer.offer(event(1))))
      yield* now
      const closing = yield* Effect.forkChild(buffer.close())
      yield* now
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "BufferClosedError")
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(closing), [])
      assert.strictEqual((yield* Effect.flip(buffer.offer(event(2))))._tag, "BufferClosedError")
      assert.deepStrictEqual(yield* stored, ["0"])
    }).pipe(withBuffer({ maxCount: 1 }))
  )
})
