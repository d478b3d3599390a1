import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { BadRequestError } from "../../../src/errors.ts"
import { EventBuffer } from "../../../src/services/EventBuffer.ts"
import type { EventBufferOptions } from "../../../src/services/eventBuffer/BufferOptions.ts"
import { Ingest, type IngestService } from "../../../src/services/Ingest.ts"
import { Outbox, type OutboxService } from "../../../src/services/Outbox.ts"
import { event, events, now, pass } from "../../support/buffer.ts"
import { between, recorded, Storage, unreachable } from "../../support/storage.ts"

const down = () => unreachable

/** A buffer in a scope that the test closes. */
const opened = (outbox: OutboxService, send: IngestService["send"], options: EventBufferOptions) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const live = EventBuffer.layer(options).pipe(
      Layer.provide(Layer.succeed(Outbox, outbox)),
      Layer.provide(Layer.succeed(Ingest, { ingest: () => Effect.die("not part of the test"), send }))
    )
    return { scope, buffer: Context.get(yield* Layer.buildWithScope(live, scope), EventBuffer) }
  })

/** Closes a buffer, and gives what came of it and how long it took, in milliseconds. */
const timed = <A, E>(close: Effect.Effect<A, E>, step: number) =>
  Effect.gen(function* () {
    const closing = yield* Effect.forkChild(close)
    let took = 0
    while (closing.pollUnsafe() === undefined) {
      if (took > 120_000) assert.fail("it does not end")
      yield* TestClock.adjust(step)
      took += step
    }
    return { took, result: yield* Fiber.join(closing) }
  })

describe("events that nobody is told of", () => {
  it.effect("are logged in one line when a buffer closes, with the count of each outcome", () => {
    const lines: Array<string> = []
    return Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* buffer.offerAll(events(0, 10))
      // Under way when the buffer closes, so that it is unknown whether they arrived.
      yield* buffer.flush.pipe(Effect.forkChild, Effect.andThen(now))
      yield* buffer.offerAll(events(10, 2000))
      yield* timed(buffer.close({ timeout: "1 second" }), 100)
      assert.deepInclude(yield* buffer.stats, { dropped: 1990, unknown: 10, pending: 0 })
      assert.deepStrictEqual(lines, [
        "ERROR OpenMeter: 2000 events were not delivered: 10 unknown, 1990 dropped (shutdown); " +
          "first: 0 (source test), 1 (source test), 2 (source test)"
      ])
    }).pipe(
      between({ send: () => Effect.never }, { linger: "1 hour", concurrency: 1, maxBatchCount: 10_000 }),
      Effect.provide(recorded(lines))
    )
  })

  it.effect("are logged with the reason where it is one event", () => {
    const lines: Array<string> = []
    return Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* buffer.offer(event(7))
      yield* timed(buffer.close({ timeout: 0 }), 100)
      assert.deepStrictEqual(lines, ["ERROR OpenMeter: event 7 (source test) was not delivered: dropped: shutdown"])
    }).pipe(between({ send: () => Effect.never }, { linger: "1 hour" }), Effect.provide(recorded(lines)))
  })
})

