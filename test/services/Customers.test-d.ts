import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { CustomersApi } from "../../src/api/Customers.ts"
import type { CommonError, ConflictError, NotFoundError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { CustomersService } from "../../src/services/Customers.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof CustomersApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<CustomersService["list"]>>().toEqualTypeOf<ErrorOf<Contract["listCustomers"]>>()
  expectTypeOf<ErrorOf<CustomersService["create"]>>().toEqualTypeOf<ErrorOf<Contract["createCustomer"]>>()
  expectTypeOf<ErrorOf<CustomersService["get"]>>().toEqualTypeOf<ErrorOf<Contract["getCustomer"]>>()
  expectTypeOf<ErrorOf<CustomersService["update"]>>().toEqualTypeOf<ErrorOf<Contract["updateCustomer"]>>()
  expectTypeOf<ErrorOf<CustomersService["delete"]>>().toEqualTypeOf<ErrorOf<Contract["deleteCustomer"]>>()
  expectTypeOf<ErrorOf<CustomersService["getAccess"]>>().toEqualTypeOf<ErrorOf<Contract["getCustomerAccess"]>>()
  expectTypeOf<ErrorOf<CustomersService["getEntitlementValue"]>>().toEqualTypeOf<
    ErrorOf<Contract["getCustomerEntitlementValue"]>
  >()
  expectTypeOf<Stream.Error<ReturnType<CustomersService["items"]>>>().toEqualTypeOf<CommonError>()
  expectTypeOf<ErrorOf<CustomersService["create"]>>().toEqualTypeOf<ConflictError | CommonError>()
  expectTypeOf<ErrorOf<CustomersService["update"]>>().toEqualTypeOf<NotFoundError | ConflictError | CommonError>()
})
