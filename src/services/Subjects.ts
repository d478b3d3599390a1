/**
 * Subjects: upserted, listed, deleted.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { SubjectsApi } from "../api/Subjects.ts"
import type { CommonError, ConflictError, NotFoundError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type { Subject, SubjectUpsert } from "../schemas/Subject.ts"

/**
 * The operations on subjects.
 *
 * @since 2.0.0
 * @category models
 */
export interface SubjectsService {
  /**
   * Lists all subjects that are not deleted, by id.
   *
   * `GET /api/v1/subjects`
   */
  readonly list: () => Effect.Effect<ReadonlyArray<Subject>, CommonError>
  /**
   * Creates or changes subjects, one or many, and answers them in the order given: what is left out of a subject stays
   * as it is, `null` clears it. An empty list sends nothing.
   *
   * The server works through the list one by one: when it refuses one, those before it are stored. `ConflictError` when
   * a new key is there twice.
   *
   * `POST /api/v1/subjects`
   */
  readonly upsert: (
    subjects: SubjectUpsert | ReadonlyArray<SubjectUpsert>
  ) => Effect.Effect<ReadonlyArray<Subject>, ConflictError | CommonError>
  /**
   * Fetches a subject by key or id. A deleted subject is found by id alone.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}`
   */
  readonly get: (subjectIdOrKey: string) => Effect.Effect<Subject, NotFoundError | CommonError>
  /**
   * Deletes a subject. Its usage stays, and so does its customer's claim to the key.
   *
   * `DELETE /api/v1/subjects/{subjectIdOrKey}`
   */
  readonly delete: (subjectIdOrKey: string) => Effect.Effect<void, NotFoundError | CommonError>
  /** All subjects, one by one: {@link SubjectsService.list} as a stream. */
  readonly items: () => Stream.Stream<Subject, CommonError>
}

const isMany: (subjects: SubjectUpsert | ReadonlyArray<SubjectUpsert>) => subjects is ReadonlyArray<SubjectUpsert> =
  Array.isArray

const make = Effect.gen(function* () {
  const subjects = yield* client(SubjectsApi)
  const list = () => subjects.listSubjects({})
  return Subjects.of({
    list,
    upsert: (upserts) => {
      const payload = isMany(upserts) ? upserts : [upserts]
      return payload.length === 0 ? Effect.succeed([]) : subjects.upsertSubject({ payload })
    },
    get: (subjectIdOrKey) => subjects.getSubject({ params: { subjectIdOrKey } }),
    delete: (subjectIdOrKey) => subjects.deleteSubject({ params: { subjectIdOrKey } }),
    items: () => Stream.fromIterableEffect(list())
  })
})

/**
 * Subjects: upserted, listed, deleted.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Subjects } from "@openmeter/sdk/effect"
 *
 * const rename = Effect.gen(function*() {
 *   const subjects = yield* Subjects
 *   return yield* subjects.upsert({ key: "customer-1", displayName: "ACME" })
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Subjects extends Context.Service<Subjects, SubjectsService>()("@openmeter/sdk/Subjects") {
  /** The operations on subjects, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Subjects, never, Transport> = Layer.effect(Subjects, make)
}
