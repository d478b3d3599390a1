import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Schema from "effect/Schema"
import type { Event } from "../../../src/schemas/Event.ts"
import { EventBuffer } from "../../../src/services/EventBuffer.ts"
import type { DeadLetter } from "../../../src/services/eventBuffer/Outcome.ts"
import { Outbox, OutboxError, type OutboxService } from "../../../src/services/Outbox.ts"
import { event, events, now, withBuffer } from "../../support/buffer.ts"
import { between } from "../../support/storage.ts"

const stats = Effect.flatMap(EventBuffer, (buffer) => buffer.stats)

const offerAll = (events: ReadonlyArray<Event>) => Effect.flatMap(EventBuffer, (buffer) => buffer.offerAll(events))

const delivered = () => Effect.void

/** An outbox in memory that notes how many events each put has, and may be full. */
const observed = (capacity = Infinity) =>
  Effect.map(Outbox.memory, (memory) => {
    const puts: Array<number> = []
    let held = 0
    const outbox: OutboxService = {
      ...memory,
      put: (events) =>
        Effect.suspend(() => {
          if (held + events.length > capacity) {
            return Effect.fail(new OutboxError({ reason: "full", message: "the storage is full" }))
          }
          puts.push(events.length)
          held += events.length
          return memory.put(events)
        })
    }
    return { outbox, puts }
  })

