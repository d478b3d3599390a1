/**
 * Entitlements of subjects.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { EntitlementsApi } from "../api/Entitlements.ts"
import { type CommonError, type ConflictError, invalidRequest, NotFoundError, refused } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type { BalanceHistoryQuery, WindowedBalanceHistory } from "../schemas/BalanceHistory.ts"
import {
  type Entitlement,
  type EntitlementCreateInputs,
  type EntitlementListParams,
  type EntitlementPageParams,
  ResetEntitlementUsageInput,
  type SubjectEntitlementListParams
} from "../schemas/Entitlement.ts"
import type { EntitlementValue, EntitlementValueParams } from "../schemas/EntitlementValue.ts"
import type { EntitlementGrant, EntitlementGrantCreateInput, EntitlementGrantListParams } from "../schemas/Grant.ts"
import { Ulid } from "../schemas/Identifier.ts"
import type { Page } from "../schemas/Paging.ts"
import { pages } from "./Paging.ts"

/**
 * Operations on entitlements of subjects.
 *
 * An entitlement is identified by its id or the key of its feature. Some of the server's endpoints accept only ids.
 * There, if no entitlement has the given id, the service looks up the feature key among the subject's entitlements and
 * repeats the request with the id.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementsService {
  /**
   * Creates an entitlement to a feature for a subject. Fails with `ConflictError` if the subject already has one, and
   * with `NotFoundError` if the feature does not exist or no customer has the subject in its
   * `usageAttribution.subjectKeys`.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements`
   */
  readonly create: (
    subjectIdOrKey: string,
    entitlement: EntitlementCreateInputs
  ) => Effect.Effect<Entitlement, NotFoundError | ConflictError | CommonError>
  /**
   * Lists a subject's active entitlements, in no particular order.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements`
   */
  readonly list: (
    subjectIdOrKey: string,
    params?: SubjectEntitlementListParams
  ) => Effect.Effect<ReadonlyArray<Entitlement>, NotFoundError | CommonError>
  /** Streams a subject's active entitlements: {@link EntitlementsService.list}. */
  readonly items: (
    subjectIdOrKey: string,
    params?: SubjectEntitlementListParams
  ) => Stream.Stream<Entitlement, NotFoundError | CommonError>
  /**
   * Fetches an entitlement by id or feature key.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}`
   */
  readonly get: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string
  ) => Effect.Effect<Entitlement, NotFoundError | CommonError>
  /**
   * Deletes an entitlement by id or feature key. Fails with `ForbiddenError` if a subscription manages it.
   *
   * `DELETE /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}`
   */
  readonly delete: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Returns the value of an entitlement, now or at a given time: access, balance, usage and overage.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/value`
   */
  readonly value: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementValueParams
  ) => Effect.Effect<EntitlementValue, NotFoundError | CommonError>
  /**
   * Returns the balance history of a metered entitlement, by id or feature key. Defaults to daily windows since the
   * last reset.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}/history`
   */
  readonly history: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query?: BalanceHistoryQuery
  ) => Effect.Effect<WindowedBalanceHistory, NotFoundError | CommonError>
  /**
   * Resets the usage of a metered entitlement, by id or feature key, which starts a new usage period.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}/reset`
   */
  readonly reset: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: ResetEntitlementUsageInput
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Resets the usage of a subject's only metered entitlement, like {@link EntitlementsService.reset}.
   *
   * Fails with an `InvalidRequestError` that names the candidates if the subject does not have exactly one.
   */
  readonly resetOnly: (
    subjectIdOrKey: string,
    options?: ResetEntitlementUsageInput
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Replaces an active entitlement, by id or feature key, with a new one for the same feature. The new entitlement does
   * not inherit the balance, grants or metadata of the old one. Fails with `ForbiddenError` if a subscription manages
   * the entitlement.
   *
   * `PUT /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/override`
   */
  readonly override: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    entitlement: EntitlementCreateInputs
  ) => Effect.Effect<Entitlement, NotFoundError | ConflictError | CommonError>
  /**
   * Creates a grant, which adds balance to a metered entitlement.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly createGrant: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    grant: EntitlementGrantCreateInput
  ) => Effect.Effect<EntitlementGrant, NotFoundError | ConflictError | CommonError>
  /**
   * Lists an entitlement's grants, oldest first and including voided ones.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly listGrants: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListParams
  ) => Effect.Effect<ReadonlyArray<EntitlementGrant>, NotFoundError | CommonError>
  /** Streams an entitlement's grants: {@link EntitlementsService.listGrants}. */
  readonly grantItems: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListParams
  ) => Stream.Stream<EntitlementGrant, NotFoundError | CommonError>
  /**
   * Lists the entitlements of all subjects by limit and offset, including overridden ones. Sorted oldest first by
   * default.
   *
   * `GET /api/v1/entitlements`
   */
  readonly listAll: (params?: EntitlementListParams) => Effect.Effect<ReadonlyArray<Entitlement>, CommonError>
  /**
   * Lists one page of the entitlements of all subjects, like {@link EntitlementsService.listAll}, with the total count.
   *
   * `GET /api/v1/entitlements` with `page`
   */
  readonly listAllPage: (params?: EntitlementPageParams) => Effect.Effect<Page<Entitlement>, CommonError>
  /** Streams the entitlements of all subjects: {@link EntitlementsService.listAllPage}, following the pages. */
  readonly allItems: (params?: EntitlementPageParams) => Stream.Stream<Entitlement, CommonError>
  /**
   * Fetches an entitlement by id, regardless of its subject.
   *
   * `GET /api/v1/entitlements/{entitlementId}`
   */
  readonly getById: (entitlementId: string) => Effect.Effect<Entitlement, NotFoundError | CommonError>
}

