/**
 * Endpoints of meters.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { PathParam } from "../schemas/Identifier.ts"
import {
  Meter,
  MeterCreate,
  MeterListParams,
  MeterQueryParams,
  MeterQueryRequest,
  MeterQueryResult,
  MeterRangeParams,
  MeterUpdate
} from "../schemas/Meter.ts"
import { AcceptCsv, Csv } from "./Csv.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

const meter = { meterIdOrSlug: PathParam }

/**
 * Operations on meters.
 *
 * @since 2.0.0
 * @category contract
 */
export class MetersApi extends HttpApiGroup.make("meters").add(
  HttpApiEndpoint.get("listMeters", "/api/v1/meters", {
    query: MeterListParams,
    success: Schema.Array(Meter),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("createMeter", "/api/v1/meters", {
    payload: MeterCreate,
    success: Meter,
    error: problems(409)
  }),
  HttpApiEndpoint.get("getMeter", "/api/v1/meters/:meterIdOrSlug", {
    params: meter,
    success: Meter,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.put("updateMeter", "/api/v1/meters/:meterIdOrSlug", {
    params: meter,
    payload: MeterUpdate,
    success: Meter,
    error: problems(404, 409)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.delete("deleteMeter", "/api/v1/meters/:meterIdOrSlug", {
    params: meter,
    success: HttpApiSchema.NoContent,
    error: problems(404, 409)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("queryMeter", "/api/v1/meters/:meterIdOrSlug/query", {
    params: meter,
    query: MeterQueryParams,
    success: MeterQueryResult,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("queryMeterCsv", "/api/v1/meters/:meterIdOrSlug/query", {
    params: meter,
    query: MeterQueryParams,
    headers: AcceptCsv,
    success: Csv,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("queryMeterPost", "/api/v1/meters/:meterIdOrSlug/query", {
    params: meter,
    payload: MeterQueryRequest,
    success: MeterQueryResult,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("queryMeterPostCsv", "/api/v1/meters/:meterIdOrSlug/query", {
    params: meter,
    payload: MeterQueryRequest,
    headers: AcceptCsv,
    success: Csv,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listMeterSubjects", "/api/v1/meters/:meterIdOrSlug/subjects", {
    params: meter,
    query: MeterRangeParams,
    success: Schema.Array(Schema.String),
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listMeterGroupByValues", "/api/v1/meters/:meterIdOrSlug/group-by/:groupByKey/values", {
    params: { ...meter, groupByKey: PathParam },
    query: MeterRangeParams,
    success: Schema.Array(Schema.String),
    error: problems(404)
  }).annotate(Idempotency, "idempotent")
) {}
