import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type { OutboxEvent } from "../../../src/services/Outbox.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { EventBuffer } from "../../../src/services/EventBuffer.ts"
import type { DeadLetter } from "../../../src/services/eventBuffer/Outcome.ts"
import { BadRequestError } from "../../../src/errors.ts"
import { event, now, pass } from "../../support/buffer.ts"
import { between, recorded, Storage, unreachable } from "../../support/storage.ts"
import { outboxEvent } from "../outboxLaws.ts"

const of = (id: number, subject: string) => ({ ...event(id), subject })

const refused = Effect.fail(
  new BadRequestError({
    operation: "ingestEvents",
    method: "POST",
    url: "/api/v1/events",
    status: 400,
    message: "no",
    validationErrors: []
  })
)

describe("a storage that fails for longer than a moment", () => {
  it.effect("as an event is to go back holds it up until it works again, and no longer", () => {
    const [storage, lines, sent] = [new Storage(), [] as Array<string>, [] as Array<string>]
    let isServerDown = true
    return Effect.gen(function* () {
      const outbox = storage.over(yield* Outbox.memory)
      const send = (events: ReadonlyArray<{ readonly id: string }>) =>
        Effect.suspend(() => {
          if (isServerDown) {
            storage.isDown = true
            return unreachable
          }
          return Effect.sync(() => void sent.push(...events.map(({ id }) => id)))
        })
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const first = yield* buffer.offer(of(1, "customer-1"))
        yield* pass(60)
        assert.deepStrictEqual(sent, [])
        // It is asked again and again, with longer and longer pauses.
        const releases = storage.asked.filter((what) => what === "release").length
        assert.isAbove(releases, 10)
        assert.isBelow(releases, 25)
        storage.isDown = false
        isServerDown = false
        const rest = [yield* buffer.offer(of(2, "customer-1")), yield* buffer.offer(of(3, "customer-2"))]
        yield* pass(10)
        assert.deepStrictEqual(
          [first, ...rest].map(({ outcome }) => outcome?._tag),
          ["Delivered", "Delivered", "Delivered"]
        )
        assert.isBelow(sent.indexOf("1"), sent.indexOf("2"))
        assert.strictEqual(lines.filter((line) => line.includes("failed to release 1 event, retrying")).length, 1)
      }).pipe(between({ outbox, send }, { orderBy: "subject", linger: 10, maxDelay: "1 second" }))
    }).pipe(Effect.provide(recorded(lines)))
  })

  it.effect("as events are to be read is logged when that begins and when it is over, and not in between", () => {
    const [storage, lines, sent] = [new Storage(), [] as Array<string>, [] as Array<string>]
    return Effect.gen(function* () {
      const outbox = storage.over(yield* Outbox.memory)
      const send = (events: ReadonlyArray<{ readonly id: string }>) =>
        Effect.sync(() => void sent.push(...events.map(({ id }) => id)))
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        for (const id of [1, 2]) {
          yield* buffer.offer(event(id))
          storage.isDown = true
          yield* pass(60)
          assert.isAbove(storage.asked.filter((what) => what === "claim").length, 10 * id)
          storage.isDown = false
          yield* pass(10)
        }
        assert.deepStrictEqual(sent, ["1", "2"])
        const paused = "ERROR OpenMeter: delivery paused: cannot read events from the outbox"
        const resumed = "INFO OpenMeter: delivery resumed: events can be read from the outbox again"
        const beginnings = lines.map((line) => (line.startsWith(paused) ? paused : line))
        assert.deepStrictEqual(beginnings, [paused, resumed, paused, resumed])
        assert.include(lines[0], "the storage is away")
      }).pipe(between({ outbox, send }, { linger: 10, maxDelay: "1 second" }))
    }).pipe(Effect.provide(recorded(lines)))
  })

  it.effect("as a delivered event is to be removed does not send it again, and holds up its key until it works", () => {
    const [storage, sent] = [new Storage(), [] as Array<string>]
    return Effect.gen(function* () {
      const memory = yield* Outbox.memory
      const send = (events: ReadonlyArray<{ readonly id: string }>) =>
        Effect.sync(() => {
          sent.push(...events.map(({ id }) => id))
          storage.isDown = sent.length === 1
        })
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const first = yield* buffer.offer(of(1, "customer-1"))
        yield* pass(1)
        assert.strictEqual(first.outcome?._tag, "Delivered")
        yield* pass(30)
        storage.isDown = false
        const second = yield* buffer.offer(of(2, "customer-1"))
        yield* pass(10)
        assert.strictEqual(second.outcome?._tag, "Delivered")
        assert.deepStrictEqual(sent, ["1", "2"])
        assert.deepInclude(yield* buffer.stats, { offered: 2, delivered: 2, pending: 0 })
      }).pipe(between({ outbox: storage.over(memory), send }, { orderBy: "subject", linger: 10, maxDelay: "1 second" }))
      assert.deepStrictEqual(yield* memory.claim({ count: 10, bytes: Infinity }), [])
    }).pipe(Effect.provide(recorded([])))
  })

  it.effect("as a rejected event is to be buried does not tell the program of it twice", () => {
    const [storage, letters, buried] = [new Storage(), [] as Array<DeadLetter>, [] as Array<string>]
    return Effect.gen(function* () {
      const memory = yield* Outbox.memory
      const outbox = storage.over({
        ...memory,
        bury: (entries, reason) =>
          Effect.andThen(
            Effect.sync(() => buried.push(reason)),
            memory.bury(entries, reason)
          )
      })
      const send = () =>
        Effect.andThen(
          Effect.sync(() => void (storage.isDown = true)),
          refused
        )
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const receipt = yield* buffer.offer(event(1))
        yield* pass(30)
        assert.strictEqual(receipt.outcome?._tag, "Rejected")
        assert.deepStrictEqual(buried, [])
        storage.isDown = false
        yield* pass(10)
        assert.deepStrictEqual(buried, ["rejected: no"])
        assert.strictEqual(letters.length, 1)
      }).pipe(
        between({ outbox, send }, { linger: 10, deadLetter: (letter) => Effect.sync(() => letters.push(letter)) })
      )
    }).pipe(Effect.provide(recorded([])))
  })

  it.effect("until the buffer closes is asked a last time, and an error says what it did not do", () => {
    const [storage, lines] = [new Storage(), [] as Array<string>]
    return Effect.gen(function* () {
      const outbox = storage.over(yield* Outbox.memory)
      const send = () => Effect.sync(() => void (storage.isDown = true))
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        yield* buffer.offerAll([event(1), event(2)])
        yield* pass(1)
        const before = storage.asked.length
        yield* buffer.close()
        assert.isAbove(storage.asked.length, before)
        assert.include(
          lines,
          "ERROR OpenMeter: the outbox failed to remove 2 events before the buffer closed: they are still in it"
        )
      }).pipe(between({ outbox, send }, { linger: 10 }))
    }).pipe(Effect.provide(recorded(lines)))
  })

  it.effect("to store an event takes none of the buffer's room for it, however it fails", () => {
    let fails: Effect.Effect<never, never> | undefined
    return Effect.gen(function* () {
      const memory = yield* Outbox.memory
      const outbox = { ...memory, put: (events: ReadonlyArray<OutboxEvent>) => fails ?? memory.put(events) }
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        for (const failure of [Effect.die("a defect of the driver"), Effect.interrupt]) {
          fails = failure
          assert.strictEqual((yield* Effect.exit(buffer.offer(event(1))))._tag, "Failure")
          assert.strictEqual((yield* Effect.exit(buffer.offerAll([event(2)])))._tag, "Failure")
        }
        fails = undefined
        yield* buffer.offer(event(3))
        assert.deepInclude(yield* buffer.stats, { offered: 1, pending: 1 })
      }).pipe(between({ outbox, send: () => Effect.void }, { maxCount: 1, overflow: "fail" }))
    })
  })
})

