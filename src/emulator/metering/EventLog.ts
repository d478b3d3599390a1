/**
 * The stored events, indexed so that a query reads only the events of its type and range.
 */
import { unit } from "../instant.ts"

/** Any JSON value. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/** An event as it was stored. Instants are epoch milliseconds. */
export interface StoredEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  /** In whole seconds. */
  readonly time: number
  /** `undefined` if the event came without data, which is not the same as `null`. */
  readonly data: Json | undefined
  readonly ingestedAt: number
}

interface Bucket {
  readonly events: Array<StoredEvent>
  /** Events mostly come in order, so a bucket is sorted only when it is read after one that did not. */
  sorted: boolean
}

/** The stored events, and the keys by which duplicates are known. Plain data, like the whole state. */
export interface EventLog {
  /** Every event, in order of arrival. */
  readonly arrived: Array<StoredEvent>
  /** The events by type. */
  readonly buckets: Map<string, Bucket>
  /** When each key was last stored, in epoch milliseconds. */
  readonly keys: Map<string, number>
}

/** How long the server recognizes the key of an event, in milliseconds: 32 days. */
export const keyLifetime = 32 * unit.day

/** A log that holds nothing. */
export const make = (): EventLog => ({ arrived: [], buckets: new Map(), keys: new Map() })

// A source may hold any character but is never empty, so its length keeps two pairs from reading the same.
const keyOf = (event: StoredEvent): string => `${event.source.length}:${event.source}${event.id}`

const insert = (log: EventLog, event: StoredEvent): void => {
  log.arrived.push(event)
  const bucket = log.buckets.get(event.type)
  if (bucket === undefined) {
    log.buckets.set(event.type, { events: [event], sorted: true })
    return
  }
  const last = bucket.events.at(-1)
  if (last !== undefined && last.time > event.time) bucket.sorted = false
  bucket.events.push(event)
}

// The server loses events of the epoch and before it on their way to the store. But a TestClock begins at the epoch:
// as long as 1970 lasts, what happens at that instant is kept.
const isLost = ({ ingestedAt, time }: StoredEvent): boolean => time < 0 || (time === 0 && ingestedAt >= 365 * unit.day)

/**
 * Stores an event unless it is a duplicate, by id and source, and returns whether it did. A lost event keeps its key.
 */
export const append = (log: EventLog, event: StoredEvent): boolean => {
  const key = keyOf(event)
  const seen = log.keys.get(key)
  if (seen !== undefined && event.ingestedAt - seen < keyLifetime) return false
  log.keys.set(key, event.ingestedAt)
  if (!isLost(event)) insert(log, event)
  return true
}

const ordered = (log: EventLog, type: string): ReadonlyArray<StoredEvent> => {
  const bucket = log.buckets.get(type)
  if (bucket === undefined) return []
  if (!bucket.sorted) {
    bucket.events.sort((a, b) => a.time - b.time)
    bucket.sorted = true
  }
  return bucket.events
}

const lowerBound = (events: ReadonlyArray<StoredEvent>, time: number): number => {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    // The index is in range by construction.
    if (events[middle]!.time < time) low = middle + 1
    else high = middle
  }
  return low
}

/** The events of a type in `[from, to)`, by time and then by arrival. */
export const between = (log: EventLog, type: string, from = -Infinity, to = Infinity): ReadonlyArray<StoredEvent> => {
  const events = ordered(log, type)
  return events.slice(lowerBound(events, from), lowerBound(events, to))
}

/** The time of the latest event of a type, if there is one. */
export const lastOf = (log: EventLog, type: string): number | undefined => ordered(log, type).at(-1)?.time
