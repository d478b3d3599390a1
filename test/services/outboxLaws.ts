/**
 * The laws that every outbox keeps, whatever it stores its entries in.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { OutboxEntry, OutboxEvent, OutboxService } from "../../src/services/Outbox.ts"

/** A storage of its own, in which outboxes can be opened one after the other. */
export interface Storage<E> {
  readonly open: Effect.Effect<OutboxService, E, Scope.Scope>
}

const everything = { count: 1000, bytes: Infinity }

/** An event of which nothing matters but that it is told apart. */
export const outboxEvent = (id: string, event: Partial<OutboxEvent> = {}): OutboxEvent => {
  const json = event.json ?? JSON.stringify({ id, source: "laws" })
  return {
    id,
    source: "laws",
    json,
    bytes: new TextEncoder().encode(json).length,
    key: undefined,
    offeredAt: 1_750_000_000_000,
    ...event
  }
}

const idsOf = (entries: ReadonlyArray<OutboxEntry>) => entries.map(({ id }) => id)

const ascends = (numbers: ReadonlyArray<number>) => numbers.every((n, i) => i === 0 || n > numbers[i - 1]!)

const int = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** What a program and its senders do to an outbox, in any order. */
const Step = Schema.Union([
  Schema.Struct({ do: Schema.Literal("put"), keys: Schema.Array(Schema.Literals(["a", "b", "c", ""])) }),
  Schema.Struct({ do: Schema.Literal("claim"), count: int(1, 5) }),
  /** `which` is the claim, `from` the first of its entries that is released; those before it are removed. */
  Schema.Struct({ do: Schema.Literal("end"), which: int(0, 5), from: int(0, 5) })
])

/**
 * Tests an outbox.
 *
 * @param make - makes a storage of its own for each test
 */
