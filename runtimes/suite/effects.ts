import { Meters, Events, OpenMeter, Retry } from "@openmeter/sdk/effect"
import { Effect, Stream } from "effect"
import { equal } from "./expect.ts"
import type { Part } from "./Suite.ts"

const slug = "effects"

const program = Effect.gen(function* () {
  const meters = yield* Meters
  const events = yield* Events
  yield* meters.create({ slug, eventType: slug, aggregation: "COUNT" })
  yield* events.ingest([1, 2, 3].map((id) => ({ id: `effects-${id}`, type: slug, subject: "customer-1" })))
  const { data } = yield* meters.query(slug)
  const listed = yield* events.items({ filter: { type: { $eq: slug } }, limit: 2 }).pipe(Stream.runCount)
  const missing = yield* meters.get("missing").pipe(
    Effect.map(({ slug }) => slug),
    Effect.catchTag("NotFoundError", ({ status }) => Effect.succeed(status))
  )
  const both = yield* Effect.all([meters.get(slug), meters.list()], { concurrency: 2 })
  return [data[0]?.value, listed, missing, both[0].slug]
}).pipe(Retry.with({ times: 1 }))

/** The services: a program, its errors by their tags, a stream of pages, two calls at once. */
export const effects: Part = async ({ baseUrl }) => {
  const result = await Effect.runPromise(Effect.provide(program, OpenMeter.layer({ baseUrl })))
  equal("result", result, [3, 3, 404, slug])
}
