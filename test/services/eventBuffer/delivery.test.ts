import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as Faults from "../../../src/emulator/Faults.ts"
import { EventBuffer } from "../../../src/services/EventBuffer.ts"
import type { DeadLetter } from "../../../src/services/eventBuffer/Outcome.ts"
import {
  batches,
  event,
  events,
  inject,
  offerAll,
  pass,
  poison500,
  refuse,
  requestCount,
  stored,
  withBuffer
} from "../../support/buffer.ts"

const range = (count: number): ReadonlyArray<string> => Array.from({ length: count }, (_, i) => String(i))

/** One event in a hundred. */
const isPoison = ({ id }: { readonly id: string }) => Number(id) % 100 === 37

const good = (count: number) => range(count).filter((id) => !isPoison({ id }))
const bad = (count: number) => range(count).filter((id) => isPoison({ id }))

/** How often each id is in a list. */
const counted = (ids: ReadonlyArray<string>) => {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

const byNumber = (ids: ReadonlyArray<string>) => ids.toSorted((a, b) => Number(a) - Number(b))

describe("a batch that the server refuses", () => {
  it.effect("with 400 for one event in each hundred is split: they are rejected, the others delivered once", () => {
    const letters: Array<DeadLetter> = []
    return Effect.gen(function* () {
      yield* inject(refuse(400, (events) => events.some(isPoison)))
      const receipts = yield* offerAll(events(0, 1000))
      yield* pass(1)
      assert.deepStrictEqual(byNumber(yield* stored), good(1000))
      for (const { status, ids } of yield* batches)
        if (status === 204) assert.isFalse(ids.some((id) => isPoison({ id })))
      const sent = counted((yield* batches).filter(({ status }) => status === 204).flatMap(({ ids }) => ids))
      assert.deepStrictEqual([...new Set(sent.values())], [1])
      for (const { id, outcome } of receipts) {
        assert.strictEqual(outcome?._tag, isPoison({ id }) ? "Rejected" : "Delivered")
        if (outcome?._tag === "Rejected") assert.strictEqual(outcome.reason._tag, "BadRequestError")
      }
      assert.deepStrictEqual(byNumber(letters.map(({ event }) => event.id)), bad(1000))
      assert.deepInclude(yield* Effect.flatMap(EventBuffer, ({ stats }) => stats), { delivered: 990, rejected: 10 })
    }).pipe(withBuffer({ deadLetter: (letter) => Effect.sync(() => letters.push(letter)) }))
  })

  it.effect("with 413 for its count is split, and the next ones are no larger than what was taken", () =>
    Effect.gen(function* () {
      yield* inject(refuse(413, (events) => events.length > 10))
      yield* offerAll(events(0, 1000))
      yield* pass(5)
      assert.deepStrictEqual(byNumber(yield* stored), range(1000))
      const all = yield* batches
      const taken = all.filter(({ status }) => status === 204)
      assert.deepStrictEqual([...new Set(counted(taken.flatMap(({ ids }) => ids)).values())], [1])
      yield* offerAll(events(1000, 1100))
      yield* pass(1)
      const after = (yield* batches).slice(all.length)
      assert.isTrue(after.every(({ status }) => status === 204))
    }).pipe(withBuffer())
  )

  it.effect("with 413 for one event that is too large loses that event alone, and stays as large as before", () =>
    Effect.gen(function* () {
      yield* inject(refuse(413, (_, body) => body.length > 100_000))
      const receipts = yield* offerAll([...events(0, 50), event(50, 200_000), ...events(51, 100)])
      yield* pass(1)
      assert.deepStrictEqual(
        receipts.filter(({ outcome }) => outcome?._tag !== "Delivered").map(({ id }) => id),
        ["50"]
      )
      yield* offerAll(events(100, 200))
      yield* pass(1)
      assert.strictEqual((yield* batches).at(-1)?.ids.length, 100)
    }).pipe(withBuffer())
  )

  it.effect("with 500 for an event, again and again, is split: it is rejected, the others are stored once", () => {
    const letters: Array<DeadLetter> = []
    return Effect.gen(function* () {
      yield* inject(poison500(isPoison))
      const receipts = yield* offerAll(events(0, 400))
      yield* pass(120, 0.5)
      assert.deepStrictEqual(
        receipts.filter(({ outcome }) => outcome?._tag === "Rejected").map(({ id }) => id),
        bad(400)
      )
      assert.deepStrictEqual(
        receipts.filter(({ outcome }) => outcome?._tag === "Delivered").map(({ id }) => id),
        good(400)
      )
      assert.deepStrictEqual(byNumber(yield* stored), good(400))
      assert.deepStrictEqual(byNumber(letters.map(({ event }) => event.id)), bad(400))
    }).pipe(withBuffer({ deadLetter: (letter) => Effect.sync(() => letters.push(letter)) }))
  })

  it.effect("with 500 for one event alone rejects it as soon as another is delivered, and not before", () =>
    Effect.gen(function* () {
      yield* inject(poison500(({ id }) => id === "0"))
      const [poison] = yield* offerAll(events(0, 1))
      yield* pass(60, 0.5)
      assert.strictEqual(poison?.outcome?._tag, undefined)
      const [other] = yield* offerAll(events(1, 2))
      yield* pass(90, 0.5)
      assert.strictEqual(other?.outcome?._tag, "Delivered")
      assert.strictEqual(poison?.outcome?._tag, "Rejected")
    }).pipe(withBuffer())
  )

  it.effect("with 400 for one event and with 500 for another, the first, delivers those after them", () =>
    Effect.gen(function* () {
      yield* inject(
        refuse(400, (events) => events.some(({ id }) => id === "1")),
        poison500(({ id }) => id === "0")
      )
      const receipts = yield* offerAll(events(0, 5))
      yield* pass(60, 0.5)
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome?._tag),
        ["Rejected", "Rejected", "Delivered", "Delivered", "Delivered"]
      )
    }).pipe(withBuffer())
  )

  it.effect("with 400 for one event and with 500 for another keeps back what is to follow that one", () =>
    Effect.gen(function* () {
      yield* inject(
        refuse(400, (events) => events.some(({ id }) => id === "1")),
        poison500(({ id }) => id === "0")
      )
      const subjects = ["a", "b", "a", "b", "a"]
      yield* offerAll(Array.from(subjects, (subject, i) => ({ ...event(i), subject })))
      yield* pass(60, 0.5)
      assert.deepStrictEqual(yield* stored, ["3", "2", "4"])
    }).pipe(withBuffer({ orderBy: "subject" }))
  )

  it.effect("with 500 for an event that fills a batch alone holds up none of those behind it", () =>
    Effect.gen(function* () {
      yield* inject(poison500(({ id }) => Number(id) < 3))
      const receipts = yield* offerAll([...events(0, 3).map(({ id }) => event(id!, 600_000)), ...events(3, 6)])
      yield* pass(300, 0.5)
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome?._tag),
        ["Rejected", "Rejected", "Rejected", "Delivered", "Delivered", "Delivered"]
      )
    }).pipe(withBuffer())
  )

  it.effect("with 500 for an event that is larger than the server takes needs no other to tell", () =>
    Effect.gen(function* () {
      const [receipt] = yield* offerAll([event(0, 1_100_000)])
      yield* pass(300, 1)
      assert.strictEqual(receipt?.outcome?._tag, "Rejected")
      assert.isBelow(yield* requestCount, 20)
    }).pipe(withBuffer())
  )

  it.effect("with 500 for everything is kept whole, and no event of it is rejected", () =>
    Effect.gen(function* () {
      yield* inject(Faults.between(0, "5 minutes", Faults.status(500)))
      const receipts = yield* offerAll(events(0, 200))
      yield* pass(300, 1)
      assert.isTrue(receipts.every(({ outcome }) => outcome === undefined))
      const during = yield* requestCount
      assert.isBelow(during, 200)
      yield* pass(60, 1)
      assert.isTrue(receipts.every(({ outcome }) => outcome?._tag === "Delivered"))
      assert.deepStrictEqual(yield* stored, range(200))
    }).pipe(withBuffer())
  )

  it.effect("because an upload stalled is sent again as it is", () =>
    Effect.gen(function* () {
      const stalled = Faults.respond({
        status: 400,
        headers: { "content-type": "application/problem+json" },
        body: JSON.stringify({ title: "Bad Request", status: 400, detail: "read tcp: i/o timeout" })
      })
      yield* inject(Faults.times(6, "ingestEvents", stalled))
      const receipts = yield* offerAll(events(0, 3))
      yield* pass(30, 0.5)
      assert.isTrue(receipts.every(({ outcome }) => outcome?._tag === "Delivered"))
      assert.isTrue((yield* batches).every(({ ids }) => ids.length === 3))
    }).pipe(withBuffer())
  )
})

