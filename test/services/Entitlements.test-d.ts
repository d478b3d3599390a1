import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { EntitlementsApi } from "../../src/api/Entitlements.ts"
import type { CommonError, ConflictError, NotFoundError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { Entitlement, EntitlementMetered, EntitlementStatic } from "../../src/schemas/Entitlement.ts"
import type { UnknownType } from "../../src/schemas/Tolerant.ts"
import type { EntitlementsService } from "../../src/services/Entitlements.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof EntitlementsApi>
type Service = EntitlementsService

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<Service["create"]>>().toEqualTypeOf<ErrorOf<Contract["createEntitlement"]>>()
  expectTypeOf<ErrorOf<Service["list"]>>().toEqualTypeOf<ErrorOf<Contract["listSubjectEntitlements"]>>()
  expectTypeOf<ErrorOf<Service["get"]>>().toEqualTypeOf<ErrorOf<Contract["getEntitlement"]>>()
  expectTypeOf<ErrorOf<Service["delete"]>>().toEqualTypeOf<ErrorOf<Contract["deleteEntitlement"]>>()
  expectTypeOf<ErrorOf<Service["value"]>>().toEqualTypeOf<ErrorOf<Contract["getEntitlementValue"]>>()
  expectTypeOf<ErrorOf<Service["history"]>>().toEqualTypeOf<ErrorOf<Contract["getEntitlementHistory"]>>()
  expectTypeOf<ErrorOf<Service["reset"]>>().toEqualTypeOf<ErrorOf<Contract["resetEntitlementUsage"]>>()
  expectTypeOf<ErrorOf<Service["resetOnly"]>>().toEqualTypeOf<ErrorOf<Contract["resetEntitlementUsage"]>>()
  expectTypeOf<ErrorOf<Service["override"]>>().toEqualTypeOf<ErrorOf<Contract["overrideEntitlement"]>>()
  expectTypeOf<ErrorOf<Service["createGrant"]>>().toEqualTypeOf<ErrorOf<Contract["createGrant"]>>()
  expectTypeOf<ErrorOf<Service["listGrants"]>>().toEqualTypeOf<ErrorOf<Contract["listEntitlementGrants"]>>()
  expectTypeOf<ErrorOf<Service["listAll"]>>().toEqualTypeOf<ErrorOf<Contract["listEntitlements"]>>()
  expectTypeOf<ErrorOf<Service["listAllPage"]>>().toEqualTypeOf<ErrorOf<Contract["listEntitlementsPage"]>>()
  expectTypeOf<ErrorOf<Service["getById"]>>().toEqualTypeOf<ErrorOf<Contract["getEntitlementById"]>>()
  expectTypeOf<ErrorOf<Service["create"]>>().toEqualTypeOf<NotFoundError | ConflictError | CommonError>()
})

it("streams fail with what their lists fail with", () => {
  expectTypeOf<Stream.Error<ReturnType<Service["items"]>>>().toEqualTypeOf<ErrorOf<Service["list"]>>()
  expectTypeOf<Stream.Error<ReturnType<Service["grantItems"]>>>().toEqualTypeOf<ErrorOf<Service["listGrants"]>>()
  expectTypeOf<Stream.Error<ReturnType<Service["allItems"]>>>().toEqualTypeOf<ErrorOf<Service["listAllPage"]>>()
})

it("tells entitlements apart by type, and leaves what a newer server knows for last", () => {
  const check = (entitlement: Entitlement) => {
    if (entitlement.type === "metered") return expectTypeOf(entitlement).toEqualTypeOf<EntitlementMetered>()
    if (entitlement.type === "static") return expectTypeOf(entitlement).toEqualTypeOf<EntitlementStatic>()
    if (entitlement.type !== "boolean") return expectTypeOf(entitlement.type).toEqualTypeOf<UnknownType>()
    return expectTypeOf(entitlement.type).toEqualTypeOf<"boolean">()
  }
  expectTypeOf(check).toBeFunction()
})

it("names an entitlement without telling its type", () => {
  expectTypeOf<Entitlement["id"]>().toEqualTypeOf<string>()
  expectTypeOf<Entitlement["featureKey"]>().toEqualTypeOf<string>()
})

it("takes inputs that are told apart by type", () => {
  type Input = Parameters<Service["create"]>[1]
  expectTypeOf({ type: "boolean", featureKey: "f" } as const).toExtend<Input>()
  expectTypeOf({ type: "metered", featureKey: "f", usagePeriod: { interval: "MONTH" } } as const).toExtend<Input>()
  expectTypeOf({ type: "metered", featureKey: "f" } as const).not.toExtend<Input>()
  expectTypeOf({ type: "static", featureKey: "f" } as const).not.toExtend<Input>()
  expectTypeOf({ type: "other", featureKey: "f" } as const).not.toExtend<Input>()
})

it("needs no window size for a history", () => {
  expectTypeOf<Parameters<Service["history"]>[2]>().toEqualTypeOf<
    | {
        readonly from?: NonNullable<Parameters<Service["history"]>[2]>["from"]
        readonly to?: NonNullable<Parameters<Service["history"]>[2]>["to"]
        readonly windowTimeZone?: string | undefined
        readonly windowSize?: "MINUTE" | "HOUR" | "DAY" | "MONTH" | undefined
      }
    | undefined
  >()
})
