/**
 * Endpoints of grants across all entitlements.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import {
  EntitlementGrant,
  EntitlementGrantV2,
  GrantListParams,
  GrantListV2Params,
  GrantPageParams,
  GrantVoidParams
} from "../schemas/Grant.ts"
import { PathParam } from "../schemas/Identifier.ts"
import { Page } from "../schemas/Paging.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

/**
 * Operations on grants across all entitlements.
 *
 * @since 2.0.0
 * @category contract
 */
export class GrantsApi extends HttpApiGroup.make("grants").add(
  HttpApiEndpoint.get("listGrants", "/api/v1/grants", {
    query: GrantListParams,
    success: Schema.Array(EntitlementGrant),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listGrantsPage", "/api/v1/grants", {
    query: GrantPageParams,
    success: Page(EntitlementGrant),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listGrantsV2", "/api/v2/grants", {
    query: GrantListV2Params,
    success: Page(EntitlementGrantV2),
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.delete("voidGrant", "/api/v1/grants/:grantId", {
    params: { grantId: PathParam },
    query: GrantVoidParams,
    success: HttpApiSchema.NoContent,
    error: problems(404, 409)
  }).annotate(Idempotency, "idempotent")
) {}
