/**
 * Completes events for sending: validates them and fills in every default.
 *
 * Written by hand instead of with the contract's schema, for two reasons. A program that only sends events does not
 * bundle schemas, which would be a third of its size. And in a burst there are only a few microseconds per event, of
 * which a schema takes several times as many.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"
import { formatPath } from "../../errors.ts"
import type { SentEvent } from "../../schemas/Event.ts"
import { extensionIssue } from "../../schemas/extension.ts"
import { findJsonFault, isPlain } from "../../schemas/jsonFault.ts"
import { formatTimestamp, isTimestampInput } from "../../schemas/timestampInput.ts"

/**
 * Source of events that do not specify one.
 *
 * @since 2.0.0
 * @category constants
 */
export const DEFAULT_SOURCE = "@openmeter/sdk"

/**
 * A fault in an event, thrown by {@link complete}.
 *
 * @internal
 */
export class EventFault extends Error {
  /** Location of the invalid value within the event. */
  readonly path: ReadonlyArray<PropertyKey>
  constructor(path: ReadonlyArray<PropertyKey>, issue: string) {
    super(issue)
    this.path = path
  }
}

type Reader = (name: string, value: unknown) => unknown

const text: Reader = (name, value) => {
  if (typeof value !== "string" || value === "") throw new EventFault([name], "must be a non-empty string")
  // The server replaces lone surrogates, which would change the id or the subject.
  if (!value.isWellFormed()) throw new EventFault([name], "must not contain lone surrogates")
  return value
}

const oneOf =
  (...literals: ReadonlyArray<string>): Reader =>
  (name, value) => {
    if (literals.includes(value as string)) return value
    throw new EventFault([name], `must be ${literals.map((literal) => `"${literal}"`).join(" or ")}`)
  }

const time: Reader = (name, value) => {
  if (isTimestampInput(value)) return formatTimestamp(value)
  throw new EventFault(
    [name],
    'must be a valid Date, a DateTime.Utc, or an RFC 3339 date-time with a zone such as "2025-06-01T00:00:00Z"'
  )
}

const data: Reader = (name, value) => {
  if (!Predicate.isObject(value) || !isPlain(value))
    throw new EventFault([name], "must be a plain object: spread an instance of a class")
  const fault = findJsonFault(value)
  if (fault !== undefined) throw new EventFault([name, ...fault.path], fault.issue)
  for (const member in value) {
    if (value[member] === null) throw new EventFault([name, member], "must not be null: omit the member instead")
  }
  return value
}

const extension: Reader = (name, value) => {
  const issue = extensionIssue(name, value)
  if (issue !== undefined) throw new EventFault([name], issue)
  return value
}

/** Readers of the attributes that CloudEvents defines. */
const readers = new Map<string, Reader>([
  ["id", text],
  ["source", text],
  ["specversion", oneOf("1.0", "0.3")],
  ["type", text],
  ["subject", text],
  ["time", time],
  ["data", data],
  ["datacontenttype", oneOf("application/json")],
  ["dataschema", text]
])

/** Cached, because the events of a burst share one time, and formatting it takes a good part of the work. */
let lastMillis = Number.NaN
let lastText = ""

const formatNow = (now: number): string => {
  if (now !== lastMillis) {
    lastMillis = now
    lastText = new Date(now).toISOString()
  }
  return lastText
}

/**
 * Validates an event and fills in the defaults, in a new object. Absent, `undefined` and `null` mean the same.
 *
 * Throws an {@link EventFault}, or whatever a getter of the event throws.
 *
 * @param now - time of an event that has none, in milliseconds since 1970
 * @internal
 */
export const complete = (event: unknown, now: number): SentEvent => {
  if (!Predicate.isObject(event)) throw new EventFault([], "must be an object")
  if (Symbol.iterator in event) throw new EventFault([], "must be one event, or an array of events")
  if (Predicate.isPromiseLike(event)) throw new EventFault([], "must not be a promise: await it")
  const sent: { [name: string]: unknown } = {
    id: undefined,
    source: DEFAULT_SOURCE,
    specversion: "1.0",
    type: undefined,
    subject: undefined,
    time: undefined
  }
  for (const [name, value] of Object.entries(event)) {
    if (value !== undefined && value !== null) sent[name] = (readers.get(name) ?? extension)(name, value)
  }
  for (const name of ["type", "subject"]) {
    if (sent[name] === undefined) throw new EventFault([name], "is required")
  }
  sent["id"] ??= crypto.randomUUID()
  // With a clock at the epoch itself, as in tests, such a time is now.
  if (sent["time"] !== undefined && now >= 1000 && !(Date.parse(sent["time"] as string) >= 1000)) {
    throw new EventFault(["time"], "must not be before 1970-01-01T00:00:01Z: the server would lose the event")
  }
  sent["time"] ??= formatNow(now)
  // Every required attribute has been set above, checked by its reader.
  return sent as unknown as SentEvent
}

/**
 * Returns the field under which an error names a location within an event.
 *
 * @param place - position of the event in the input, e.g. `events[3]`
 * @internal
 */
export const fieldOf = (place: string, path: ReadonlyArray<PropertyKey>): string =>
  formatPath(place === "" ? path : [place, ...path]) || "event"
