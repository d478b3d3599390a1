import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { MetersApi } from "../../src/api/Meters.ts"
import type { CommonError, ConflictError, NotFoundError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { MetersService } from "../../src/services/Meters.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof MetersApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<MetersService["list"]>>().toEqualTypeOf<ErrorOf<Contract["listMeters"]>>()
  expectTypeOf<ErrorOf<MetersService["create"]>>().toEqualTypeOf<ErrorOf<Contract["createMeter"]>>()
  expectTypeOf<ErrorOf<MetersService["get"]>>().toEqualTypeOf<ErrorOf<Contract["getMeter"]>>()
  expectTypeOf<ErrorOf<MetersService["update"]>>().toEqualTypeOf<ErrorOf<Contract["updateMeter"]>>()
  expectTypeOf<ErrorOf<MetersService["delete"]>>().toEqualTypeOf<ErrorOf<Contract["deleteMeter"]>>()
  expectTypeOf<ErrorOf<MetersService["query"]>>().toEqualTypeOf<ErrorOf<Contract["queryMeter"]>>()
  expectTypeOf<ErrorOf<MetersService["queryCsv"]>>().toEqualTypeOf<ErrorOf<Contract["queryMeterCsv"]>>()
  expectTypeOf<ErrorOf<MetersService["queryPost"]>>().toEqualTypeOf<ErrorOf<Contract["queryMeterPost"]>>()
  expectTypeOf<ErrorOf<MetersService["queryPostCsv"]>>().toEqualTypeOf<ErrorOf<Contract["queryMeterPostCsv"]>>()
  expectTypeOf<ErrorOf<MetersService["subjects"]>>().toEqualTypeOf<ErrorOf<Contract["listMeterSubjects"]>>()
  expectTypeOf<ErrorOf<MetersService["groupByValues"]>>().toEqualTypeOf<ErrorOf<Contract["listMeterGroupByValues"]>>()
  expectTypeOf<Stream.Error<ReturnType<MetersService["items"]>>>().toEqualTypeOf<CommonError>()
  expectTypeOf<ErrorOf<MetersService["get"]>>().toEqualTypeOf<NotFoundError | CommonError>()
  expectTypeOf<ErrorOf<MetersService["create"]>>().toEqualTypeOf<ConflictError | CommonError>()
})
