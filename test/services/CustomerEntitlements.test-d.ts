import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { CustomerEntitlementsApi } from "../../src/api/CustomerEntitlements.ts"
import type { CommonError, ConflictError, NotFoundError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { EntitlementMeteredV2, EntitlementV2 } from "../../src/schemas/CustomerEntitlement.ts"
import type { CustomerEntitlementsService } from "../../src/services/CustomerEntitlements.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof CustomerEntitlementsApi>
type Service = CustomerEntitlementsService

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<Service["create"]>>().toEqualTypeOf<ErrorOf<Contract["createCustomerEntitlementV2"]>>()
  expectTypeOf<ErrorOf<Service["list"]>>().toEqualTypeOf<ErrorOf<Contract["listCustomerEntitlementsV2"]>>()
  expectTypeOf<ErrorOf<Service["get"]>>().toEqualTypeOf<ErrorOf<Contract["getCustomerEntitlementV2"]>>()
  expectTypeOf<ErrorOf<Service["delete"]>>().toEqualTypeOf<ErrorOf<Contract["deleteCustomerEntitlementV2"]>>()
  expectTypeOf<ErrorOf<Service["value"]>>().toEqualTypeOf<ErrorOf<Contract["getCustomerEntitlementValueV2"]>>()
  expectTypeOf<ErrorOf<Service["history"]>>().toEqualTypeOf<ErrorOf<Contract["getCustomerEntitlementHistoryV2"]>>()
  expectTypeOf<ErrorOf<Service["reset"]>>().toEqualTypeOf<ErrorOf<Contract["resetCustomerEntitlementUsageV2"]>>()
  expectTypeOf<ErrorOf<Service["override"]>>().toEqualTypeOf<ErrorOf<Contract["overrideCustomerEntitlementV2"]>>()
  expectTypeOf<ErrorOf<Service["createGrant"]>>().toEqualTypeOf<ErrorOf<Contract["createCustomerEntitlementGrantV2"]>>()
  expectTypeOf<ErrorOf<Service["listGrants"]>>().toEqualTypeOf<ErrorOf<Contract["listCustomerEntitlementGrantsV2"]>>()
  expectTypeOf<ErrorOf<Service["listAll"]>>().toEqualTypeOf<ErrorOf<Contract["listEntitlementsV2"]>>()
  expectTypeOf<ErrorOf<Service["getById"]>>().toEqualTypeOf<ErrorOf<Contract["getEntitlementByIdV2"]>>()
  expectTypeOf<ErrorOf<Service["create"]>>().toEqualTypeOf<NotFoundError | ConflictError | CommonError>()
})

it("streams fail with what their lists fail with", () => {
  expectTypeOf<Stream.Error<ReturnType<Service["items"]>>>().toEqualTypeOf<ErrorOf<Service["list"]>>()
  expectTypeOf<Stream.Error<ReturnType<Service["grantItems"]>>>().toEqualTypeOf<ErrorOf<Service["listGrants"]>>()
  expectTypeOf<Stream.Error<ReturnType<Service["allItems"]>>>().toEqualTypeOf<ErrorOf<Service["listAll"]>>()
})

it("shows the customer instead of the subject", () => {
  expectTypeOf<EntitlementMeteredV2>().toHaveProperty("customerId")
  expectTypeOf<EntitlementMeteredV2>().not.toHaveProperty("subjectKey")
  expectTypeOf<Extract<EntitlementV2, { type: "metered" }>>().toEqualTypeOf<EntitlementMeteredV2>()
})

it("takes grants with a metered entitlement alone", () => {
  type Input = Parameters<Service["create"]>[1]
  const metered = { type: "metered", featureKey: "f", usagePeriod: { interval: "MONTH" } } as const
  const grants = [{ amount: 1, effectiveAt: "2025-01-01T00:00:00Z" }] as const
  expectTypeOf({ ...metered, grants }).toExtend<Input>()
  expectTypeOf<Extract<Input, { type: "static" }>>().not.toHaveProperty("grants")
})