const isUlid = Schema.is(Ulid)

const checkReset = Schema.encodeUnknownEffect(ResetEntitlementUsageInput, { onExcessProperty: "error" })

const resetOperation = {
  name: EntitlementsApi.endpoints.resetEntitlementUsage.identifier,
  method: EntitlementsApi.endpoints.resetEntitlementUsage.method,
  path: EntitlementsApi.endpoints.resetEntitlementUsage.path
}

/**
 * Adds a hint to the error: entitlements belong to customers, which a program that uses only subjects may not know
 * about.
 */
const explainMissingCustomer = (error: NotFoundError, subjectIdOrKey: string): NotFoundError =>
  /\b(subject not found|customer with subject key)\b/.test(error.problem?.detail ?? "")
    ? new NotFoundError({
        ...error,
        message: `${error.message}. Entitlements belong to customers: create one that has the subject with customers.create({ name, usageAttribution: { subjectKeys: [${JSON.stringify(subjectIdOrKey)}] } })`
      })
    : error

const make = Effect.gen(function* () {
  const entitlements = yield* client(EntitlementsApi)

  const list = (subjectIdOrKey: string, query: SubjectEntitlementListParams = {}) =>
    entitlements.listSubjectEntitlements({ params: { subjectIdOrKey }, query })

  const listGrants = (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query: EntitlementGrantListParams = {}
  ) => entitlements.listEntitlementGrants({ params: { subjectIdOrKey, entitlementIdOrFeatureKey }, query })

  // Without `page` the server returns an array.
  const listAllPage = (params: EntitlementPageParams = {}) =>
    entitlements.listEntitlementsPage({ query: { ...params, page: params.page ?? 1 } })

  /** Calls an endpoint that accepts only ids, first with the given value as the id. A ULID is never a feature key. */
  const byIdOrFeatureKey = <A>(
    subjectIdOrKey: string,
    idOrFeatureKey: string,
    call: (entitlementId: string) => Effect.Effect<A, NotFoundError | CommonError>
  ): Effect.Effect<A, NotFoundError | CommonError> =>
    Effect.catchTag(call(idOrFeatureKey), "NotFoundError", (notFound) =>
      isUlid(idOrFeatureKey)
        ? Effect.fail(notFound)
        : list(subjectIdOrKey).pipe(
            Effect.catchTag("NotFoundError", () => Effect.fail(notFound)),
            Effect.flatMap((all) => {
              const found = all.find((entitlement) => entitlement.featureKey === idOrFeatureKey)
              return found === undefined ? Effect.fail(notFound) : call(String(found.id))
            })
          )
    )

  const resetById = (subjectIdOrKey: string, entitlementId: string, payload: ResetEntitlementUsageInput) =>
    entitlements.resetEntitlementUsage({ params: { subjectIdOrKey, entitlementId }, payload })

  return Entitlements.of({
    create: (subjectIdOrKey, payload) =>
      Effect.catchTag(
        entitlements.createEntitlement({ params: { subjectIdOrKey }, payload }),
        "NotFoundError",
        (error) => Effect.fail(explainMissingCustomer(error, subjectIdOrKey))
      ),
    list,
    items: (subjectIdOrKey, params) => Stream.fromIterableEffect(list(subjectIdOrKey, params)),
    get: (subjectIdOrKey, idOrFeatureKey) =>
      byIdOrFeatureKey(subjectIdOrKey, idOrFeatureKey, (entitlementId) =>
        entitlements.getEntitlement({ params: { subjectIdOrKey, entitlementId } })
      ),
    delete: (subjectIdOrKey, idOrFeatureKey) =>
      byIdOrFeatureKey(subjectIdOrKey, idOrFeatureKey, (entitlementId) =>
        entitlements.deleteEntitlement({ params: { subjectIdOrKey, entitlementId } })
      ),
    value: (subjectIdOrKey, entitlementIdOrFeatureKey, query = {}) =>
      entitlements.getEntitlementValue({ params: { subjectIdOrKey, entitlementIdOrFeatureKey }, query }),
    history: (subjectIdOrKey, idOrFeatureKey, query = {}) =>
      byIdOrFeatureKey(subjectIdOrKey, idOrFeatureKey, (entitlementId) =>
        entitlements.getEntitlementHistory({
          params: { subjectIdOrKey, entitlementId },
          query: { ...query, windowSize: query.windowSize ?? "DAY" }
        })
      ),
    reset: (subjectIdOrKey, idOrFeatureKey, options = {}) =>
      byIdOrFeatureKey(subjectIdOrKey, idOrFeatureKey, (entitlementId) =>
        resetById(subjectIdOrKey, entitlementId, options)
      ),
    resetOnly: (subjectIdOrKey, options = {}) =>
      Effect.mapError(checkReset(options), (error) => invalidRequest(resetOperation, error)).pipe(
        Effect.andThen(list(subjectIdOrKey)),
        Effect.flatMap((all) => {
          const metered = all.filter((entitlement) => entitlement.type === "metered")
          const [only, ...others] = metered
          if (only !== undefined && others.length === 0) return resetById(subjectIdOrKey, only.id, options)
          const candidates = metered.map(({ featureKey }) => JSON.stringify(featureKey)).join(", ")
          const reason =
            only === undefined
              ? `subject ${JSON.stringify(subjectIdOrKey)} has no metered entitlement`
              : `subject ${JSON.stringify(subjectIdOrKey)} has ${metered.length} metered entitlements: specify one of ${candidates}`
          return Effect.fail(refused(resetOperation, "entitlementIdOrFeatureKey", reason))
        })
      ),
    override: (subjectIdOrKey, entitlementIdOrFeatureKey, payload) =>
      entitlements.overrideEntitlement({ params: { subjectIdOrKey, entitlementIdOrFeatureKey }, payload }),
    createGrant: (subjectIdOrKey, entitlementIdOrFeatureKey, payload) =>
      entitlements.createGrant({ params: { subjectIdOrKey, entitlementIdOrFeatureKey }, payload }),
    listGrants,
    grantItems: (subjectIdOrKey, entitlementIdOrFeatureKey, params) =>
      Stream.fromIterableEffect(listGrants(subjectIdOrKey, entitlementIdOrFeatureKey, params)),
    listAll: (query = {}) => entitlements.listEntitlements({ query }),
    listAllPage,
    allItems: (params) => pages((page) => listAllPage({ ...params, page }), params?.page),
    getById: (entitlementId) => entitlements.getEntitlementById({ params: { entitlementId } })
  })
})

/**
 * Service for entitlements of subjects.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Entitlements } from "@openmeter/sdk/effect"
 *
 * const mayGenerate = Effect.gen(function*() {
 *   const entitlements = yield* Entitlements
 *   const { hasAccess } = yield* entitlements.value("customer-1", "ai_tokens")
 *   return hasAccess
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Entitlements extends Context.Service<Entitlements, EntitlementsService>()("@openmeter/sdk/Entitlements") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Entitlements, never, Transport> = Layer.effect(Entitlements, make)
}
