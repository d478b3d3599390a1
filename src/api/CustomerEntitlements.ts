/**
 * Endpoints of entitlements of customers.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { BalanceHistoryParams, WindowedBalanceHistory } from "../schemas/BalanceHistory.ts"
import {
  CustomerEntitlementListParams,
  EntitlementListV2Params,
  EntitlementV2,
  EntitlementV2CreateInputs
} from "../schemas/CustomerEntitlement.ts"
import { ResetEntitlementUsageInput } from "../schemas/Entitlement.ts"
import { EntitlementValueParams, EntitlementValueV2 } from "../schemas/EntitlementValue.ts"
import { EntitlementGrantCreateInputV2, EntitlementGrantListV2Params, EntitlementGrantV2 } from "../schemas/Grant.ts"
import { PathParam } from "../schemas/Identifier.ts"
import { Page } from "../schemas/Paging.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

const customer = { customerIdOrKey: PathParam }
const byIdOrKey = { ...customer, entitlementIdOrFeatureKey: PathParam }
const created = HttpApiSchema.status(201)

/**
 * Operations on entitlements of customers.
 *
 * @since 2.0.0
 * @category contract
 */
export class CustomerEntitlementsApi extends HttpApiGroup.make("customerEntitlements").add(
  HttpApiEndpoint.post("createCustomerEntitlementV2", "/api/v2/customers/:customerIdOrKey/entitlements", {
    params: customer,
    payload: EntitlementV2CreateInputs,
    success: created(EntitlementV2),
    error: problems(404, 409)
  }),
  HttpApiEndpoint.get("listCustomerEntitlementsV2", "/api/v2/customers/:customerIdOrKey/entitlements", {
    params: customer,
    query: CustomerEntitlementListParams,
    success: Page(EntitlementV2),
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get(
    "getCustomerEntitlementV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey",
    {
      params: byIdOrKey,
      success: EntitlementV2,
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.delete(
    "deleteCustomerEntitlementV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey",
    {
      params: byIdOrKey,
      success: HttpApiSchema.NoContent,
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get(
    "getCustomerEntitlementValueV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/value",
    {
      params: byIdOrKey,
      query: EntitlementValueParams,
      success: EntitlementValueV2,
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get(
    "getCustomerEntitlementHistoryV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/history",
    {
      params: byIdOrKey,
      query: BalanceHistoryParams,
      success: WindowedBalanceHistory,
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post(
    "resetCustomerEntitlementUsageV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/reset",
    {
      params: byIdOrKey,
      payload: ResetEntitlementUsageInput,
      success: HttpApiSchema.NoContent,
      error: problems(404)
    }
  ),
  HttpApiEndpoint.put(
    "overrideCustomerEntitlementV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/override",
    {
      params: byIdOrKey,
      payload: EntitlementV2CreateInputs,
      success: created(EntitlementV2),
      error: problems(404, 409)
    }
  ),
  HttpApiEndpoint.post(
    "createCustomerEntitlementGrantV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants",
    {
      params: byIdOrKey,
      payload: EntitlementGrantCreateInputV2,
      success: created(EntitlementGrantV2),
      error: problems(404, 409)
    }
  ),
  HttpApiEndpoint.get(
    "listCustomerEntitlementGrantsV2",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants",
    {
      params: byIdOrKey,
      query: EntitlementGrantListV2Params,
      success: Page(EntitlementGrantV2),
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listEntitlementsV2", "/api/v2/entitlements", {
    query: EntitlementListV2Params,
    success: Page(EntitlementV2),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("getEntitlementByIdV2", "/api/v2/entitlements/:entitlementId", {
    params: { entitlementId: PathParam },
    success: EntitlementV2,
    error: problems(404)
  }).annotate(Idempotency, "idempotent")
) {}
