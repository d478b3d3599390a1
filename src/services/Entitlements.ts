/**
 * Entitlements of subjects: given, read, reset, overridden.
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
 * The operations on entitlements of subjects.
 *
 * An entitlement is named by its id, or by the key of its feature. The server takes only ids in some places: there a
 * call that finds no such id looks the feature key up among the entitlements of the subject, and goes again.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementsService {
  /**
   * Gives a subject an entitlement to a feature. `ConflictError` when there is one already, `NotFoundError` when there
   * is no such feature, or no customer that has the subject among its `usageAttribution.subjectKeys`.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements`
   */
  readonly create: (
    subjectIdOrKey: string,
    entitlement: EntitlementCreateInputs
  ) => Effect.Effect<Entitlement, NotFoundError | ConflictError | CommonError>
  /**
   * Lists the active entitlements of a subject, in no particular order.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements`
   */
  readonly list: (
    subjectIdOrKey: string,
    params?: SubjectEntitlementListParams
  ) => Effect.Effect<ReadonlyArray<Entitlement>, NotFoundError | CommonError>
  /** The active entitlements of a subject, one by one: {@link EntitlementsService.list} as a stream. */
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
   * Deletes an entitlement by id or feature key. `ForbiddenError` when a subscription manages it.
   *
   * `DELETE /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}`
   */
  readonly delete: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Asks what an entitlement allows, now or at another time: access, balance, usage, overage.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/value`
   */
  readonly value: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementValueParams
  ) => Effect.Effect<EntitlementValue, NotFoundError | CommonError>
  /**
   * Asks how the balance of a metered entitlement went, by id or feature key: day by day, from the last reset on, if
   * the query does not say otherwise.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}/history`
   */
  readonly history: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query?: BalanceHistoryQuery
  ) => Effect.Effect<WindowedBalanceHistory, NotFoundError | CommonError>
  /**
   * Resets the usage of a metered entitlement by id or feature key: a new usage period begins.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}/reset`
   */
  readonly reset: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: ResetEntitlementUsageInput
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Resets the usage of the only metered entitlement of a subject, as {@link EntitlementsService.reset} does.
   *
   * Fails with the `InvalidRequestError` that names the candidates when the subject has not exactly one.
   */
  readonly resetOnly: (
    subjectIdOrKey: string,
    options?: ResetEntitlementUsageInput
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Puts a new entitlement to the same feature in the place of an active one, by id or feature key. Balance, grants and
   * metadata of the old one are not inherited. `ForbiddenError` when a subscription manages it.
   *
   * `PUT /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/override`
   */
  readonly override: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    entitlement: EntitlementCreateInputs
  ) => Effect.Effect<Entitlement, NotFoundError | ConflictError | CommonError>
  /**
   * Grants a metered entitlement more to burn down.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly createGrant: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    grant: EntitlementGrantCreateInput
  ) => Effect.Effect<EntitlementGrant, NotFoundError | ConflictError | CommonError>
  /**
   * Lists the grants of an entitlement, oldest first, void ones too.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly listGrants: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListParams
  ) => Effect.Effect<ReadonlyArray<EntitlementGrant>, NotFoundError | CommonError>
  /** The grants of an entitlement, one by one: {@link EntitlementsService.listGrants} as a stream. */
  readonly grantItems: (
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListParams
  ) => Stream.Stream<EntitlementGrant, NotFoundError | CommonError>
  /**
   * Lists the entitlements of all subjects by position, overridden ones too. Default order: oldest first.
   *
   * `GET /api/v1/entitlements`
   */
  readonly listAll: (params?: EntitlementListParams) => Effect.Effect<ReadonlyArray<Entitlement>, CommonError>
  /**
   * Lists the entitlements of all subjects as {@link EntitlementsService.listAll} does, one page of them, with the
   * count of all.
   *
   * `GET /api/v1/entitlements` with `page`
   */
  readonly listAllPage: (params?: EntitlementPageParams) => Effect.Effect<Page<Entitlement>, CommonError>
  /**
   * The entitlements of all subjects, one by one: {@link EntitlementsService.listAllPage} as a stream that asks for
   * page after page.
   */
  readonly allItems: (params?: EntitlementPageParams) => Stream.Stream<Entitlement, CommonError>
  /**
   * Fetches an entitlement by id, whichever subject it belongs to.
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

/** An entitlement belongs to a customer, which a program that speaks of subjects may never have heard of. */
const explainMissingCustomer = (error: NotFoundError, subjectIdOrKey: string): NotFoundError =>
  /\b(subject not found|customer with subject key)\b/.test(error.problem?.detail ?? "")
    ? new NotFoundError({
        ...error,
        message: `${error.message}. Entitlements belong to customers: create one that has the subject, customers.create({ name, usageAttribution: { subjectKeys: [${JSON.stringify(subjectIdOrKey)}] } })`
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

  // Without a page the server answers an array.
  const listAllPage = (params: EntitlementPageParams = {}) =>
    entitlements.listEntitlementsPage({ query: { ...params, page: params.page ?? 1 } })

  /** Makes a call that the server takes only ids for, first as if an id was given. A ULID is never a feature key. */
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
              : `subject ${JSON.stringify(subjectIdOrKey)} has ${metered.length} metered entitlements: name one of ${candidates}`
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
 * Entitlements of subjects: given, read, reset, overridden.
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
  /** The operations on entitlements of subjects, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Entitlements, never, Transport> = Layer.effect(Entitlements, make)
}
