/**
 * The two lists of events: the first by parameters, the second by a filter and cursors.
 */
import * as Result from "effect/Result"
import { FilterString } from "../http/FilterString.ts"
import { FilterTime } from "../http/FilterTime.ts"
import { json } from "../http/Handler.ts"
import { operation } from "../http/operation.ts"
import * as Param from "../http/Param.ts"
import * as Wire from "../http/Wire.ts"
import { floorToSecond, formatInstant, unit } from "../instant.ts"
import * as Cursor from "../metering/Cursor.ts"
import { newest } from "../metering/eventList.ts"
import type { StoredEvent } from "../metering/EventLog.ts"
import type { StoredMeter } from "../metering/Meter.ts"
import type { Predicate } from "../metering/predicate.ts"
import * as StringFilter from "../metering/StringFilter.ts"
import * as TimeFilter from "../metering/TimeFilter.ts"
import { eventFaults } from "../metering/validationError.ts"
import { validationError } from "../Refusal.ts"
import * as Customer from "../store/Customer.ts"
import * as Meter from "../store/Meter.ts"
import type { State } from "../store/State.ts"

const metersByType = (state: State): ReadonlyMap<string, ReadonlyArray<StoredMeter>> =>
  Map.groupBy(Meter.live(state), (meter) => meter.eventType)

// Items of a list: each event with its customer and its validation errors, by the current meters and customers.
const encode = (state: State, events: ReadonlyArray<StoredEvent>) => {
  const meters = metersByType(state)
  return events.map((event) => {
    const customer = Customer.bySubjectKey(state, event.subject)
    const faults = [
      ...eventFaults(meters.get(event.type) ?? [], event),
      ...(customer === undefined ? [`no customer found for event subject: ${event.subject}`] : [])
    ]
    return {
      event: {
        id: event.id,
        source: event.source,
        specversion: "1.0",
        type: event.type,
        subject: event.subject,
        time: formatInstant(event.time),
        datacontenttype: event.data === undefined ? undefined : "application/json",
        data: event.data ?? undefined
      },
      customerId: customer?.id,
      ingestedAt: formatInstant(event.ingestedAt),
      storedAt: formatInstant(event.ingestedAt),
      validationError: faults.length === 0 ? undefined : faults.join("\n")
    }
  })
}

const ofCustomers = (state: State, ids: ReadonlyArray<string>): Predicate<StoredEvent> => {
  const unknown = ids.filter((id) => Customer.findLive(state, id) === undefined)
  if (unknown.length > 0) throw validationError(`customers not found in namespace default: ${unknown.join(", ")}`)
  const subjects = new Set(ids.flatMap((id) => Customer.usageSubjects(Customer.get(state, id))))
  return (event) => subjects.has(event.subject)
}

// How far back the first list goes: 32 days.
const reach = 32 * unit.day

const invalidInput = (fault: string) => validationError(`validate input: ${fault}`)

const isBefore = (a: number, b: number): string => `${formatInstant(a)} < ${formatInstant(b)}`

interface Ranges {
  readonly from: number
  readonly to: number | undefined
  readonly ingestedAtFrom: number | undefined
  readonly ingestedAtTo: number | undefined
}

const refuseRanges = ({ from, ingestedAtFrom, ingestedAtTo, to }: Ranges, now: number): void => {
  const earliest = now - reach
  if (from < earliest) {
    throw invalidInput(`from date is too old: ${formatInstant(from)}, must be after ${formatInstant(earliest)}`)
  }
  if (to !== undefined && to < from) throw invalidInput(`to date is before from date: ${isBefore(to, from)}`)
  if (ingestedAtFrom !== undefined && ingestedAtFrom < earliest) {
    const [given, limit] = [formatInstant(ingestedAtFrom), formatInstant(earliest)]
    throw invalidInput(`ingestedAtFrom date is too old, must be after: ${given}: ${limit}`)
  }
  if (ingestedAtFrom !== undefined && ingestedAtTo !== undefined && ingestedAtTo < ingestedAtFrom) {
    const comparison = isBefore(ingestedAtTo, ingestedAtFrom)
    throw invalidInput(`ingestedAtTo date is before ingestedAtFrom date: ${comparison}`)
  }
}

