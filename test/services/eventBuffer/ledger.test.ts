import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../../src/emulator/Emulator.ts"
import * as Faults from "../../../src/emulator/Faults.ts"
import { EventBuffer } from "../../../src/services/EventBuffer.ts"
import type { DeadLetter } from "../../../src/services/eventBuffer/Outcome.ts"
import type { Stats } from "../../../src/services/eventBuffer/Ledger.ts"
import type { Receipt } from "../../../src/services/eventBuffer/Receipt.ts"
import { event, inject, pass, poison500, refuse, stored, withBuffer } from "../../support/buffer.ts"

const int = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const misfortunes = {
  "503": Faults.status(503),
  "500": Faults.status(500),
  "429": Faults.status(429, { "retry-after": "20" }),
  "401": Faults.status(401),
  "200": Faults.status(200),
  reset: Faults.reset,
  "lost answer": Faults.loseAnswer,
  hang: Faults.hang,
  slow: Faults.latency("3 seconds")
}

/** What happens while a program meters, in any order. */
const Step = Schema.Union([
  Schema.Struct({ do: Schema.Literal("offer"), count: int(1, 12), size: Schema.Literals([0, 300, 5000]) }),
  Schema.Struct({ do: Schema.Literal("wait"), seconds: int(1, 90) }),
  Schema.Struct({
    do: Schema.Literal("suffer"),
    what: Schema.Literals(Object.keys(misfortunes) as Array<keyof typeof misfortunes>),
    tenths: int(1, 10),
    seed: int(0, 1000)
  }),
  Schema.Struct({ do: Schema.Literal("recover") }),
  Schema.Struct({ do: Schema.Literal("flush") })
])

const Options = Schema.Struct({
  overflow: Schema.Literals(["backpressure", "fail", "dropNewest", "dropOldest"]),
  maxCount: int(1, 40),
  maxBytes: int(2_000, 20_000),
  maxBatchCount: int(1, 15),
  maxBatchBytes: int(200, 6_000),
  concurrency: int(1, 4),
  orderBy: Schema.Literals(["subject", "nothing"]),
  deliveryTimeout: Schema.Literals([0, 60, 600])
})

const adds = ({ delivered, dropped, offered, pending, rejected, unknown }: Stats) =>
  assert.strictEqual(offered, delivered + rejected + dropped + unknown + pending)

/** The same account by the metrics, of all buffers so far. */
const metered = Effect.map(Metric.snapshot, (series) => {
  const value = (id: string, outcome?: string) =>
    series
      .filter((metric) => metric.id === id && metric.attributes?.["outcome"] === outcome)
      .map(({ state }) => Number("count" in state ? state.count : "value" in state ? state.value : Number.NaN))
      .reduce((sum, count) => sum + count, 0)
  const settled = (outcome: string) => value("openmeter.buffer.settled", outcome)
  return {
    offered: value("openmeter.buffer.offered"),
    delivered: settled("delivered"),
    rejected: settled("rejected"),
    dropped: settled("dropped"),
    unknown: settled("unknown"),
    pending: value("openmeter.buffer.pending"),
    pendingBytes: value("openmeter.buffer.pending.bytes"),
    recovered: 0
  }
})

/** Events that the server refuses for what they are, one way or the other. */
const isRefused = ({ id }: { readonly id: string }) => Number(id) % 10 === 3
const isBreaking = ({ id }: { readonly id: string }) => Number(id) % 17 === 5

/** Whether an event is of the same subject as another one, and was offered before it. */
const isBefore = (id: string, other: string) => Number(id) < Number(other) && (Number(other) - Number(id)) % 3 === 0

