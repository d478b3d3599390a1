import { EventBuffer, Ingest, Transport } from "@openmeter/sdk/effect"
import { FileOutbox } from "@openmeter/sdk/node"
import { Effect, Layer } from "effect"
import { equal } from "./expect.ts"
import type { Part } from "./Suite.ts"

const event = { id: "outbox-1", type: "outbox", subject: "customer-1" }

/** An outbox in a file: an event that one buffer takes, and the next one delivers. */
export const outbox: Part = async ({ baseUrl, refusedUrl }) => {
  const over = (baseUrl: string) =>
    EventBuffer.layer({ linger: 1, drainTimeout: 100 }).pipe(
      Layer.provide(FileOutbox.layer({ path: "suite.outbox" })),
      Layer.provide(Ingest.layer),
      Layer.provide(Transport.layer({ baseUrl, retry: false }))
    )
  const offer = Effect.flatMap(EventBuffer, (buffer) => buffer.offer(event))
  await Effect.runPromise(Effect.provide(offer, over(refusedUrl)))

  const deliver = Effect.flatMap(EventBuffer, (buffer) => Effect.andThen(buffer.flush, buffer.stats))
  const { delivered, pending, recovered } = await Effect.runPromise(Effect.provide(deliver, over(baseUrl)))
  equal("account of the second buffer", { delivered, pending, recovered }, { delivered: 1, pending: 0, recovered: 1 })
}
