/**
 * The metering of a text generator with Effect: records completions, decides who may have another, finds lost ones.
 */
import { CustomerEntitlements, Events, withCallOptions } from "@openmeter/sdk/effect"
import { Effect, Stream } from "effect"
import type { Completion } from "./metering.ts"

const eventOf = ({ customer, id, model, tokens }: Completion) => ({
  id,
  source: "text-generator",
  type: "completion",
  subject: customer,
  data: { model, tokens }
})

/** Records what a completion used. Thanks to its id it counts once, however often it is recorded. */
export const recordCompletion = Effect.fn("recordCompletion")(function* (completion: Completion) {
  const events = yield* Events
  yield* events.ingest(eventOf(completion))
})

/** Whether a customer may have another completion. While metering is down, everybody may. */
export const mayGenerate = Effect.fn("mayGenerate")(
  function* (customer: string) {
    const entitlements = yield* CustomerEntitlements
    const { hasAccess } = yield* entitlements.value(customer, "ai_tokens")
    return hasAccess
  },
  withCallOptions({ timeout: "500 millis" }),
  Effect.catchTag(["ServerError", "TimeoutError", "TransportError"], () => Effect.succeed(true))
)

/** Finds the completions that OpenMeter does not know, records them again, and returns them. */
export const reconcile = Effect.fn("reconcile")(function* (completions: ReadonlyArray<Completion>) {
  const events = yield* Events
  const known = yield* events.items({ filter: { id: { $in: completions.map(({ id }) => id) } } }).pipe(
    Stream.map(({ event }) => event.id),
    Stream.runCollect
  )
  const lost = completions.filter(({ id }) => !known.includes(id))
  if (lost.length > 0) yield* events.ingest(lost.map(eventOf))
  return lost
})
