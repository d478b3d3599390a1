import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { Emulator } from "../../src/emulator/Emulator.ts"
import * as Faults from "../../src/emulator/Faults.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { EventBuffer } from "../../src/services/EventBuffer.ts"
import { Events } from "../../src/services/Events.ts"
import { Ingest } from "../../src/services/Ingest.ts"
import { reconcile } from "../../src/services/reconcile.ts"
import { event, inject, offerAll, pass } from "../support/buffer.ts"

const Live = Layer.mergeAll(Events.layer, EventBuffer.layerMemory().pipe(Layer.provideMerge(Ingest.layer))).pipe(
  Layer.provide(Transport.layerWithoutHttpClient({ baseUrl: "http://emulator" })),
  Layer.provide(Emulator.layerHttpClient),
  Layer.provideMerge(Emulator.layer)
)

const queries = Effect.flatMap(Emulator, (emulator) =>
  Effect.map(emulator.requests, (requests) => requests.filter(({ operation }) => operation === "listEventsV2").length)
)

const identities = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `id-${i}`, source: "test" }))

describe("reconcile", () => {
  it.effect("tells what the server has of events that a buffer sent and nobody answered for", () =>
    Effect.gen(function* () {
      const buffer = yield* EventBuffer
      yield* inject(Faults.always("ingestEvents", Faults.loseAnswer))
      const receipts = yield* offerAll([event("a"), event("b")])
      yield* pass(1)
      const never = yield* Effect.forkChild(buffer.close({ timeout: "1 second" }))
      yield* pass(2)
      yield* Fiber.join(never)
      const all = [...receipts, { id: "c", source: "test" }, { id: "a", source: "elsewhere" }]
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome?._tag),
        ["Unknown", "Unknown"]
      )
      const found = yield* Effect.forkChild(reconcile(all))
      yield* pass(6)
      assert.deepStrictEqual(yield* Fiber.join(found), { stored: receipts, missing: all.slice(2) })
    }).pipe(Effect.provide(Live))
  )

  it.effect("asks in parts, and once only when everything is there", () =>
    Effect.gen(function* () {
      const events = identities(250)
      const { ingest } = yield* Events
      yield* ingest(events.map(({ id, source }) => ({ id, source, type: "prompt", subject: "customer-1" })))
      const before = yield* queries
      assert.deepStrictEqual(yield* reconcile(events), { stored: events, missing: [] })
      // A full page may be followed by an empty one.
      assert.strictEqual((yield* queries) - before, 5)
    }).pipe(Effect.provide(Live))
  )

  it.effect("looks again for what is not there yet, for as long as it is asked to", () =>
    Effect.gen(function* () {
      const { ingest } = yield* Events
      const events = identities(2)
      const found = yield* Effect.forkChild(reconcile(events, { within: "10 seconds" }))
      yield* pass(3)
      assert.isUndefined(found.pollUnsafe())
      yield* ingest(events.map(({ id, source }) => ({ id, source, type: "prompt", subject: "customer-1" })))
      yield* pass(1)
      assert.deepStrictEqual(yield* Fiber.join(found), { stored: events, missing: [] })
    }).pipe(Effect.provide(Live))
  )

  it.effect("asks for nothing when there is nothing to ask for", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* reconcile([]), { stored: [], missing: [] })
      assert.strictEqual(yield* queries, 0)
    }).pipe(Effect.provide(Live))
  )
})
