import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { FeaturesApi } from "../../src/api/Features.ts"
import type { CommonError, ConflictError, NotFoundError } from "../../src/errors.ts"
import type { LlmPricing, UnitCost } from "../../src/schemas/Feature.ts"
import type { UnknownMember } from "../../src/schemas/Tolerant.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { FeaturesService } from "../../src/services/Features.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof FeaturesApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<FeaturesService["list"]>>().toEqualTypeOf<ErrorOf<Contract["listFeatures"]>>()
  expectTypeOf<ErrorOf<FeaturesService["listPage"]>>().toEqualTypeOf<ErrorOf<Contract["listFeaturesPage"]>>()
  expectTypeOf<ErrorOf<FeaturesService["create"]>>().toEqualTypeOf<ErrorOf<Contract["createFeature"]>>()
  expectTypeOf<ErrorOf<FeaturesService["get"]>>().toEqualTypeOf<ErrorOf<Contract["getFeature"]>>()
  expectTypeOf<ErrorOf<FeaturesService["delete"]>>().toEqualTypeOf<ErrorOf<Contract["deleteFeature"]>>()
  expectTypeOf<Stream.Error<ReturnType<FeaturesService["items"]>>>().toEqualTypeOf<CommonError>()
  expectTypeOf<ErrorOf<FeaturesService["create"]>>().toEqualTypeOf<NotFoundError | ConflictError | CommonError>()
  expectTypeOf<ErrorOf<FeaturesService["get"]>>().toEqualTypeOf<NotFoundError | CommonError>()
})

it("tells the kinds of unit cost apart by type, unknown ones among them", () => {
  const read = (cost: UnitCost) => (cost.type === "manual" ? cost.amount : cost.type === "llm" ? cost.pricing : cost)
  expectTypeOf(read).returns.toEqualTypeOf<string | LlmPricing | UnknownMember | undefined>()
})
