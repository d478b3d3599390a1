/**
 * Meter queries on the wire, and what is refused.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import { FilterString } from "../http/FilterString.ts"
import type { WireResponse } from "../http/Handler.ts"
import * as Param from "../http/Param.ts"
import * as Wire from "../http/Wire.ts"
import type { StoredMeter } from "../metering/Meter.ts"
import { query } from "../metering/query.ts"
import * as StringFilter from "../metering/StringFilter.ts"
import * as TimeZone from "../metering/TimeZone.ts"
import { notFound, validationError } from "../Refusal.ts"
import * as Customer from "../store/Customer.ts"
import type { State } from "../store/State.ts"
import { asCsv, asJson } from "./meterAnswer.ts"

/** A size of windows. */
export const windowSize = Wire.literals("MINUTE", "HOUR", "DAY", "MONTH")

const clientId = Wire.string({ minLength: 1, maxLength: 36 })
const list = Wire.array(Wire.string(), { maxItems: 100 })

/** The parameters of a query, without the subjects, which a portal token determines. */
export const portalParams = {
  clientId: Param.string(clientId),
  from: Param.dateTime,
  to: Param.dateTime,
  windowSize: Param.string(windowSize),
  windowTimeZone: Param.string(),
  filterCustomerId: Param.array(Wire.string(), { maxItems: 100 }),
  filterGroupBy: Param.deepObject,
  advancedMeterGroupByFilters: Param.json(Wire.record(FilterString)),
  groupBy: Param.array()
}

/** The parameters of a query. */
export const queryParams = { ...portalParams, subject: Param.array() }

/** The body of a query. */
export const MeterQueryRequest = Wire.component(
  "MeterQueryRequest",
  Wire.struct({
    clientId: Wire.optional(clientId),
    from: Wire.optional(Wire.dateTime),
    to: Wire.optional(Wire.dateTime),
    windowSize: Wire.optional(Wire.allOf(windowSize)),
    windowTimeZone: Wire.optional(Wire.string()),
    subject: Wire.optional(list),
    filterCustomerId: Wire.optional(list),
    filterGroupBy: Wire.optional(Wire.record(Wire.array(Wire.string()))),
    advancedMeterGroupByFilters: Wire.optional(Wire.record(FilterString)),
    groupBy: Wire.optional(list)
  })
)

type Filters = Readonly<Record<string, StringFilter.StringFilter>>

/** A query, however it was sent. */
export interface MeterQueryInput {
  readonly from?: Param.DateTime | undefined
  readonly to?: Param.DateTime | undefined
  readonly windowSize?: WindowSize | undefined
  readonly windowTimeZone?: string | undefined
  readonly subject?: ReadonlyArray<string> | undefined
  readonly filterCustomerId?: ReadonlyArray<string> | undefined
  readonly filterGroupBy?: Readonly<Record<string, ReadonlyArray<string>>> | undefined
  readonly advancedMeterGroupByFilters?: Filters | undefined
  readonly groupBy?: ReadonlyArray<string> | undefined
}

/** The filter of a query string as that of a body: one value a group. */
export const listed = (
  filter: Readonly<Record<string, string>> | undefined
): Readonly<Record<string, ReadonlyArray<string>>> | undefined =>
  filter === undefined ? undefined : Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, [value]]))

const isGroup = (meter: StoredMeter, key: string): boolean => Object.hasOwn(meter.groupBy, key)

const refuseFaults = (filters: Filters): void => {
  for (const filter of Object.values(filters)) {
    const fault = StringFilter.fault(filter)
    if (fault !== undefined) throw validationError(`validation error: ${fault}`)
  }
}

const groupByFilters = (meter: StoredMeter, input: MeterQueryInput): Filters => {
  const simple = Object.entries(input.filterGroupBy ?? {})
  const advanced = input.advancedMeterGroupByFilters ?? {}
  if (simple.length > 0 && Object.keys(advanced).length > 0) {
    throw validationError("advanced meter group by filters and filter group by cannot be used together")
  }
  const unknownSimple = simple.find(([key]) => !isGroup(meter, key))
  if (unknownSimple !== undefined) throw validationError(`invalid group by filter: ${unknownSimple[0]}`)
  const unknown = Object.keys(advanced).find((key) => !isGroup(meter, key))
  if (unknown !== undefined) throw validationError(`meter does not have group by: ${unknown}`)
  const filters = {
    ...advanced,
    ...Object.fromEntries(simple.map(([key, values]) => [key, values.length === 0 ? {} : { $in: values }]))
  }
  refuseFaults(filters)
  return filters
}

const groupBy = (meter: StoredMeter, input: MeterQueryInput): ReadonlyArray<string> => {
  const keys = [...new Set(input.groupBy)]
  for (const key of keys) {
    if (key === "customer_id" && (input.filterCustomerId ?? []).length === 0) {
      throw validationError("customer filter is required with customer_id group by")
    }
    if (key !== "subject" && key !== "customer_id" && !isGroup(meter, key)) {
      throw validationError(`invalid group by: ${key}`)
    }
  }
  return keys
}

const customers = (state: State, input: MeterQueryInput): ReadonlyMap<string, string> | undefined => {
  if (input.filterCustomerId === undefined || input.filterCustomerId.length === 0) return undefined
  return new Map(
    input.filterCustomerId.flatMap((id) => {
      const customer = Customer.findLive(state, id)
      if (customer === undefined) throw notFound(`customer with id ${id} not found`)
      return Customer.usageSubjects(customer).map((subject) => [subject, id] as const)
    })
  )
}

const timeZone = (name: string): TimeZone.TimeZone => {
  const zone = TimeZone.byName(name)
  if (zone === undefined) throw validationError(`invalid time zone: unknown time zone ${name}`)
  return zone
}

const refuseRange = ({ from, to }: MeterQueryInput): void => {
  if (from === undefined || to === undefined) return
  if (from.instant === to.instant) throw validationError("from and to cannot be equal")
  if (from.instant > to.instant) throw validationError("from must be before to")
}

const wantsCsv = (accept: string | undefined): boolean => /^\s*text\/csv\s*(?:;[^,]*)?$/i.test(accept ?? "")

/** Answers a query of a meter. */
export const answerQuery = (
  state: State,
  meter: StoredMeter,
  input: MeterQueryInput,
  accept: string | undefined
): WireResponse => {
  const zone = timeZone(input.windowTimeZone ?? "")
  const keys = groupBy(meter, input)
  const filters = groupByFilters(meter, input)
  const attribution = customers(state, input)
  refuseRange(input)
  const bySubject = input.subject !== undefined || keys.includes("subject")
  const groups = keys.filter((key) => key !== "subject")
  const rows = query(state.events, meter, {
    from: input.from?.instant,
    to: input.to?.instant,
    windowSize: input.windowSize,
    timeZone: zone,
    subjects: input.subject?.length === 0 ? undefined : input.subject,
    bySubject,
    customers: attribution,
    groupByFilters: filters,
    groupBy: groups.filter((key) => key !== "customer_id")
  })
  const frame = { from: input.from?.text, to: input.to?.text, windowSize: input.windowSize, zone }
  if (!wantsCsv(accept)) return asJson(frame, rows)
  const columns = attribution === undefined ? groups : [...new Set([...groups, "customer_id"])]
  return asCsv(state, meter, frame, { bySubject, groups: columns }, rows)
}
