/**
 * Lists of events, newest first.
 */
import { compareCodePoints } from "../codePoints.ts"
import type { EventLog, StoredEvent } from "./EventLog.ts"
import type { Predicate } from "./predicate.ts"

const newestFirst = (a: StoredEvent, b: StoredEvent): number => b.time - a.time || compareCodePoints(b.id, a.id)

/** The newest events that pass every predicate, newest first. */
export const newest = (
  log: EventLog,
  predicates: ReadonlyArray<Predicate<StoredEvent>>,
  limit: number
): ReadonlyArray<StoredEvent> =>
  log.arrived
    .filter((event) => predicates.every((passes) => passes(event)))
    .sort(newestFirst)
    .slice(0, limit)
