import { EventBuffer, Events, Ingest, OpenMeter, Transport } from "@openmeter/sdk/effect"
import { Effect, Layer, Stream } from "effect"
import { equal } from "./expect.ts"
import type { Part } from "./Suite.ts"

const type = "buffer"
const event = (id: number) => ({ id: `${type}-${id}`, type, subject: "customer-1" })

const offer = Effect.gen(function* () {
  const buffer = yield* EventBuffer
  const receipts = yield* Effect.forEach([1, 2, 3], (id) => buffer.offer(event(id)))
  const outcomes = yield* Effect.forEach(receipts, ({ delivered }) => delivered)
  // Delivered when the buffer closes.
  yield* buffer.offer(event(4))
  return outcomes.map(({ _tag }) => _tag)
})

const listed = Effect.gen(function* () {
  const events = yield* Events
  const ids = yield* events.items({ filter: { type: { $eq: type } } }).pipe(
    Stream.map(({ event }) => event.id),
    Stream.runCollect
  )
  return ids.sort()
})

/** A buffer of events: through a server that refuses the first batch, and to the last event when it closes. */
export const buffer: Part = async ({ baseUrl }) => {
  const layer = EventBuffer.layerMemory({ linger: "20 millis", baseDelay: "20 millis" }).pipe(
    Layer.provide(Ingest.layer),
    Layer.provide(Transport.layer({ baseUrl, retry: false, headers: { "x-fault": "unavailable buffer" } }))
  )
  equal("outcomes", await Effect.runPromise(Effect.provide(offer, layer)), ["Delivered", "Delivered", "Delivered"])
  const ids = await Effect.runPromise(Effect.provide(listed, OpenMeter.layer({ baseUrl })))
  equal("events", ids, ["buffer-1", "buffer-2", "buffer-3", "buffer-4"])
}
