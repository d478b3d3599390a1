import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { GrantsApi } from "../../src/api/Grants.ts"
import type { CommonError, ConflictError, NotFoundError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { GrantsService } from "../../src/services/Grants.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof GrantsApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<GrantsService["list"]>>().toEqualTypeOf<ErrorOf<Contract["listGrants"]>>()
  expectTypeOf<ErrorOf<GrantsService["listPage"]>>().toEqualTypeOf<ErrorOf<Contract["listGrantsPage"]>>()
  expectTypeOf<ErrorOf<GrantsService["listV2"]>>().toEqualTypeOf<ErrorOf<Contract["listGrantsV2"]>>()
  expectTypeOf<ErrorOf<GrantsService["void"]>>().toEqualTypeOf<ErrorOf<Contract["voidGrant"]>>()
  expectTypeOf<ErrorOf<GrantsService["void"]>>().toEqualTypeOf<NotFoundError | ConflictError | CommonError>()
})

it("streams fail with what their lists fail with", () => {
  expectTypeOf<Stream.Error<ReturnType<GrantsService["items"]>>>().toEqualTypeOf<ErrorOf<GrantsService["listPage"]>>()
  expectTypeOf<Stream.Error<ReturnType<GrantsService["itemsV2"]>>>().toEqualTypeOf<ErrorOf<GrantsService["listV2"]>>()
})