const limit = Param.integer({ minimum: 1, maximum: 100 })
const clientId = Param.string(Wire.string({ minLength: 1, maxLength: 36 }))

/** The list by parameters: at most the newest 100 events of the last 32 days. */
export const listEvents = operation(
  {
    query: {
      clientId,
      ingestedAtFrom: Param.dateTime,
      ingestedAtTo: Param.dateTime,
      id: Param.string(),
      subject: Param.string(),
      customerId: Param.array(Wire.ulid),
      from: Param.dateTime,
      to: Param.dateTime,
      limit
    }
  },
  ({ state, now, query }) => {
    const { customerId, id, subject } = query
    const ranges = {
      from: query.from?.instant ?? now - reach + unit.second,
      to: query.to?.instant,
      ingestedAtFrom: query.ingestedAtFrom?.instant,
      ingestedAtTo: query.ingestedAtTo?.instant
    }
    refuseRanges(ranges, now)
    const { from, ingestedAtFrom, ingestedAtTo, to } = ranges
    const predicates: Array<Predicate<StoredEvent>> = [(event) => event.time >= floorToSecond(from)]
    if (to !== undefined) predicates.push((event) => event.time < floorToSecond(to))
    if (ingestedAtFrom !== undefined)
      predicates.push((event) => floorToSecond(event.ingestedAt) >= floorToSecond(ingestedAtFrom))
    if (ingestedAtTo !== undefined)
      predicates.push((event) => floorToSecond(event.ingestedAt) < floorToSecond(ingestedAtTo))
    if (subject !== undefined) predicates.push((event) => event.subject === subject)
    if (customerId !== undefined) predicates.push(ofCustomers(state, customerId))
    if (id !== undefined) {
      const matches = StringFilter.like(`%${id}%`)
      predicates.push((event) => matches(event.id))
    }
    return json(200, encode(state, newest(state.events, predicates, query.limit ?? 100)))
  }
)

const text = Wire.optional(FilterString)
const time = Wire.optional(FilterTime)

const EventFilter = Wire.struct({
  id: text,
  source: text,
  subject: text,
  type: text,
  time,
  ingestedAt: time,
  customerId: Wire.optional(Wire.struct({ $in: Wire.optional(Wire.nullable(Wire.array(Wire.ulid))) }))
})
type EventFilter = Wire.Type<typeof EventFilter>

const texts = ["id", "source", "subject", "type"] as const
const times = ["time", "ingestedAt"] as const

// `$and` and `$or` may occur in a filter, but not nested.
const depth = 1

const filterPredicates = (state: State, filter: EventFilter): ReadonlyArray<Predicate<StoredEvent>> => {
  for (const field of [...texts, ...times]) {
    const fault = StringFilter.fault(filter[field] ?? {}, depth)
    if (fault !== undefined) throw invalidInput(`${field}: validation error: ${fault}`)
  }
  const predicates: Array<Predicate<StoredEvent>> = []
  for (const field of texts) {
    const passes = StringFilter.predicate(filter[field] ?? {})
    if (passes !== undefined) predicates.push((event) => passes(event[field]))
  }
  for (const field of times) {
    const passes = TimeFilter.predicate(filter[field] ?? {})
    if (passes !== undefined) predicates.push((event) => passes(floorToSecond(event[field])))
  }
  const customerIds = filter.customerId?.$in ?? []
  if (customerIds.length > 0) predicates.push(ofCustomers(state, customerIds))
  return predicates
}

const after = (text: string): Predicate<StoredEvent> => {
  const cursor = Result.getOrThrowWith(Cursor.decode(text), validationError)
  return (event) => Cursor.isBefore(cursor, event)
}

/** The list by a filter, newest first and page by page. */
export const listEventsV2 = operation(
  { query: { cursor: Param.string(), limit, clientId, filter: Param.json(EventFilter) } },
  ({ state, query }) => {
    const predicates = filterPredicates(state, query.filter ?? {})
    const size = query.limit ?? 100
    const page = newest(
      state.events,
      query.cursor === undefined ? predicates : [after(query.cursor), ...predicates],
      size
    )
    // A full page names a next one, even if that will be empty.
    const last = page.length === size ? page.at(-1) : undefined
    return json(200, {
      items: encode(state, page),
      nextCursor: last === undefined ? undefined : Cursor.encode(last)
    })
  }
)