describe("a server that cannot take events", () => {
  const statuses = [401, 403, 404, 429, 502, 503, 504] as const

  it.effect.each(statuses)("and answers %s gets them when it can again, each once", (status) =>
    Effect.gen(function* () {
      yield* inject(Faults.between(0, "15 seconds", Faults.status(status)))
      const receipts = yield* offerAll(events(0, 2000))
      yield* pass(15, 0.5)
      assert.deepStrictEqual(yield* stored, [])
      yield* pass(60, 0.5)
      assert.deepStrictEqual(byNumber(yield* stored), range(2000))
      assert.isTrue(receipts.every(({ outcome }) => outcome?._tag === "Delivered"))
      const taken = (yield* batches).filter((batch) => batch.status === 204)
      assert.deepStrictEqual([...new Set(counted(taken.flatMap(({ ids }) => ids)).values())], [1])
    }).pipe(withBuffer())
  )

  it.effect("is left alone for longer and longer, and asked with one batch at a time", () =>
    Effect.gen(function* () {
      yield* inject(Faults.between(0, "10 minutes", Faults.status(503)))
      yield* offerAll(events(0, 2000))
      yield* pass(60, 0.5)
      const first = yield* requestCount
      yield* pass(240, 1)
      const later = (yield* requestCount) - first
      // Half of `maxDelay` on average, and the attempts of one call.
      assert.isBelow(later, 4 * (240 / 8))
      yield* pass(400, 1)
      assert.deepStrictEqual(byNumber(yield* stored), range(2000))
    }).pipe(withBuffer())
  )

  it.effect("and asks to be left alone is", () =>
    Effect.gen(function* () {
      yield* inject(Faults.once("ingestEvents", Faults.status(429, { "retry-after": "300" })))
      yield* offerAll(events(0, 1))
      yield* pass(299, 1)
      assert.strictEqual(yield* requestCount, 1)
      yield* pass(3)
      assert.deepStrictEqual(yield* stored, ["0"])
    }).pipe(withBuffer())
  )

  it.effect("after it has stored a batch gets it again, and stores each event once", () =>
    Effect.gen(function* () {
      yield* inject(Faults.times(6, "ingestEvents", Faults.loseAnswer))
      const receipts = yield* offerAll(events(0, 100))
      yield* pass(60, 0.5)
      assert.isTrue(receipts.every(({ outcome }) => outcome?._tag === "Delivered"))
      assert.deepStrictEqual(yield* stored, range(100))
    }).pipe(withBuffer())
  )

  it.effect("and refuses them for longer than a program wants to wait has not got those that are dropped then", () => {
    const letters: Array<DeadLetter> = []
    return Effect.gen(function* () {
      yield* inject(Faults.between(0, "3 minutes", Faults.status(401)))
      const receipts = yield* offerAll(events(0, 2))
      yield* pass(170, 1)
      const late = yield* offerAll(events(2, 4))
      yield* pass(60, 1)
      const dropped = { _tag: "Dropped", policy: "deliveryTimeout" } as const
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome),
        [dropped, dropped]
      )
      assert.deepStrictEqual(
        letters.map(({ event, offeredAt, outcome }) => [event.id, outcome, offeredAt.getTime()]),
        ["0", "1"].map((id) => [id, dropped, 0])
      )
      assert.deepStrictEqual(
        late.map(({ outcome }) => outcome?._tag),
        ["Delivered", "Delivered"]
      )
      assert.deepStrictEqual(yield* stored, ["2", "3"])
    }).pipe(
      withBuffer({ deliveryTimeout: "1 minute", deadLetter: (letter) => Effect.sync(() => letters.push(letter)) })
    )
  })

  it.effect("and never answers leaves an event unknown that is given up for its age", () =>
    Effect.gen(function* () {
      yield* inject(Faults.always("ingestEvents", Faults.loseAnswer))
      const receipts = yield* offerAll(events(0, 2))
      yield* pass(180, 1)
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome?._tag),
        ["Unknown", "Unknown"]
      )
    }).pipe(withBuffer({ deliveryTimeout: "1 minute" }))
  )

  it.effect("and loses one answer leaves an event unknown, whatever it refuses afterwards", () =>
    Effect.gen(function* () {
      yield* inject(
        Faults.once("ingestEvents", Faults.loseAnswer),
        Faults.make({ operation: "ingestEvents", skip: 1 }, Faults.status(401))
      )
      const [receipt] = yield* offerAll(events(0, 1))
      yield* pass(180, 1)
      assert.deepStrictEqual(yield* stored, ["0"])
      assert.strictEqual(receipt?.outcome?._tag, "Unknown")
    }).pipe(withBuffer({ deliveryTimeout: "1 minute" }))
  )
})

