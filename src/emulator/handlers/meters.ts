/**
 * Meters: create, list, get, update, delete, query, and the subjects and group values of their events.
 */
import { empty, json } from "../http/Handler.ts"
import { bodyInstant, jsonBody, operation } from "../http/operation.ts"
import * as Paging from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { formatInstant, formatOptional, unit, zeroInstant } from "../instant.ts"
import * as definition from "../metering/definition.ts"
import type { Metering, StoredMeter } from "../metering/Meter.ts"
import { groupValues, subjects } from "../metering/query.ts"
import { conflict, validationError } from "../Refusal.ts"
import * as Meter from "../store/Meter.ts"
import type { State } from "../store/State.ts"
import * as Table from "../store/Table.ts"
import { nextUlid } from "../store/ulid.ts"
import { answerQuery, listed, MeterQueryRequest, queryParams } from "./meterQuery.ts"

const aggregation = Wire.literals("SUM", "COUNT", "UNIQUE_COUNT", "AVG", "MIN", "MAX", "LATEST")

const common = {
  name: Wire.optional(Wire.string({ minLength: 1, maxLength: 256 })),
  description: Wire.optional(Wire.string({ maxLength: 1024 })),
  metadata: Wire.optional(Wire.nullable(Wire.allOf(Wire.metadata))),
  groupBy: Wire.optional(Wire.record(Wire.string()))
}

const MeterCreate = Wire.component(
  "MeterCreate",
  Wire.struct({
    ...common,
    slug: Wire.key,
    aggregation: Wire.allOf(aggregation),
    eventType: Wire.string({ minLength: 1 }),
    eventFrom: Wire.optional(Wire.dateTime),
    valueProperty: Wire.optional(Wire.string({ minLength: 1 }))
  })
)

const MeterUpdate = Wire.component("MeterUpdate", Wire.struct(common))

const encode = (meter: StoredMeter) => ({
  id: meter.id,
  slug: meter.slug,
  name: meter.name,
  description: meter.description,
  metadata: meter.metadata,
  annotations: null,
  eventType: meter.eventType,
  eventFrom: formatOptional(meter.eventFrom),
  aggregation: meter.aggregation,
  valueProperty: meter.valueProperty,
  groupBy: Object.keys(meter.groupBy).length === 0 ? undefined : meter.groupBy,
  createdAt: formatInstant(meter.createdAt),
  updatedAt: formatInstant(meter.updatedAt),
  deletedAt: formatOptional(meter.deletedAt)
})

const refuse = (fault: string | undefined, context = ""): void => {
  if (fault !== undefined) throw validationError(context + fault)
}

const createMeter = operation({ body: jsonBody(MeterCreate) }, ({ state, now, body }) => {
  const { aggregation, description, eventFrom, eventType, groupBy = {}, metadata = null, slug, valueProperty } = body
  const metering: Metering = {
    eventType,
    eventFrom: eventFrom === undefined ? undefined : bodyInstant(eventFrom),
    aggregation,
    valueProperty,
    groupBy
  }
  refuse(description === "" ? "description must not be empty string" : undefined)
  refuse(definition.aggregationFault(metering), "invalid meter aggregation: ")
  refuse(definition.groupFault(metering), "invalid meter group by: ")
  refuse(metering.eventFrom === zeroInstant ? "meter event from must not be zero" : undefined)
  refuse(definition.pathFault(metering))
  if (Table.byKey(state.meters, slug) !== undefined) throw conflict("meter with the same slug already exists")
  const meter: StoredMeter = {
    ...metering,
    id: nextUlid(state, now),
    slug,
    name: body.name ?? slug,
    description,
    metadata,
    createdAt: now,
    updatedAt: now,
    deletedAt: undefined
  }
  return json(200, encode(Meter.put(state, meter)))
})

const orderings = {
  key: (meter: StoredMeter) => meter.slug,
  name: (meter: StoredMeter) => meter.name,
  aggregation: (meter: StoredMeter) => meter.aggregation,
  createdAt: (meter: StoredMeter) => meter.createdAt,
  updatedAt: (meter: StoredMeter) => meter.updatedAt
} as const

const listMeters = operation(
  {
    query: {
      // Pages are validated, but the list is always complete.
      ...Paging.pageParams,
      order: Paging.order,
      orderBy: Param.string(Wire.literals("key", "name", "aggregation", "createdAt", "updatedAt")),
      includeDeleted: Param.boolean
    }
  },
  ({ state, query }) => {
    const meters = query.includeDeleted === true ? state.meters.rows.values() : Meter.live(state)
    return json(200, Paging.sortedBy(meters, orderings[query.orderBy ?? "key"], query.order).map(encode))
  }
)

const path = {
  meterIdOrSlug: Wire.string({ minLength: 1, maxLength: 64, pattern: `${Wire.keyPattern}|${Wire.ulidPattern}` })
}