export const outboxLaws = <E>(name: string, make: Effect.Effect<Storage<E>, E, Scope.Scope>) => {
  const open = Effect.flatMap(make, (storage) => storage.open)
  const law = (what: string, test: (outbox: OutboxService) => Effect.Effect<void, unknown>) =>
    it.effect(what, () => Effect.flatMap(open, test))

  describe(`${name} keeps the laws of an outbox:`, () => {
    law("gives entries back as they were put, in order, with ascending sequences", (outbox) =>
      Effect.gen(function* () {
        const events = [
          outboxEvent("1", { key: "subject-1", offeredAt: 1 }),
          outboxEvent("2", { source: "urn:ünï/✓", json: JSON.stringify({ text: '\u0000 "quoted" \u2028 ✓ 😀 \n' }) }),
          outboxEvent("3", { json: JSON.stringify({ text: "x".repeat(2_000_000) }) })
        ]
        const first = yield* outbox.put(events.slice(0, 1))
        const rest = yield* outbox.put(events.slice(1))
        const sequences = [...first, ...rest]
        assert.isTrue(ascends(sequences))
        assert.deepStrictEqual(
          yield* outbox.claim(everything),
          events.map((event, i) => Object.assign({ sequence: sequences[i]! }, event))
        )
      })
    )

    law("takes nothing, removes nothing, and has nothing to claim", (outbox) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* outbox.put([]), [])
        yield* outbox.remove([])
        yield* outbox.release([])
        assert.deepStrictEqual(yield* outbox.claim(everything), [])
        assert.deepStrictEqual(yield* outbox.backlog, { count: 0, bytes: 0 })
      })
    )

    law("claims up to a count and up to a size, but one entry however large it is", (outbox) =>
      Effect.gen(function* () {
        const sized = (id: string, bytes: number) => outboxEvent(id, { json: "1".repeat(bytes) })
        yield* outbox.put([sized("1", 40), sized("2", 40), sized("3", 40), sized("4", 500), sized("5", 1)])
        assert.deepStrictEqual(idsOf(yield* outbox.claim({ count: 1, bytes: 1000 })), ["1"])
        assert.deepStrictEqual(idsOf(yield* outbox.claim({ count: 9, bytes: 80 })), ["2", "3"])
        assert.deepStrictEqual(idsOf(yield* outbox.claim({ count: 9, bytes: 80 })), ["4"])
        assert.deepStrictEqual(idsOf(yield* outbox.claim({ count: 9, bytes: 80 })), ["5"])
      })
    )

    law("claims an entry once, until it is released; then in its old place", (outbox) =>
      Effect.gen(function* () {
        yield* outbox.put(["1", "2", "3", "4"].map((id) => outboxEvent(id)))
        const claimed = yield* outbox.claim({ count: 3, bytes: Infinity })
        assert.deepStrictEqual(idsOf(yield* outbox.claim({ count: 1, bytes: Infinity })), ["4"])
        assert.deepStrictEqual(yield* outbox.claim(everything), [])
        yield* outbox.release([claimed[2]!, claimed[0]!])
        yield* outbox.put([outboxEvent("5")])
        assert.deepStrictEqual(idsOf(yield* outbox.claim(everything)), ["1", "3", "5"])
      })
    )

    law("does not give a removed entry again", (outbox) =>
      Effect.gen(function* () {
        yield* outbox.put(["1", "2", "3"].map((id) => outboxEvent(id)))
        const claimed = yield* outbox.claim(everything)
        yield* outbox.remove(claimed.slice(0, 2))
        yield* outbox.release(claimed.slice(2))
        assert.deepStrictEqual(idsOf(yield* outbox.claim(everything)), ["3"])
      })
    )

    law("keeps two events of one id apart", (outbox) =>
      Effect.gen(function* () {
        yield* outbox.put([outboxEvent("1", { json: "1" }), outboxEvent("1", { json: "2" })])
        const claimed = yield* outbox.claim(everything)
        yield* outbox.remove(claimed.slice(0, 1))
        yield* outbox.release(claimed.slice(1))
        assert.deepStrictEqual(
          (yield* outbox.claim(everything)).map(({ json }) => json),
          ["2"]
        )
      })
    )

    law("leaves an entry out while another claim holds one of the same key", (outbox) =>
      Effect.gen(function* () {
        const keyed = ["a1", "b1", "a2", "a3", "c1", "b2"].map((id) => outboxEvent(id, { key: id.slice(0, 1) }))
        yield* outbox.put(keyed)
        const first = yield* outbox.claim({ count: 1, bytes: Infinity })
        const second = yield* outbox.claim(everything)
        assert.deepStrictEqual(idsOf(first), ["a1"])
        assert.deepStrictEqual(idsOf(second), ["b1", "c1", "b2"])
        assert.deepStrictEqual(yield* outbox.claim(everything), [])
        yield* outbox.put([outboxEvent("a4", { key: "a" }), outboxEvent("d1", { key: "d" })])
        assert.deepStrictEqual(idsOf(yield* outbox.claim(everything)), ["d1"])
        yield* outbox.release(first)
        assert.deepStrictEqual(idsOf(yield* outbox.claim({ count: 2, bytes: Infinity })), ["a1", "a2"])
        yield* outbox.remove(second)
        assert.deepStrictEqual(yield* outbox.claim(everything), [])
      })
    )

    it.effect.prop(
      "loses nothing, gives nothing twice and keeps the order of each key, whatever is done to it",
      [Schema.Array(Step)],
      ([steps]) =>
        Effect.gen(function* () {
          const outbox = yield* open
          const claims: Array<Array<OutboxEntry>> = []
          const held = () => claims.flat()
          const removed: Array<OutboxEntry> = []
          let count = 0

          const claim = (limit: number) =>
            Effect.gen(function* () {
              const others = new Set(held().map(({ key }) => key))
              const claimed = yield* outbox.claim({ count: limit, bytes: Infinity })
              assert.isAtMost(claimed.length, limit)
              assert.isTrue(ascends(claimed.map(({ sequence }) => sequence)))
              for (const { key } of claimed) assert.isTrue(key === undefined || !others.has(key))
              claims.push([...claimed])
              const known = [...held(), ...removed].map(({ sequence }) => sequence)
              assert.strictEqual(new Set(known).size, known.length)
              return claimed.length
            })

          const end = (which: number, from: number) =>
            Effect.gen(function* () {
              const [claimed = []] = claims.splice(which, 1)
              yield* outbox.remove(claimed.slice(0, from))
              yield* outbox.release(claimed.slice(from))
              removed.push(...claimed.slice(0, from))
            })

          for (const step of steps) {
            if (step.do === "put") {
              yield* outbox.put(
                step.keys.map((key) => outboxEvent(String(count++), { key: key === "" ? undefined : key }))
              )
            } else if (step.do === "claim") yield* claim(step.count)
            else yield* end(step.which, step.from)
          }
          while (claims.length > 0) yield* end(0, 0)
          while ((yield* claim(7)) > 0) yield* end(0, Infinity)

          assert.deepStrictEqual(
            idsOf(removed).toSorted((a, b) => Number(a) - Number(b)),
            Array.from({ length: count }, (_, id) => String(id))
          )
          for (const key of ["a", "b", "c"]) {
            assert.isTrue(ascends(removed.filter((entry) => entry.key === key).map(({ sequence }) => sequence)))
          }
        }).pipe(Effect.scoped)
    )
  })
}

