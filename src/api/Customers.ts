/**
 * Endpoints of customers.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import {
  Customer,
  CustomerAccess,
  CustomerCreate,
  CustomerGetParams,
  CustomerListParams,
  CustomerPage,
  CustomerUpdate
} from "../schemas/Customer.ts"
import { EntitlementValue } from "../schemas/EntitlementValue.ts"
import { PathParam } from "../schemas/Identifier.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

const customer = { customerIdOrKey: PathParam }

/**
 * Operations on customers.
 *
 * @since 2.0.0
 * @category contract
 */
export class CustomersApi extends HttpApiGroup.make("customers").add(
  HttpApiEndpoint.get("listCustomers", "/api/v1/customers", {
    query: CustomerListParams,
    success: CustomerPage,
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("createCustomer", "/api/v1/customers", {
    payload: CustomerCreate,
    success: Customer.pipe(HttpApiSchema.status(201)),
    error: problems(409)
  }),
  HttpApiEndpoint.get("getCustomer", "/api/v1/customers/:customerIdOrKey", {
    params: customer,
    query: CustomerGetParams,
    success: Customer,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.put("updateCustomer", "/api/v1/customers/:customerIdOrKey", {
    params: customer,
    payload: CustomerUpdate,
    success: Customer,
    error: problems(404, 409)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.delete("deleteCustomer", "/api/v1/customers/:customerIdOrKey", {
    params: customer,
    success: HttpApiSchema.NoContent,
    error: problems(404, 409)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("getCustomerAccess", "/api/v1/customers/:customerIdOrKey/access", {
    params: customer,
    success: CustomerAccess,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get(
    "getCustomerEntitlementValue",
    "/api/v1/customers/:customerIdOrKey/entitlements/:featureKey/value",
    {
      params: { ...customer, featureKey: PathParam },
      success: EntitlementValue,
      error: problems(404)
    }
  ).annotate(Idempotency, "idempotent")
) {}