const getMeter = operation({ path }, ({ state, path }) => json(200, encode(Meter.get(state, path.meterIdOrSlug))))

const features = (state: State, meter: StoredMeter) =>
  [...state.features.rows.values()].filter((feature) => feature.meterId === meter.id)

const liveFeatures = (state: State, meter: StoredMeter) =>
  features(state, meter).filter((feature) => feature.archivedAt === undefined)

const updateMeter = operation({ path, body: jsonBody(MeterUpdate) }, ({ state, now, path, body }) => {
  const meter = Meter.get(state, path.meterIdOrSlug)
  const { description, groupBy = {}, metadata = null, name = meter.slug } = body
  const metering: Metering = { ...meter, groupBy }
  refuse(description === "" ? "description must not be empty string" : undefined)
  refuse(definition.groupFault(metering))
  refuse(definition.pathFault(metering))
  for (const feature of liveFeatures(state, meter)) {
    const dropped = Object.keys(feature.meterGroupByFilters).find((key) => !Object.hasOwn(groupBy, key))
    if (dropped !== undefined) {
      throw conflict(`meter group by: ${dropped} cannot be dropped because it is used by feature: ${feature.key}`)
    }
  }
  // Omitted members are reset to their defaults, except the description.
  return json(
    200,
    encode(
      Meter.put(state, {
        ...meter,
        name,
        description: description ?? meter.description,
        metadata,
        groupBy,
        updatedAt: now
      })
    )
  )
})

const hasLiveEntitlement = (state: State, now: number, meter: StoredMeter): boolean => {
  const featureIds = new Set(features(state, meter).map((feature) => feature.id))
  return [...state.entitlements.rows.values()].some(
    ({ activeTo = Infinity, deletedAt, featureId }) =>
      featureIds.has(featureId) && deletedAt === undefined && now < activeTo
  )
}

const deleteMeter = operation({ path }, ({ state, now, path }) => {
  const meter = Meter.get(state, path.meterIdOrSlug)
  if (meter.deletedAt !== undefined) return empty(204)
  if (liveFeatures(state, meter).length > 0) throw conflict("meter has active features and cannot be deleted")
  if (hasLiveEntitlement(state, now, meter)) throw conflict("meter has active entitlements and cannot be deleted")
  Meter.put(state, { ...meter, updatedAt: now, deletedAt: now })
  return empty(204)
})

const queryMeter = operation({ path, query: queryParams }, ({ state, request, path, query }) =>
  answerQuery(
    state,
    Meter.get(state, path.meterIdOrSlug),
    { ...query, filterGroupBy: listed(query.filterGroupBy) },
    request.headers["accept"]
  )
)

const dateTime = (text: string | undefined): Param.DateTime | undefined =>
  text === undefined ? undefined : { text, instant: bodyInstant(text) }

const queryMeterPost = operation({ path, body: jsonBody(MeterQueryRequest) }, ({ state, request, path, body }) =>
  answerQuery(
    state,
    Meter.get(state, path.meterIdOrSlug),
    { ...body, from: dateTime(body.from), to: dateTime(body.to) },
    request.headers["accept"]
  )
)

const range = { from: Param.dateTime, to: Param.dateTime }

const refuseRange = (from: number | undefined, to: number | undefined): void => {
  if (from === undefined || to === undefined) return
  if (from === to) throw validationError("from and to cannot be equal")
  if (from > to) throw validationError("from time must be before to time")
}

const listMeterSubjects = operation({ path, query: range }, ({ state, path, query }) => {
  const meter = Meter.get(state, path.meterIdOrSlug)
  const [from, to] = [query.from?.instant, query.to?.instant]
  refuseRange(from, to)
  return json(200, subjects(state.events, meter, { from, to }))
})

const listMeterGroupByValues = operation(
  { path: { ...path, groupByKey: Wire.string() }, query: range },
  ({ state, now, path, query }) => {
    const meter = Meter.get(state, path.meterIdOrSlug)
    const to = query.to?.instant
    const from = query.from?.instant ?? (to === undefined ? now - unit.day : undefined)
    if (!Object.hasOwn(meter.groupBy, path.groupByKey)) {
      throw validationError("group by key is not valid for this meter")
    }
    refuseRange(from, to)
    if (from !== undefined && to !== undefined && to - from > 30 * unit.day) {
      throw validationError("time window must be less than 30 days")
    }
    if (from !== undefined && from < now - 90 * unit.day) {
      throw validationError("from time must not be more than 90 days ago")
    }
    return json(200, groupValues(state.events, meter, path.groupByKey, { from, to }))
  }
)

/** The handlers of meters. */
export const meters = {
  createMeter,
  listMeters,
  getMeter,
  updateMeter,
  deleteMeter,
  queryMeter,
  queryMeterPost,
  listMeterSubjects,
  listMeterGroupByValues
} satisfies Handlers
