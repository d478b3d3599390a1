import type { Effect } from "effect"
import { expectTypeOf, it } from "vitest"
import type { DebugApi } from "../../src/api/Debug.ts"
import type { CommonError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { DebugService } from "../../src/services/Debug.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof DebugApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<DebugService["getMetrics"]>>().toEqualTypeOf<ErrorOf<Contract["getDebugMetrics"]>>()
  expectTypeOf<ErrorOf<DebugService["getMetrics"]>>().toEqualTypeOf<CommonError>()
})
