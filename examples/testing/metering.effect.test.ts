import { CustomerEntitlements, Events, Meters, TransportError } from "@openmeter/sdk/effect"
import { Emulator, Faults, OpenMeterTest } from "@openmeter/sdk/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { mayGenerate, reconcile, recordCompletion } from "./metering.effect.ts"
import type { Completion } from "./metering.ts"
import { seed } from "./seed.ts"

const completion = (id: string, tokens: number, model = "large"): Completion => ({
  id,
  customer: "acme",
  model,
  tokens
})

describe("unit tests: one service is mocked", () => {
  it.effect("records a completion under its own id", () => {
    const sent: Array<unknown> = []
    const ingest = (event: unknown) =>
      Effect.sync(() => {
        sent.push(event)
        return []
      })
    return recordCompletion(completion("a", 60)).pipe(
      Effect.map(() =>
        assert.deepStrictEqual(sent, [
          {
            id: "a",
            source: "text-generator",
            type: "completion",
            subject: "acme",
            data: { model: "large", tokens: 60 }
          }
        ])
      ),
      Effect.provide(Layer.mock(Events, { ingest }))
    )
  })

  it.effect("turns away a customer who has no access", () =>
    mayGenerate("acme").pipe(
      Effect.map((may) => assert.isFalse(may)),
      Effect.provide(
        Layer.mock(CustomerEntitlements, {
          value: (customer, feature) => {
            assert.deepStrictEqual([customer, feature], ["acme", "ai_tokens"])
            return Effect.succeed({ hasAccess: false })
          }
        })
      )
    )
  )

  it.effect("turns nobody away while metering cannot be reached", () => {
    const unreachable = new TransportError({
      message: "connection refused",
      operation: "getCustomerEntitlementValueV2",
      method: "GET",
      url: "/"
    })
    return mayGenerate("acme").pipe(
      Effect.map((may) => assert.isTrue(may)),
      Effect.provide(Layer.mock(CustomerEntitlements, { value: () => Effect.fail(unreachable) }))
    )
  })
})

/** Every service over an emulator, a new one for each test. */
const Seeded = OpenMeterTest.layerSeeded(seed)

const balance = Effect.flatMap(CustomerEntitlements, (entitlements) => entitlements.value("acme", "ai_tokens")).pipe(
  Effect.map((value) => value.balance)
)

/** A balance counts the usage before the current minute. */
const nextMinute = TestClock.adjust("1 minute")

describe("integration tests: an emulator answers", () => {
  it.effect("counts tokens by model", () =>
    Effect.gen(function* () {
      yield* recordCompletion(completion("a", 60))
      yield* recordCompletion(completion("b", 7, "small"))
      const meters = yield* Meters
      const { data } = yield* meters.query("tokens_total", { groupBy: ["model"] })
      assert.deepStrictEqual(Object.fromEntries(data.map(({ groupBy, value }) => [groupBy["model"], value])), {
        large: 60,
        small: 7
      })
    }).pipe(Effect.provide(Seeded))
  )

  it.effect("turns away a customer whose tokens are used up, until the next month", () =>
    Effect.gen(function* () {
      yield* recordCompletion(completion("a", 100))
      yield* nextMinute
      assert.isFalse(yield* mayGenerate("acme"))

      yield* TestClock.adjust("45 days")
      assert.isTrue(yield* mayGenerate("acme"))
      yield* recordCompletion(completion("b", 60))
      yield* nextMinute
      assert.strictEqual(yield* balance, 40)

      yield* TestClock.adjust("45 days")
      assert.strictEqual(yield* balance, 100)
    }).pipe(Effect.provide(Seeded))
  )

  it.effect("records a completion as soon as a busy server accepts it", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.once("ingestEvents", Faults.status(503, { "retry-after": "30" })))
      const recording = yield* Effect.forkChild(recordCompletion(completion("a", 60)))
      yield* TestClock.adjust("29 seconds")
      assert.deepStrictEqual(yield* emulator.events, [])
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(recording)
      assert.deepStrictEqual(
        (yield* emulator.requests).map(({ operation, status }) => [operation, status]),
        [
          ["ingestEvents", 503],
          ["ingestEvents", 204]
        ]
      )
      assert.deepStrictEqual(
        (yield* emulator.events).map(({ data, id, subject }) => ({ data, id, subject })),
        [{ data: { model: "large", tokens: 60 }, id: "a", subject: "acme" }]
      )
    }).pipe(Effect.provide(Seeded))
  )

  it.effect("records lost completions again", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      const completions = ["a", "b", "c"].map((id) => completion(id, 60))
      yield* emulator.inject(Faults.make({ operation: "ingestEvents", skip: 1, times: 1 }, Faults.loseEvents))
      yield* Effect.forEach(completions, recordCompletion)
      assert.deepStrictEqual(yield* reconcile(completions), [completions[1]])
      assert.deepStrictEqual(yield* reconcile(completions), [])
      assert.sameMembers(
        (yield* emulator.events).map(({ id }) => id),
        ["a", "b", "c"]
      )
    }).pipe(Effect.provide(Seeded))
  )

  it.effect("keeps nobody waiting for a slow server", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* emulator.inject(Faults.always("*", Faults.latency("1 minute")))
      const asking = yield* Effect.forkChild(mayGenerate("acme"))
      yield* TestClock.adjust("500 millis")
      assert.isTrue(yield* Fiber.join(asking))
    }).pipe(Effect.provide(Seeded))
  )

  it.effect("tries several continuations of one state", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      yield* recordCompletion(completion("a", 60))
      yield* nextMinute
      const used = yield* emulator.snapshot
      for (const [tokens, left] of [
        [10, 30],
        [40, 0],
        [50, 0]
      ] as const) {
        yield* emulator.restore(used)
        yield* recordCompletion(completion("b", tokens))
        yield* nextMinute
        assert.strictEqual(yield* balance, left)
        assert.strictEqual(yield* mayGenerate("acme"), left > 0)
      }
    }).pipe(Effect.provide(Seeded))
  )
})
