/**
 * The events that a query of a meter selects.
 */
import { floorToSecond } from "../instant.ts"
import * as EventLog from "./EventLog.ts"
import * as JsonPath from "./JsonPath.ts"
import type { Metering } from "./Meter.ts"
import * as StringFilter from "./StringFilter.ts"

/** The conditions of a selection; events must meet all that are given. */
export interface Selection {
  /** Inclusive, in epoch milliseconds; cut to the second. */
  readonly from?: number | undefined
  /** Exclusive, in epoch milliseconds; cut to the second. */
  readonly to?: number | undefined
  readonly subjects?: ReadonlyArray<string> | undefined
  /** Filters by group; an event must pass all of them. */
  readonly groupByFilters?: Readonly<Record<string, StringFilter.StringFilter>> | undefined
}

/** Reads the text of a group from an event. A group named `subject` is overridden by the subject of the event. */
export const groupReader = (meter: Metering, key: string): ((event: EventLog.StoredEvent) => string) => {
  if (key === "subject") return (event) => event.subject
  const expression = meter.groupBy[key]
  const path = expression === undefined ? undefined : JsonPath.parse(expression)
  return path === undefined ? () => "" : (event) => JsonPath.text(path, event.data)
}

type EventPredicate = (event: EventLog.StoredEvent) => boolean

const predicates = (meter: Metering, selection: Selection): ReadonlyArray<EventPredicate> => {
  const all: Array<EventPredicate> = []
  if (selection.subjects !== undefined) {
    const subjects = new Set(selection.subjects)
    all.push((event) => subjects.has(event.subject))
  }
  for (const [key, filter] of Object.entries(selection.groupByFilters ?? {})) {
    const passes = StringFilter.predicate(filter)
    const read = groupReader(meter, key)
    if (passes !== undefined) all.push((event) => passes(read(event)))
  }
  return all
}

/** The events that a query of a meter selects, by time. */
export const select = (
  log: EventLog.EventLog,
  meter: Metering,
  selection: Selection
): ReadonlyArray<EventLog.StoredEvent> => {
  const from = Math.max(floorToSecond(selection.from ?? -Infinity), floorToSecond(meter.eventFrom ?? -Infinity))
  const to = floorToSecond(selection.to ?? Infinity)
  const events = EventLog.between(log, meter.eventType, from, to)
  const all = predicates(meter, selection)
  return all.length === 0 ? events : events.filter((event) => all.every((passes) => passes(event)))
}
