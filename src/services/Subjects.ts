/**
 * Subjects.
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
 * Operations on subjects.
 *
 * @since 2.0.0
 * @category models
 */
export interface SubjectsService {
  /**
   * Lists all subjects that are not deleted, sorted by id.
   *
   * `GET /api/v1/subjects`
   */
  readonly list: () => Effect.Effect<ReadonlyArray<Subject>, CommonError>
  /**
   * Creates or updates one or more subjects, and returns them in the order given. Omitted fields keep their values;
   * `null` clears a field. An empty array sends nothing.
   *
   * The server processes the array one by one: if it rejects a subject, those before it are stored. Fails with
   * `ConflictError` if the array contains a new key twice.
   *
   * `POST /api/v1/subjects`
   */
  readonly upsert: (
    subjects: SubjectUpsert | ReadonlyArray<SubjectUpsert>
  ) => Effect.Effect<ReadonlyArray<Subject>, ConflictError | CommonError>
  /**
   * Fetches a subject by key or id. A deleted subject can only be fetched by id.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}`
   */
  readonly get: (subjectIdOrKey: string) => Effect.Effect<Subject, NotFoundError | CommonError>
  /**
   * Deletes a subject. Its usage is kept, and its key still belongs to its customer.
   *
   * `DELETE /api/v1/subjects/{subjectIdOrKey}`
   */
  readonly delete: (subjectIdOrKey: string) => Effect.Effect<void, NotFoundError | CommonError>
  /** Streams all subjects: {@link SubjectsService.list}. */
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
 * Service for subjects.
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
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Subjects, never, Transport> = Layer.effect(Subjects, make)
}
