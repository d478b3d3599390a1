/**
 * Endpoints of portal tokens, and of the queries that they allow.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { PathParam } from "../schemas/Identifier.ts"
import { MeterQueryResult } from "../schemas/Meter.ts"
import {
  PortalQueryParams,
  PortalToken,
  PortalTokenCreate,
  PortalTokenInvalidation,
  PortalTokenListParams
} from "../schemas/Portal.ts"
import { AcceptCsv, Csv } from "./Csv.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

/**
 * Operations on portal tokens, and the queries that a portal token allows.
 *
 * @since 2.0.0
 * @category contract
 */
export class PortalApi extends HttpApiGroup.make("portal").add(
  HttpApiEndpoint.post("createPortalToken", "/api/v1/portal/tokens", {
    payload: PortalTokenCreate,
    success: PortalToken,
    error: problems(404, 501)
  }),
  HttpApiEndpoint.get("listPortalTokens", "/api/v1/portal/tokens", {
    query: PortalTokenListParams,
    success: Schema.Array(PortalToken),
    error: problems(501)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("invalidatePortalTokens", "/api/v1/portal/tokens/invalidate", {
    payload: PortalTokenInvalidation,
    success: HttpApiSchema.NoContent,
    error: problems(501)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("queryPortalMeter", "/api/v1/portal/meters/:meterSlug/query", {
    params: { meterSlug: PathParam },
    query: PortalQueryParams,
    success: MeterQueryResult,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("queryPortalMeterCsv", "/api/v1/portal/meters/:meterSlug/query", {
    params: { meterSlug: PathParam },
    query: PortalQueryParams,
    headers: AcceptCsv,
    success: Csv,
    error: problems(404)
  }).annotate(Idempotency, "idempotent")
) {}