describe("the ledger of a buffer", () => {
  it.effect.prop(
    "adds up at every moment, and agrees with the server, the receipts and the dead letters in the end",
    { steps: Schema.Array(Step), options: Options, poisoned: Schema.Boolean },
    ({ options, poisoned, steps }) => {
      const { deliveryTimeout, orderBy, ...rest } = options
      const letters: Array<DeadLetter> = []
      return Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const emulator = yield* Emulator
        const permanent = poisoned
          ? [refuse(400, (events) => events.some(isRefused)), poison500(isBreaking)]
          : [refuse(413, (events) => events.length > 6)]
        yield* inject(...permanent)
        const before = yield* metered
        const receipts: Array<Receipt> = []
        const refusals: Array<string> = []
        const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
        let count = 0

        const check = Effect.gen(function* () {
          adds(yield* buffer.stats)
          adds(yield* metered)
        })
        const offer = (size: number) => {
          const subject = `customer-${count % 3}`
          const offered = { ...event(count++, size), subject }
          return Effect.matchEffect(buffer.offer(offered), {
            onSuccess: (receipt) => Effect.sync(() => receipts.push(receipt)),
            onFailure: (error) => Effect.sync(() => refusals.push(error._tag))
          })
        }

        for (const step of steps) {
          if (step.do === "offer") {
            for (let i = 0; i < step.count; i++) fibers.push(yield* Effect.forkChild(offer(step.size)))
          } else if (step.do === "wait") {
            yield* TestClock.adjust(`${step.seconds} seconds`)
          } else if (step.do === "suffer") {
            const { seed, tenths, what } = step
            yield* inject(Faults.random(tenths / 10, misfortunes[what], { seed, operation: "ingestEvents" }))
          } else if (step.do === "recover") {
            yield* emulator.clearFaults
            yield* inject(...permanent)
          } else {
            fibers.push(yield* Effect.forkChild(buffer.flush))
          }
          yield* check
        }

        yield* emulator.clearFaults
        yield* inject(...permanent)
        // An event that breaks the server is found out by another that does not.
        count = 1000
        fibers.push(yield* Effect.forkChild(offer(0)))
        const flush = yield* Effect.forkChild(Effect.andThen(Effect.sleep("1 second"), buffer.flush))
        yield* pass(900, 3)
        yield* check
        const open = receipts.filter(({ outcome }) => outcome === undefined)
        if (open.length > 0) {
          // Where nothing was ever delivered, and nothing more fits in, nobody can tell such an event from an outage.
          const isHeldUp = ({ id }: Receipt) =>
            orderBy === "subject" && open.some((other) => isBreaking(other) && isBefore(other.id, id))
          assert.isTrue(poisoned && open.every((event) => isBreaking(event) || isHeldUp(event)))
          assert.strictEqual((yield* buffer.stats).delivered, 0)
          return
        }
        for (const fiber of [...fibers, flush]) assert.isTrue(Exit.isSuccess(fiber.pollUnsafe() ?? Exit.interrupt()))

        const stats = yield* buffer.stats
        const after = yield* metered
        assert.strictEqual(stats.pending, 0)
        assert.strictEqual(stats.pendingBytes, 0)
        assert.strictEqual(stats.offered, receipts.length)
        for (const key of ["offered", "delivered", "rejected", "dropped", "unknown"] as const) {
          assert.strictEqual(after[key] - before[key], stats[key], key)
        }
        const of = (tag: string) => receipts.filter(({ outcome }) => outcome?._tag === tag).map(({ id }) => id)
        assert.deepStrictEqual(
          [of("Delivered").length, of("Rejected").length, of("Dropped").length, of("Unknown").length],
          [stats.delivered, stats.rejected, stats.dropped, stats.unknown]
        )
        const mayRefuse = options.overflow === "fail" || options.maxBytes < 5_500
        assert.deepStrictEqual([...new Set(refusals)], mayRefuse && refusals.length > 0 ? ["BufferFullError"] : [])

        // The server: what is said to be delivered is there, once; what is said to be dropped or rejected is not.
        const held = yield* stored
        assert.strictEqual(new Set(held).size, held.length)
        for (const id of of("Delivered")) assert.include(held, id)
        for (const id of [...of("Rejected"), ...of("Dropped")]) assert.notInclude(held, id)
        const wrong = poisoned ? (id: string) => isRefused({ id }) || isBreaking({ id }) : () => false
        assert.deepStrictEqual(
          of("Rejected").filter((id) => !wrong(id)),
          []
        )
        // Every event that was taken and not delivered is a dead letter, once; one that was never taken is none.
        const told = letters.map(({ event }) => event.id)
        assert.strictEqual(new Set(told).size, told.length)
        const undelivered = receipts.filter(({ outcome }) => outcome?._tag !== "Delivered")
        assert.deepStrictEqual(
          told.filter((id) => !undelivered.some((receipt) => receipt.id === id)),
          []
        )
        for (const { id, outcome } of undelivered) {
          const mayBeRefused = outcome?._tag === "Dropped" && outcome.policy === options.overflow
          assert.isTrue(mayBeRefused || told.includes(id), `${id} is a dead letter`)
        }
      }).pipe(
        withBuffer({
          ...rest,
          orderBy: orderBy === "subject" ? "subject" : undefined,
          deliveryTimeout: deliveryTimeout === 0 ? undefined : deliveryTimeout * 1000,
          deadLetter: (letter) => Effect.sync(() => letters.push(letter))
        })
      )
    },
    { timeout: 120_000, arbitrary: { runs: 300 } }
  )
})
