/**
 * Meters, in the Promise API.
 *
 * @since 2.0.0
 */
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
import { Meters as Service } from "../services/Meters.ts"
import type { Listing } from "./Listing.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * Operations on meters.
 *
 * @example
 * ```ts
 * const { data } = await openmeter.meters.query("tokens_total", { windowSize: "DAY", groupBy: ["model"] })
 * for (const row of data) console.log(row.windowStart, row.groupBy["model"], row.value)
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Meters {
  readonly #runner: Runner<Service>

  /** @internal */
  constructor(runner: Runner<Service>) {
    this.#runner = runner
  }

  /**
   * Lists all meters, sorted by slug.
   *
   * `GET /api/v1/meters`
   */
  list(params?: MeterListParams, options?: RequestOptions): Listing<ReadonlyArray<Meter>, Meter> {
    return this.#runner.array(Service, (meters) => meters.list(params), options)
  }

  /**
   * Creates a meter. Rejects with `ConflictError` if a meter with the same slug exists; slugs of deleted meters can be
   * reused.
   *
   * `POST /api/v1/meters`
   *
   * @example
   * ```ts
   * await openmeter.meters.create({ slug: "tokens_total", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" })
   * ```
   */
  create(meter: MeterCreate, options?: RequestOptions): Promise<Meter> {
    return this.#runner.run(Service, (meters) => meters.create(meter), options)
  }

  /**
   * Fetches a meter by slug or id. A deleted meter can only be fetched by id.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}`
   */
  get(meterIdOrSlug: string, options?: RequestOptions): Promise<Meter> {
    return this.#runner.run(Service, (meters) => meters.get(meterIdOrSlug), options)
  }

  /**
   * Replaces a meter's name, groups and metadata. Omitted fields return to their defaults, except the description,
   * which keeps its value. Rejects with `ConflictError` if a feature filters by a group that the update removes.
   *
   * `PUT /api/v1/meters/{meterIdOrSlug}`
   */
  update(meterIdOrSlug: string, meter: MeterUpdate, options?: RequestOptions): Promise<Meter> {
    return this.#runner.run(Service, (meters) => meters.update(meterIdOrSlug, meter), options)
  }

  /**
   * Deletes a meter. Rejects with `ConflictError` while a feature or an entitlement uses it.
   *
   * `DELETE /api/v1/meters/{meterIdOrSlug}`
   */
  delete(meterIdOrSlug: string, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (meters) => meters.delete(meterIdOrSlug), options)
  }

  /**
   * Aggregates usage into one row per window and group. Windows without usage are omitted.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/query`
   *
   * @example
   * ```ts
   * const { data } = await openmeter.meters.query("tokens_total", {
   *   from: new Date("2025-06-01T00:00:00Z"),
   *   windowSize: WindowSize.DAY,
   *   groupBy: ["model"]
   * })
   * ```
   */
  query(meterIdOrSlug: string, params?: MeterQueryParams, options?: RequestOptions): Promise<MeterQueryResult> {
    return this.#runner.run(Service, (meters) => meters.query(meterIdOrSlug, params), options)
  }

  /**
   * Aggregates usage like {@link Meters.query}, and returns it as CSV with a header line.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/query` with `Accept: text/csv`
   */
  queryCsv(meterIdOrSlug: string, params?: MeterQueryParams, options?: RequestOptions): Promise<string> {
    return this.#runner.run(Service, (meters) => meters.queryCsv(meterIdOrSlug, params), options)
  }

  /**
   * Aggregates usage, with the filters in the request body: for filters that are too long for a URL, or that list
   * several values of a group key.
   *
   * `POST /api/v1/meters/{meterIdOrSlug}/query`
   */
  queryPost(meterIdOrSlug: string, request?: MeterQueryRequest, options?: RequestOptions): Promise<MeterQueryResult> {
    return this.#runner.run(Service, (meters) => meters.queryPost(meterIdOrSlug, request), options)
  }

  /**
   * Aggregates usage like {@link Meters.queryPost}, and returns it as CSV with a header line.
   *
   * `POST /api/v1/meters/{meterIdOrSlug}/query` with `Accept: text/csv`
   */
  queryPostCsv(meterIdOrSlug: string, request?: MeterQueryRequest, options?: RequestOptions): Promise<string> {
    return this.#runner.run(Service, (meters) => meters.queryPostCsv(meterIdOrSlug, request), options)
  }

  /**
   * Lists the keys of the subjects with events for the meter, in code point order.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/subjects`
   */
  subjects(
    meterIdOrSlug: string,
    params?: MeterRangeParams,
    options?: RequestOptions
  ): Listing<ReadonlyArray<string>, string> {
    return this.#runner.array(Service, (meters) => meters.subjects(meterIdOrSlug, params), options)
  }

  /**
   * Lists the values of a group key, sorted; `""` stands for events without one. Defaults to the last 24 hours. A range
   * covers at most 30 days and starts at most 90 days ago.
   *
   * `GET /api/v1/meters/{meterIdOrSlug}/group-by/{groupByKey}/values`
   */
  groupByValues(
    meterIdOrSlug: string,
    groupByKey: string,
    params?: MeterRangeParams,
    options?: RequestOptions
  ): Listing<ReadonlyArray<string>, string> {
    return this.#runner.array(Service, (meters) => meters.groupByValues(meterIdOrSlug, groupByKey, params), options)
  }
}
