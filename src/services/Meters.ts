/**
 * Meters and usage queries.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { MetersApi } from "../api/Meters.ts"
import type { CommonError, ConflictError, NotFoundError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type {
  Meter,
  MeterCreate,
  MeterListParams,
  MeterQueryParams,
  MeterQueryRequest,
  MeterQueryResult,
  MeterRangeParams,
  MeterUpdate
} from "../schemas/Meter.ts"

/**
 * Operations on meters.
 *
 * @since 2.0.0
 * @category models
 */
export interface MetersService {
  /**
   * Lists all meters, sorted by slug.
   *
   * `GET /api/v1/meters`
   */
  readonly list: (params?: MeterListParams) => Effect.Effect<ReadonlyArray<Meter>, CommonError>
  /**
   * Creates a meter. Fails with `ConflictError` if a meter with the same slug exists; slugs of deleted meters can be
   * reused.
   *
   * `POST /api/v1/meters`
   */
  readonly create: (meter: MeterCreate) => Effect.Effect<Meter, ConflictError | CommonError>
  /**
   * Fetches a meter by slug or id. A deleted meter can only be fetched by id.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}`
   */
  readonly get: (meterIdOrSlug: string) => Effect.Effect<Meter, NotFoundError | CommonError>
  /**
   * Replaces a meter's name, groups and metadata. Omitted fields return to their defaults, except the description,
   * which keeps its value. Fails with `ConflictError` if a feature filters by a group that the update removes.
   *
   * `PUT /api/v1/meters/{meterIdOrSlug}`
   */
  readonly update: (
    meterIdOrSlug: string,
    meter: MeterUpdate
  ) => Effect.Effect<Meter, NotFoundError | ConflictError | CommonError>
  /**
   * Deletes a meter. Fails with `ConflictError` while a feature or an entitlement uses it.
   *
   * `DELETE /api/v1/meters/{meterIdOrSlug}`
   */
  readonly delete: (meterIdOrSlug: string) => Effect.Effect<void, NotFoundError | ConflictError | CommonError>
  /**
   * Aggregates usage into one row per window and group. Windows without usage are omitted.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/query`
   */
  readonly query: (
    meterIdOrSlug: string,
    params?: MeterQueryParams
  ) => Effect.Effect<MeterQueryResult, NotFoundError | CommonError>
  /**
   * Aggregates usage like {@link MetersService.query}, and returns it as CSV with a header line.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/query` with `Accept: text/csv`
   */
  readonly queryCsv: (
    meterIdOrSlug: string,
    params?: MeterQueryParams
  ) => Effect.Effect<string, NotFoundError | CommonError>
  /**
   * Aggregates usage, with the filters in the request body: for filters that are too long for a URL, or that list
   * several values of a group key.
   *
   * `POST /api/v1/meters/{meterIdOrSlug}/query`
   */
  readonly queryPost: (
    meterIdOrSlug: string,
    request?: MeterQueryRequest
  ) => Effect.Effect<MeterQueryResult, NotFoundError | CommonError>
  /**
   * Aggregates usage like {@link MetersService.queryPost}, and returns it as CSV with a header line.
   *
   * `POST /api/v1/meters/{meterIdOrSlug}/query` with `Accept: text/csv`
   */
  readonly queryPostCsv: (
    meterIdOrSlug: string,
    request?: MeterQueryRequest
  ) => Effect.Effect<string, NotFoundError | CommonError>
  /**
   * Lists the keys of the subjects with events for the meter, in code point order.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/subjects`
   */
  readonly subjects: (
    meterIdOrSlug: string,
    params?: MeterRangeParams
  ) => Effect.Effect<ReadonlyArray<string>, NotFoundError | CommonError>
  /**
   * Lists the values of a group key, sorted; `""` stands for events without one. Defaults to the last 24 hours. A range
   * covers at most 30 days and starts at most 90 days ago.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/group-by/{groupByKey}/values`
   */
  readonly groupByValues: (
    meterIdOrSlug: string,
    groupByKey: string,
    params?: MeterRangeParams
  ) => Effect.Effect<ReadonlyArray<string>, NotFoundError | CommonError>
  /** Streams all meters: {@link MetersService.list}. */
  readonly items: (params?: MeterListParams) => Stream.Stream<Meter, CommonError>
}

const csv = { accept: "text/csv" } as const

const make = Effect.gen(function* () {
  const meters = yield* client(MetersApi)
  const list = (query: MeterListParams = {}) => meters.listMeters({ query })
  return Meters.of({
    list,
    create: (payload) => meters.createMeter({ payload }),
    get: (meterIdOrSlug) => meters.getMeter({ params: { meterIdOrSlug } }),
    update: (meterIdOrSlug, payload) => meters.updateMeter({ params: { meterIdOrSlug }, payload }),
    delete: (meterIdOrSlug) => meters.deleteMeter({ params: { meterIdOrSlug } }),
    query: (meterIdOrSlug, query = {}) => meters.queryMeter({ params: { meterIdOrSlug }, query }),
    queryCsv: (meterIdOrSlug, query = {}) => meters.queryMeterCsv({ params: { meterIdOrSlug }, query, headers: csv }),
    queryPost: (meterIdOrSlug, payload = {}) => meters.queryMeterPost({ params: { meterIdOrSlug }, payload }),
    queryPostCsv: (meterIdOrSlug, payload = {}) =>
      meters.queryMeterPostCsv({ params: { meterIdOrSlug }, payload, headers: csv }),
    subjects: (meterIdOrSlug, query = {}) => meters.listMeterSubjects({ params: { meterIdOrSlug }, query }),
    groupByValues: (meterIdOrSlug, groupByKey, query = {}) =>
      meters.listMeterGroupByValues({ params: { meterIdOrSlug, groupByKey }, query }),
    items: (params) => Stream.fromIterableEffect(list(params))
  })
})

/**
 * Service for meters and usage queries.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Meters } from "@openmeter/sdk/effect"
 *
 * const usageByDay = Effect.gen(function*() {
 *   const meters = yield* Meters
 *   return yield* meters.query("tokens_total", { windowSize: "DAY", groupBy: ["model"] })
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Meters extends Context.Service<Meters, MetersService>()("@openmeter/sdk/Meters") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Meters, never, Transport> = Layer.effect(Meters, make)
}