/**
 * Tests what an outbox besides keeps when it is durable.
 *
 * @param make - makes a storage of its own for each test
 */
export const durableOutboxLaws = <E>(name: string, make: Effect.Effect<Storage<E>, E, Scope.Scope>) => {
  /** Two lives of a process on one storage. */
  const law = (
    what: string,
    first: (outbox: OutboxService) => Effect.Effect<void, unknown>,
    second: (outbox: OutboxService) => Effect.Effect<void, unknown>
  ) =>
    it.effect(what, () =>
      Effect.gen(function* () {
        const { open } = yield* make
        const scope = yield* Scope.make()
        yield* first(yield* Scope.provide(open, scope))
        yield* Scope.close(scope, Exit.void)
        yield* second(yield* open)
      })
    )

  describe(`${name} keeps the laws of a durable outbox:`, () => {
    law(
      "gives the next process what was not removed, claimed or not, as it was put and in order",
      (outbox) =>
        Effect.gen(function* () {
          assert.isTrue(outbox.isDurable)
          yield* outbox.put(["1", "2", "3", "4"].map((id) => outboxEvent(id, { key: "k", offeredAt: Number(id) })))
          const claimed = yield* outbox.claim({ count: 3, bytes: Infinity })
          yield* outbox.remove(claimed.slice(1, 2))
          yield* outbox.release(claimed.slice(2))
        }),
      (outbox) =>
        Effect.gen(function* () {
          const claimed = yield* outbox.claim(everything)
          assert.deepStrictEqual(
            claimed,
            ["1", "3", "4"].map((id, i) =>
              Object.assign(
                { sequence: claimed[i]?.sequence ?? -1 },
                outboxEvent(id, { key: "k", offeredAt: Number(id) })
              )
            )
          )
          yield* outbox.remove(claimed)
          assert.deepStrictEqual(yield* outbox.claim(everything), [])
        })
    )

    law(
      "goes on with sequences above those of the process before",
      (outbox) =>
        Effect.gen(function* () {
          yield* outbox.put(["1", "2"].map((id) => outboxEvent(id)))
        }),
      (outbox) =>
        Effect.gen(function* () {
          yield* outbox.put([outboxEvent("3")])
          assert.deepStrictEqual(idsOf(yield* outbox.claim(everything)), ["1", "2", "3"])
        })
    )
  })
}
