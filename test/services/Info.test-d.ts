import type { Effect } from "effect"
import { expectTypeOf, it } from "vitest"
import type { InfoApi } from "../../src/api/Info.ts"
import type { CommonError, NotFoundError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { InfoService } from "../../src/services/Info.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof InfoApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<InfoService["listCurrencies"]>>().toEqualTypeOf<ErrorOf<Contract["listCurrencies"]>>()
  expectTypeOf<ErrorOf<InfoService["getProgress"]>>().toEqualTypeOf<ErrorOf<Contract["getProgress"]>>()
  expectTypeOf<ErrorOf<InfoService["listCurrencies"]>>().toEqualTypeOf<CommonError>()
  expectTypeOf<ErrorOf<InfoService["getProgress"]>>().toEqualTypeOf<NotFoundError | CommonError>()
})
