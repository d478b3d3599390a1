import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { PortalApi } from "../../src/api/Portal.ts"
import type { CommonError, NotFoundError, NotImplementedError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { PortalService } from "../../src/services/Portal.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof PortalApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<PortalService["createToken"]>>().toEqualTypeOf<ErrorOf<Contract["createPortalToken"]>>()
  expectTypeOf<ErrorOf<PortalService["listTokens"]>>().toEqualTypeOf<ErrorOf<Contract["listPortalTokens"]>>()
  expectTypeOf<Stream.Error<ReturnType<PortalService["tokens"]>>>().toEqualTypeOf<NotImplementedError | CommonError>()
  expectTypeOf<ErrorOf<PortalService["invalidateTokens"]>>().toEqualTypeOf<
    ErrorOf<Contract["invalidatePortalTokens"]>
  >()
  expectTypeOf<ErrorOf<PortalService["query"]>>().toEqualTypeOf<ErrorOf<Contract["queryPortalMeter"]>>()
  expectTypeOf<ErrorOf<PortalService["queryCsv"]>>().toEqualTypeOf<ErrorOf<Contract["queryPortalMeterCsv"]>>()
  expectTypeOf<ErrorOf<PortalService["createToken"]>>().toEqualTypeOf<
    NotFoundError | NotImplementedError | CommonError
  >()
})
