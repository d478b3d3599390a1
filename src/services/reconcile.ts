/**
 * Reconciliation of events with an unknown outcome.
 *
 * @since 2.0.0
 */
import * as Array from "effect/Array"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CommonError } from "../errors.ts"
import { Events } from "./Events.ts"

/**
 * Identity of an event. Receipts have it, and so do the events of dead letters.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventIdentity {
  /** Id of the event. */
  readonly id: string
  /** Source of the event. */
  readonly source: string
}

/**
 * Which events the server has stored, and which it has not.
 *
 * @since 2.0.0
 * @category models
 */
export interface Reconciliation<A> {
  /** Events that the server has stored. */
  readonly stored: ReadonlyArray<A>
  /** Events that were not found before the time limit. */
  readonly missing: ReadonlyArray<A>
}

/** As many ids as fit into a query, and as many events as a page holds. */
const CHUNK = 100

const PAUSE = 500

const keyOf = ({ id, source }: EventIdentity): string => JSON.stringify([id, source])

/** Returns the keys of the events that the server lists. */
const listed = (events: ReadonlyArray<EventIdentity>) =>
  Effect.flatMap(Events, ({ items }) =>
    items({ filter: { id: { $in: [...new Set(events.map(({ id }) => id))] } }, limit: CHUNK }).pipe(
      Stream.runFold(
        () => new Set<string>(),
        (keys, { event }) => keys.add(keyOf(event))
      )
    )
  )

/**
 * Looks up events with an unknown outcome, and returns which of them the server has stored.
 *
 * An event becomes visible up to a few seconds after it was sent, so events that are not found are looked up repeatedly
 * until they appear or the time limit expires. It is safe to send an event that is still missing again: if it arrives
 * twice after all, the server drops the duplicate.
 *
 * @param events - receipts, events, or anything else with an id and a source
 * @param options - `within`: how long to look for events that are not visible yet, with at least one lookup; defaults
 *   to 5 seconds
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { EventBuffer, reconcile } from "@openmeter/sdk/effect"
 *
 * const program = Effect.gen(function*() {
 *   const buffer = yield* EventBuffer
 *   const left = yield* buffer.close({ timeout: "5 seconds" })
 *   const { missing } = yield* reconcile(left, { within: "10 seconds" })
 *   return missing
 * })
 * ```
 *
 * @since 2.0.0
 * @category combinators
 */
export const reconcile = Effect.fnUntraced(function* <A extends EventIdentity>(
  events: ReadonlyArray<A>,
  options: { readonly within?: Duration.Input | undefined } = {}
): Effect.fn.Return<Reconciliation<A>, CommonError, Events> {
  const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(options.within ?? "5 seconds")
  const stored = new Set<string>()
  let missing = events
  while (true) {
    for (const chunk of Array.chunksOf(missing, CHUNK)) for (const key of yield* listed(chunk)) stored.add(key)
    missing = events.filter((event) => !stored.has(keyOf(event)))
    const remaining = end - (yield* Clock.currentTimeMillis)
    if (missing.length === 0 || remaining <= 0) break
    yield* Effect.sleep(Math.min(PAUSE, remaining))
  }
  return { stored: events.filter((event) => stored.has(keyOf(event))), missing }
})
