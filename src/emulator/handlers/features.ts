/**
 * Features: create, list, get, archive.
 */
import { FilterString } from "../http/FilterString.ts"
import { empty, json } from "../http/Handler.ts"
import { jsonBody, operation } from "../http/operation.ts"
import * as Paging from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { formatInstant, formatOptional } from "../instant.ts"
import type { Aggregation, StoredMeter } from "../metering/Meter.ts"
import type { StringFilter } from "../metering/StringFilter.ts"
import { fault } from "../metering/StringFilter.ts"
import { badRequest, conflictText, internalError, notFound, validationError } from "../Refusal.ts"
import * as Feature from "../store/Feature.ts"
import type { StoredFeature } from "../store/records.ts"
import type { State } from "../store/State.ts"
import * as Table from "../store/Table.ts"
import { isUlid } from "../store/ulid.ts"
import { UnitCostInput, unitCostFault, unitCostOf } from "./unitCost.ts"

const FeatureCreateInputs = Wire.component(
  "FeatureCreateInputs",
  Wire.struct({
    key: Wire.key,
    name: Wire.string(),
    metadata: Wire.optional(Wire.allOf(Wire.metadata)),
    meterSlug: Wire.optional(Wire.key),
    meterGroupByFilters: Wire.optional(Wire.record(Wire.string())),
    advancedMeterGroupByFilters: Wire.optional(Wire.record(FilterString)),
    unitCost: Wire.optional(Wire.allOf(UnitCostInput))
  })
)

type FeatureCreateInputs = Wire.Type<typeof FeatureCreateInputs>

const isEmpty = (record: object): boolean => Object.keys(record).length === 0

const operators = (filter: StringFilter): StringFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, operand]) => operand !== null))

const equalities = (filters: Readonly<Record<string, StringFilter>>): Readonly<Record<string, string>> | undefined => {
  const pairs = Object.entries(filters).flatMap(([group, filter]) => (filter.$eq == null ? [] : [[group, filter.$eq]]))
  return pairs.length === Object.keys(filters).length ? Object.fromEntries(pairs) : undefined
}

const encode = (feature: StoredFeature) => {
  const filters = isEmpty(feature.meterGroupByFilters) ? undefined : feature.meterGroupByFilters
  return {
    id: feature.id,
    key: feature.key,
    name: feature.name,
    metadata: isEmpty(feature.metadata) ? undefined : feature.metadata,
    meterSlug: feature.meterSlug,
    // In both forms, if the simple one can express it.
    meterGroupByFilters: filters && equalities(filters),
    advancedMeterGroupByFilters: filters,
    unitCost: feature.unitCost,
    createdAt: formatInstant(feature.createdAt),
    updatedAt: formatInstant(feature.updatedAt),
    archivedAt: formatOptional(feature.archivedAt)
  }
}

const filtersOf = (input: FeatureCreateInputs): Readonly<Record<string, StringFilter>> => {
  const advanced = input.advancedMeterGroupByFilters ?? {}
  const simple = Object.entries(input.meterGroupByFilters ?? {}).map(([group, value]) => [group, { $eq: value }])
  return isEmpty(advanced)
    ? Object.fromEntries(simple)
    : Object.fromEntries(Object.entries(advanced).map(([group, filter]) => [group, operators(filter)]))
}

const aggregations: ReadonlyArray<Aggregation> = ["SUM", "COUNT", "UNIQUE_COUNT", "LATEST"]

const meterOf = (state: State, slug: string): StoredMeter => {
  const meter = Table.byKey(state.meters, slug)
  if (meter === undefined) throw notFound(`meter not found: ${slug}`)
  if (!aggregations.includes(meter.aggregation)) {
    throw badRequest(
      `meter ${slug}'s aggregation is ${meter.aggregation} but features can only be created for ${aggregations.join(", ")}`
    )
  }
  return meter
}

const refuseFilters = (meter: StoredMeter, filters: Readonly<Record<string, StringFilter>>): void => {
  for (const [group, filter] of Object.entries(filters)) {
    if (!Object.hasOwn(meter.groupBy, group)) throw badRequest(`meter ${meter.slug} does not have group by: ${group}`)
    const found = fault(filter)
    if (found !== undefined) throw validationError(found)
  }
}

const createFeature = operation({ body: jsonBody(FeatureCreateInputs) }, ({ state, now, body }) => {
  const filters = filtersOf(body)
  const meter = body.meterSlug === undefined ? undefined : meterOf(state, body.meterSlug)
  // Without a meter there is nothing to check the filters against.
  if (meter !== undefined) refuseFilters(meter, filters)
  if (isUlid(body.key)) throw validationError("Feature key cannot be a valid ULID")
  const unitCost = body.unitCost === undefined ? undefined : unitCostOf(body.unitCost)
  const costFault = unitCost === undefined ? undefined : unitCostFault(unitCost, meter?.groupBy)
  if (costFault !== undefined) throw validationError(costFault)
  const existing = Table.byKey(state.features, body.key)
  if (existing !== undefined) throw conflictText(`feature ${existing.id} with key ${body.key} already exists`)
  // The validation lets it pass, the database does not.
  if (body.name === "") throw internalError()
  const feature = Feature.create(state, now, {
    key: body.key,
    name: body.name,
    metadata: body.metadata ?? {},
    meterId: meter?.id,
    meterSlug: meter?.slug,
    meterGroupByFilters: filters,
    unitCost
  })
  return json(201, encode(feature))
})

const path = { featureId: Wire.string() }

const getFeature = operation({ path }, ({ state, path }) => json(200, encode(Feature.get(state, path.featureId))))

const deleteFeature = operation({ path }, ({ state, now, path }) => {
  Feature.archive(state, now, Feature.get(state, path.featureId))
  return empty(204)
})

const orderKeys: Readonly<
  Record<"key" | "name" | "createdAt" | "updatedAt", (feature: StoredFeature) => string | number>
> = {
  key: (feature) => feature.key,
  name: (feature) => feature.name,
  createdAt: (feature) => feature.createdAt,
  updatedAt: (feature) => feature.updatedAt
}

const listFeatures = operation(
  {
    query: {
      meterSlug: Param.array(),
      includeArchived: Param.boolean,
      ...Paging.pageParams,
      ...Paging.offsetParams,
      order: Paging.order,
      orderBy: Param.string(Wire.literals("id", "key", "name", "createdAt", "updatedAt"))
    }
  },
  ({ state, query }) => {
    const { meterSlug: slugs, orderBy = "key" } = query
    if (orderBy === "id") throw validationError("validation error: invalid feature order by: id")
    const found = [...state.features.rows.values()].filter(
      (feature) =>
        (feature.archivedAt === undefined || query.includeArchived === true) &&
        (slugs === undefined || (feature.meterSlug !== undefined && slugs.includes(feature.meterSlug)))
    )
    const sorted = Paging.sortedBy(found, orderKeys[orderBy], query.order)
    return json(200, Paging.pageOrArray(sorted.map(encode), query))
  }
)

/** The handlers of features. */
export const features = { createFeature, getFeature, deleteFeature, listFeatures } satisfies Handlers
