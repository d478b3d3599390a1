import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { SubjectsApi } from "../../src/api/Subjects.ts"
import type { CommonError, ConflictError, NotFoundError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { SubjectsService } from "../../src/services/Subjects.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof SubjectsApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<SubjectsService["list"]>>().toEqualTypeOf<ErrorOf<Contract["listSubjects"]>>()
  expectTypeOf<ErrorOf<SubjectsService["upsert"]>>().toEqualTypeOf<ErrorOf<Contract["upsertSubject"]>>()
  expectTypeOf<ErrorOf<SubjectsService["get"]>>().toEqualTypeOf<ErrorOf<Contract["getSubject"]>>()
  expectTypeOf<ErrorOf<SubjectsService["delete"]>>().toEqualTypeOf<ErrorOf<Contract["deleteSubject"]>>()
  expectTypeOf<Stream.Error<ReturnType<SubjectsService["items"]>>>().toEqualTypeOf<CommonError>()
  expectTypeOf<ErrorOf<SubjectsService["upsert"]>>().toEqualTypeOf<ConflictError | CommonError>()
  expectTypeOf<ErrorOf<SubjectsService["get"]>>().toEqualTypeOf<NotFoundError | CommonError>()
})
