/**
 * What the server has of events of which nobody knows.
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
 * What tells an event apart: a receipt has it, and the event of a dead letter.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventIdentity {
  /** The id of the event. */
  readonly id: string
  /** Where the event comes from. */
  readonly source: string
}

/**
 * What the server has of some events, and what it has not.
 *
 * @since 2.0.0
 * @category models
 */
export interface Reconciliation<A> {
  /** The events that the server has. */
  readonly stored: ReadonlyArray<A>
  /** The events that it had not, at the end of the time. */
  readonly missing: ReadonlyArray<A>
}

/** As many ids as fit into a query, and as many events as a page has. */
const CHUNK = 100

const PAUSE = 500

const keyOf = ({ id, source }: EventIdentity): string => JSON.stringify([id, source])

/** The keys of those events that the server lists. */
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
 * Asks the server for events whose fate is unknown, and tells which of them it has.
 *
 * An event becomes visible up to some seconds after it was sent: those that are not there yet are asked for again and
 * again, until they are or the time is over. One that is still missing then can be sent again: should it arrive twice
 * after all, the server drops the second.
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
 * @param events - receipts, events, or anything else that has an id and a source
 * @param options - `within`: how long to look for events that are not there yet, looking once at least; default: 5
 *   seconds
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