describe("a handler of dead letters that takes too long", () => {
  const hanging: EventBufferOptions = { linger: 10, deadLetter: () => Effect.never }

  it.effect("does not keep a buffer from closing in time, and an error is logged for the events instead", () => {
    const lines: Array<string> = []
    return Effect.gen(function* () {
      const buffer = yield* EventBuffer
      const receipts = yield* buffer.offerAll(events(0, 40))
      const { result, took } = yield* timed(buffer.close({ timeout: "2 seconds" }), 100)
      assert.strictEqual(took, 2000)
      assert.deepStrictEqual(
        result.map(({ id }) => id),
        events(0, 40).map(({ id }) => id)
      )
      assert.isTrue(receipts.every(({ outcome }) => outcome?._tag === "Dropped" || outcome?._tag === "Unknown"))
      assert.deepStrictEqual(
        lines.filter((line) => line.startsWith("ERROR")),
        [
          "ERROR OpenMeter: 40 events were not delivered: 40 unknown; " +
            "first: 0 (source test), 1 (source test), 2 (source test)"
        ]
      )
    }).pipe(between({ send: down }, hanging), Effect.provide(recorded(lines)))
  })

  it.effect("does not keep the scope of a buffer from closing in time", () =>
    Effect.gen(function* () {
      const { buffer, scope } = yield* opened(yield* Outbox.memory, down, { ...hanging, drainTimeout: "3 seconds" })
      yield* buffer.offerAll(events(0, 5))
      assert.strictEqual((yield* timed(Scope.close(scope, Exit.void), 100)).took, 3000)
    }).pipe(Effect.provide(recorded([])))
  )

  it.effect("has told of as many events as it could, of up to 16 at the same time", () => {
    const lines: Array<string> = []
    const told: Array<string> = []
    let most = 0
    let running = 0
    const deadLetter: EventBufferOptions["deadLetter"] = ({ event }) =>
      Effect.suspend(() => {
        most = Math.max(most, ++running)
        return Effect.delay(
          Effect.sync(() => void told.push(event.id)),
          "30 millis"
        )
      }).pipe(Effect.ensuring(Effect.sync(() => void running--)))
    return Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* buffer.offerAll(events(0, 100))
      const { took } = yield* timed(buffer.close({ timeout: "1 second" }), 1)
      assert.strictEqual(took, 1000)
      assert.strictEqual(most, 16)
      assert.strictEqual(running, 0)
      // A tenth of the time is for them: three rounds.
      assert.strictEqual(told.length, 48)
      assert.deepStrictEqual(
        lines.filter((line) => line.startsWith("ERROR")).map((line) => line.slice(0, line.indexOf(";"))),
        ["ERROR OpenMeter: 52 events were not delivered: 52 unknown"]
      )
    }).pipe(between({ send: down }, { linger: "1 hour", deadLetter }), Effect.provide(recorded(lines)))
  })

  it.effect("leaves the events in a durable outbox, for the next process", () => {
    const lines: Array<string> = []
    return Effect.gen(function* () {
      const memory = yield* Outbox.memory
      const refuse = () =>
        Effect.fail(
          new BadRequestError({
            operation: "ingestEvents",
            method: "POST",
            url: "/api/v1/events",
            status: 400,
            message: "",
            validationErrors: []
          })
        )
      const { buffer, scope } = yield* opened(new Storage().over(memory), refuse, hanging)
      const receipt = yield* buffer.offer(event(1))
      yield* pass(1)
      assert.strictEqual(receipt.outcome?._tag, undefined)
      assert.deepStrictEqual((yield* timed(buffer.close({ timeout: "1 second" }), 100)).result, [])
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(receipt.outcome?._tag, "Kept")
      assert.deepStrictEqual(
        (yield* memory.claim({ count: 10, bytes: Infinity })).map(({ id }) => id),
        ["1"]
      )
      assert.deepStrictEqual(
        lines.filter((line) => line.includes("not delivered")),
        []
      )
    }).pipe(Effect.provide(recorded(lines)))
  })

  it.effect("does not hold up events that are in time while it is told of those that are too old", () => {
    const sent: Array<string> = []
    let isDown = true
    const send: IngestService["send"] = (events) =>
      Effect.suspend(() => (isDown ? unreachable : Effect.sync(() => void sent.push(...events.map(({ id }) => id)))))
    return Effect.gen(function* () {
      const buffer = yield* EventBuffer
      const old = yield* buffer.offerAll(events(0, 100))
      yield* pass(10)
      isDown = false
      const fresh = yield* buffer.offerAll(events(100, 200))
      yield* pass(5)
      assert.isTrue(fresh.every(({ outcome }) => outcome?._tag === "Delivered"))
      assert.isTrue(old.every(({ outcome }) => outcome === undefined))
    }).pipe(
      between({ send }, { ...hanging, deliveryTimeout: "9 seconds", maxDelay: 100 }),
      Effect.provide(recorded([]))
    )
  })

  it.effect(
    "lets an offer that drops the oldest for it be interrupted, and the event is settled once it is told of",
    () => {
      const told = Latch.makeUnsafe()
      return Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const [first] = yield* buffer.offerAll([event(1)])
        const offer = yield* Effect.forkChild(buffer.offer(event(2)))
        yield* now
        yield* Fiber.interrupt(offer)
        assert.isUndefined(first?.outcome)
        yield* told.open
        yield* now
        assert.deepStrictEqual(first?.outcome, { _tag: "Dropped", policy: "dropOldest" })
        assert.deepInclude(yield* buffer.stats, { offered: 1, dropped: 1, pending: 0 })
        yield* buffer.offer(event(3))
      }).pipe(
        between(
          { send: () => Effect.void },
          { maxCount: 1, overflow: "dropOldest", linger: "1 hour", deadLetter: () => told.await }
        )
      )
    }
  )
})

describe("a flush", () => {
  it.effect.each(["durable", "in memory"])("ends when the buffer closes, and at once after that (%s)", (kind) =>
    Effect.gen(function* () {
      const memory = yield* Outbox.memory
      const { buffer } = yield* opened(kind === "durable" ? new Storage().over(memory) : memory, down, {})
      const receipt = yield* buffer.offer(event(1))
      const flush = yield* Effect.forkChild(buffer.flush)
      yield* pass(1)
      assert.isUndefined(flush.pollUnsafe())
      yield* timed(buffer.close({ timeout: 100 }), 10)
      yield* Fiber.join(flush)
      yield* buffer.flush
      assert.strictEqual(receipt.outcome?._tag, kind === "durable" ? "Kept" : "Unknown")
      assert.deepInclude(yield* buffer.stats, { offered: 1, pending: kind === "durable" ? 1 : 0 })
    }).pipe(Effect.provide(recorded([])))
  )
})

describe("the metrics of buffers", () => {
  const gauges = Effect.map(Metric.snapshot, (series) =>
    ["openmeter.buffer.offered", "openmeter.buffer.pending", "openmeter.buffer.pending.bytes"].map((id) =>
      series
        .filter((metric) => metric.id === id)
        .reduce(
          (sum, { state }) => sum + Number("count" in state ? state.count : "value" in state ? state.value : 0),
          0
        )
    )
  )

  it.effect("no longer count what a closed buffer keeps in its outbox: whoever finds it there does", () =>
    Effect.gen(function* () {
      const memory = yield* Outbox.memory
      const before = yield* gauges
      const { buffer } = yield* opened(new Storage().over(memory), down, {})
      yield* buffer.offerAll(events(0, 3))
      const pending = yield* gauges
      assert.deepStrictEqual([pending[0]! - before[0]!, pending[1]! - before[1]!], [3, 3])
      yield* timed(buffer.close({ timeout: 100 }), 10)
      assert.deepStrictEqual(yield* gauges, before)
      assert.deepInclude(yield* buffer.stats, { offered: 3, pending: 3 })
      assert.isAbove((yield* buffer.stats).pendingBytes, 0)
    }).pipe(Effect.provide(recorded([])))
  )
})