describe("events that others have put into a shared outbox", () => {
  it.effect("are not dropped for those of a buffer that is full", () => {
    const letters: Array<DeadLetter> = []
    return Effect.gen(function* () {
      const outbox = yield* Outbox.memory
      yield* outbox.put(Array.from({ length: 100 }, (_, i) => outboxEvent(`other-${i}`)))
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const first = yield* buffer.offer(event(1))
        const second = yield* buffer.offer(event(2))
        assert.deepStrictEqual(second.outcome, { _tag: "Dropped", policy: "dropOldest" })
        assert.isUndefined(first.outcome)
        assert.deepStrictEqual(letters, [])
        assert.deepInclude(yield* buffer.stats, { offered: 2, dropped: 1, pending: 1, recovered: 0 })
      }).pipe(
        between(
          { outbox, send: () => Effect.void },
          {
            maxCount: 1,
            overflow: "dropOldest",
            linger: "1 hour",
            deadLetter: (letter) => Effect.sync(() => letters.push(letter))
          }
        )
      )
    })
  })

  it.effect("are left where they are while a buffer drops the oldest of its own", () =>
    Effect.gen(function* () {
      const memory = yield* Outbox.memory
      const others = yield* memory.put([outboxEvent("other")])
      // As in Postgres: what others have put is none of the instance's own.
      const outbox = {
        ...memory,
        claim: (limit: { readonly count: number; readonly bytes: number }, which?: "own") =>
          which === undefined
            ? memory.claim(limit)
            : Effect.gen(function* () {
                const all = yield* memory.claim({ count: 100, bytes: Infinity })
                const [own, ...rest] = all.filter(({ sequence }) => !others.includes(sequence))
                yield* memory.release(all.filter((entry) => entry !== own))
                return own === undefined ? rest : [own]
              })
      }
      yield* Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const first = yield* buffer.offer(event(1))
        const second = yield* buffer.offer(event(2))
        assert.deepStrictEqual(first.outcome, { _tag: "Dropped", policy: "dropOldest" })
        assert.isUndefined(second.outcome)
        yield* buffer.flush.pipe(Effect.forkChild, Effect.andThen(TestClock.adjust("1 second")))
        yield* now
        assert.deepInclude(yield* buffer.stats, { offered: 3, recovered: 1, delivered: 2, dropped: 1 })
      }).pipe(between({ outbox, send: () => Effect.void }, { maxCount: 1, overflow: "dropOldest", linger: "1 hour" }))
    })
  )
})