describe("events that belong together", () => {
  it.effect("are sent in order, whatever goes wrong, while others overtake them", () =>
    Effect.gen(function* () {
      const subjects = ["a", "b", "c"]
      const all = Array.from({ length: 300 }, (_, i) => ({ ...event(i), subject: subjects[i % 3]! }))
      yield* inject(
        Faults.random(0.2, Faults.status(503), { seed: 1 }),
        Faults.random(0.2, Faults.loseAnswer, { seed: 2 }),
        Faults.random(0.5, Faults.latency("2 seconds"), { seed: 3 }),
        refuse(400, (events) => events.some(isPoison))
      )
      yield* offerAll(all)
      yield* pass(900, 1)
      const arrived = yield* stored
      for (const subject of subjects) {
        const expected = all.filter((event) => event.subject === subject && !isPoison({ id: event.id! }))
        const ids = new Set(expected.map(({ id }) => id))
        assert.deepStrictEqual(
          arrived.filter((id) => ids.has(id)),
          expected.map(({ id }) => id)
        )
      }
    }).pipe(withBuffer({ orderBy: "subject", maxBatchCount: 20, concurrency: 4 }))
  )

  it.effect("hold none up that do not", () =>
    Effect.gen(function* () {
      yield* inject(
        Faults.always(
          "ingestEvents",
          (next) => (attempt) =>
            attempt.request.body.includes('"slow"') ? Effect.delay(next(attempt), "10 seconds") : next(attempt)
        )
      )
      const own = (id: number, subject: string) => ({ ...event(id), subject })
      yield* offerAll([own(0, "slow"), own(1, "slow"), own(2, "quick"), own(3, "slow"), own(4, "quick")])
      yield* pass(5)
      assert.deepStrictEqual(yield* stored, ["2", "4"])
      yield* TestClock.adjust("10 seconds")
      yield* pass(60, 1)
      assert.deepStrictEqual(yield* stored, ["2", "4", "0", "1", "3"])
    }).pipe(withBuffer({ orderBy: ({ subject }) => subject, maxBatchCount: 1 }))
  )
})
