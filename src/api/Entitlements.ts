/**
 * Endpoints of entitlements of subjects.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { BalanceHistoryParams, WindowedBalanceHistory } from "../schemas/BalanceHistory.ts"
import {
  Entitlement,
  EntitlementCreateInputs,
  EntitlementListParams,
  EntitlementPageParams,
  ResetEntitlementUsageInput,
  SubjectEntitlementListParams
} from "../schemas/Entitlement.ts"
import { EntitlementValue, EntitlementValueParams } from "../schemas/EntitlementValue.ts"
import { EntitlementGrant, EntitlementGrantCreateInput, EntitlementGrantListParams } from "../schemas/Grant.ts"
import { PathParam } from "../schemas/Identifier.ts"
import { Page } from "../schemas/Paging.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

const subject = { subjectIdOrKey: PathParam }
const byId = { ...subject, entitlementId: PathParam }
const byIdOrKey = { ...subject, entitlementIdOrFeatureKey: PathParam }
const created = HttpApiSchema.status(201)

/**
 * Operations on entitlements of subjects.
 *
 * @since 2.0.0
 * @category contract
 */
export class EntitlementsApi extends HttpApiGroup.make("entitlements").add(
  HttpApiEndpoint.post("createEntitlement", "/api/v1/subjects/:subjectIdOrKey/entitlements", {
    params: subject,
    payload: EntitlementCreateInputs,
    success: created(Entitlement),
    error: problems(404, 409)
  }),
  HttpApiEndpoint.get("listSubjectEntitlements", "/api/v1/subjects/:subjectIdOrKey/entitlements", {
    params: subject,
    query: SubjectEntitlementListParams,
    success: Schema.Array(Entitlement),
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("getEntitlement", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId", {
    params: byId,
    success: Entitlement,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.delete("deleteEntitlement", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId", {
    params: byId,
    success: HttpApiSchema.NoContent,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get(
    "getEntitlementValue",
    "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/value",
    {
      params: byIdOrKey,
      query: EntitlementValueParams,
      success: EntitlementValue,
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("getEntitlementHistory", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId/history", {
    params: byId,
    query: BalanceHistoryParams,
    success: WindowedBalanceHistory,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("resetEntitlementUsage", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId/reset", {
    params: byId,
    payload: ResetEntitlementUsageInput,
    success: HttpApiSchema.NoContent,
    error: problems(404)
  }),
  HttpApiEndpoint.put(
    "overrideEntitlement",
    "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/override",
    {
      params: byIdOrKey,
      payload: EntitlementCreateInputs,
      success: created(Entitlement),
      error: problems(404, 409)
    }
  ),
  HttpApiEndpoint.post(
    "createGrant",
    "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants",
    {
      params: byIdOrKey,
      payload: EntitlementGrantCreateInput,
      success: created(EntitlementGrant),
      error: problems(404, 409)
    }
  ),
  HttpApiEndpoint.get(
    "listEntitlementGrants",
    "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants",
    {
      params: byIdOrKey,
      query: EntitlementGrantListParams,
      success: Schema.Array(EntitlementGrant),
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listEntitlements", "/api/v1/entitlements", {
    query: EntitlementListParams,
    success: Schema.Array(Entitlement),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listEntitlementsPage", "/api/v1/entitlements", {
    query: EntitlementPageParams,
    success: Page(Entitlement),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("getEntitlementById", "/api/v1/entitlements/:entitlementId", {
    params: { entitlementId: PathParam },
    success: Entitlement,
    error: problems(404)
  }).annotate(Idempotency, "idempotent")
) {}