describe("events that are offered together", () => {
  it.effect("are stored together, and each has its receipt, in order", () =>
    Effect.gen(function* () {
      const { outbox, puts } = yield* observed()
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const receipts = yield* buffer.offerAll(events(0, 300))
        assert.deepStrictEqual(
          receipts.map(({ id }) => id),
          events(0, 300).map(({ id }) => id)
        )
        assert.deepStrictEqual(puts, [300])
        assert.deepStrictEqual(yield* buffer.offerAll([]), [])
        yield* buffer.flush.pipe(Effect.forkChild, Effect.andThen(now))
        assert.isTrue(receipts.every(({ outcome }) => outcome?._tag === "Delivered"))
        assert.deepInclude(yield* buffer.stats, { offered: 300, delivered: 300 })
      }).pipe(between({ outbox, send: delivered }))
    })
  )

  it.effect("are refused together when one of them is wrong, and none is stored", () =>
    Effect.gen(function* () {
      const { outbox, puts } = yield* observed()
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const wrong = [...events(0, 3), { ...event(3), subject: "" }, event(4)]
        const error = yield* Effect.flip(buffer.offerAll(wrong))
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "events[3].subject" })
        const none = yield* Effect.flip(buffer.offerAll(event(0) as unknown as ReadonlyArray<Event>))
        assert.deepInclude({ ...none }, { _tag: "InvalidRequestError", field: "events" })
        assert.deepStrictEqual(puts, [])
        assert.deepInclude(yield* buffer.stats, { offered: 0 })
      }).pipe(between({ outbox, send: delivered }))
    })
  )

  it.effect("are refused when the buffer is closed", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* buffer.close()
      assert.strictEqual((yield* Effect.flip(buffer.offerAll(events(0, 2))))._tag, "BufferClosedError")
    }).pipe(between({ send: delivered }))
  )

  const full = (overflow: "backpressure" | "fail" | "dropNewest" | "dropOldest", deadLetter?: DeadLetter[]) =>
    withBuffer({
      maxCount: 3,
      overflow,
      linger: "1 minute",
      deadLetter: (letter) => Effect.sync(() => deadLetter?.push(letter))
    })

  const outcomes = (receipts: ReadonlyArray<{ readonly id: string; readonly outcome: unknown }>) =>
    receipts.map(({ id, outcome }) => [id, outcome])

  it.effect("find room all of them or none by the policy `fail`", () =>
    Effect.gen(function* () {
      yield* offerAll(events(0, 1))
      const error = yield* Effect.flip(offerAll(events(1, 4)))
      assert.strictEqual(error._tag, "BufferFullError")
      assert.match(error.message, /it holds 1 event \(\d+ bytes\)/)
      assert.deepInclude(yield* stats, { offered: 1, pending: 1 })
      yield* offerAll(events(1, 3))
      assert.deepInclude(yield* stats, { offered: 3, pending: 3 })
    }).pipe(full("fail"))
  )

  it.effect("are dropped from the first that finds no room on by the policy `dropNewest`", () =>
    Effect.gen(function* () {
      const dropped = { _tag: "Dropped", policy: "dropNewest" }
      assert.deepStrictEqual(outcomes(yield* offerAll(events(0, 5))), [
        ["0", undefined],
        ["1", undefined],
        ["2", undefined],
        ["3", dropped],
        ["4", dropped]
      ])
      assert.deepInclude(yield* stats, { offered: 5, pending: 3, dropped: 2 })
    }).pipe(full("dropNewest"))
  )

  it.effect("make room for each other by the policy `dropOldest`", () => {
    const letters: Array<DeadLetter> = []
    return Effect.gen(function* () {
      const dropped = { _tag: "Dropped", policy: "dropOldest" }
      assert.deepStrictEqual(outcomes(yield* offerAll(events(0, 5))), [
        ["0", dropped],
        ["1", dropped],
        ["2", undefined],
        ["3", undefined],
        ["4", undefined]
      ])
      assert.deepStrictEqual(
        letters.map(({ event }) => event.id),
        ["0", "1"]
      )
      assert.deepInclude(yield* stats, { offered: 5, pending: 3, dropped: 2 })
    }).pipe(full("dropOldest", letters))
  })

  it.effect("wait for room where there is none by the policy `backpressure`", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const offer = yield* Effect.forkChild(buffer.offerAll(events(0, 10)))
        yield* now
        const receipts = yield* Fiber.join(offer)
        yield* buffer.flush.pipe(Effect.forkChild, Effect.andThen(now))
        assert.isTrue(receipts.every(({ outcome }) => outcome?._tag === "Delivered"))
        assert.deepStrictEqual(
          sent,
          events(0, 10).map(({ id }) => id)
        )
      }).pipe(
        between(
          { send: (events) => Effect.sync(() => void sent.push(...events.map(({ id }) => id))) },
          { maxCount: 3, concurrency: 1 }
        )
      )
    })
  )

  it.effect("are stored as far as the storage has room for them when it has none for all", () =>
    Effect.gen(function* () {
      const { outbox, puts } = yield* observed(3)
      yield* Effect.gen(function* () {
        const receipts = yield* offerAll(events(0, 5))
        assert.deepStrictEqual(
          receipts.map(({ outcome }) => outcome?._tag),
          [undefined, undefined, undefined, "Dropped", "Dropped"]
        )
        assert.deepStrictEqual(puts, [1, 1, 1])
      }).pipe(between({ outbox, send: delivered }, { overflow: "dropNewest", linger: "1 minute" }))
    })
  )

  const int = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

  it.effect.prop(
    "meet the fate that they would meet one by one, by every policy that drops",
    {
      sizes: Schema.Array(Schema.Literals([0, 100, 300, 900])),
      overflow: Schema.Literals(["dropNewest", "dropOldest"]),
      maxCount: int(1, 8),
      maxBytes: int(500, 2000)
    },
    ({ maxBytes, maxCount, overflow, sizes }) => {
      const all = sizes.map((size, i) => event(i, size))
      const fates = (offer: Effect.Effect<ReadonlyArray<{ readonly outcome: unknown }>, unknown, EventBuffer>) =>
        Effect.map(offer, (receipts) => receipts.map(({ outcome }) => outcome)).pipe(
          between(
            { send: delivered },
            { maxBytes, maxCount, overflow, linger: "1 hour", deadLetter: () => Effect.void }
          )
        )
      return Effect.gen(function* () {
        const oneByOne = yield* fates(Effect.flatMap(EventBuffer, ({ offer }) => Effect.forEach(all, (e) => offer(e))))
        assert.deepStrictEqual(yield* fates(offerAll(all)), oneByOne)
      })
    }
  )
})
