/**
 * Subjects and their entitlements, in the Promise API.
 *
 * @since 2.0.0
 */
import * as Check from "../layers/Check.ts"
import type { BalanceHistoryQuery, WindowedBalanceHistory } from "../schemas/BalanceHistory.ts"
import type {
  Entitlement,
  EntitlementCreateInputs,
  ResetEntitlementUsageInput,
  SubjectEntitlementListParams
} from "../schemas/Entitlement.ts"
import type { EntitlementValue, EntitlementValueParams } from "../schemas/EntitlementValue.ts"
import type { EntitlementGrant, EntitlementGrantCreateInput, EntitlementGrantListParams } from "../schemas/Grant.ts"
import type { Subject, SubjectUpsert } from "../schemas/Subject.ts"
import { Entitlements } from "../services/Entitlements.ts"
import { EntitlementCheck } from "../services/EntitlementCheck.ts"
import { Subjects as Service } from "../services/Subjects.ts"
import type { Listing } from "./Listing.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * Operations on subjects and their entitlements.
 *
 * @example
 * ```ts
 * const { hasAccess, balance } = await openmeter.subjects.getEntitlementValue("customer-1", "ai_tokens")
 * if (!hasAccess) console.log(`balance: ${balance}`)
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Subjects {
  readonly #runner: Runner<Service | Entitlements | EntitlementCheck>

  /** @internal */
  constructor(runner: Runner<Service | Entitlements | EntitlementCheck>) {
    this.#runner = runner
  }

  /**
   * Creates or updates one or more subjects, and returns them in the order given. Omitted fields keep their values;
   * `null` clears a field. An empty array sends nothing.
   *
   * `POST /api/v1/subjects`
   *
   * @example
   * ```ts
   * await openmeter.subjects.upsert([{ key: "customer-1", displayName: "ACME" }])
   * ```
   */
  upsert(
    subjects: SubjectUpsert | ReadonlyArray<SubjectUpsert>,
    options?: RequestOptions
  ): Promise<ReadonlyArray<Subject>> {
    return this.#runner.run(Service, (service) => service.upsert(subjects), options)
  }

  /**
   * Lists all subjects that are not deleted, sorted by id.
   *
   * `GET /api/v1/subjects`
   */
  list(options?: RequestOptions): Listing<ReadonlyArray<Subject>, Subject> {
    return this.#runner.array(Service, (subjects) => subjects.list(), options)
  }

  /**
   * Fetches a subject by key or id. A deleted subject can only be fetched by id.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}`
   */
  get(subjectIdOrKey: string, options?: RequestOptions): Promise<Subject> {
    return this.#runner.run(Service, (subjects) => subjects.get(subjectIdOrKey), options)
  }

  /**
   * Deletes a subject. Its usage is kept, and its key still belongs to its customer.
   *
   * `DELETE /api/v1/subjects/{subjectIdOrKey}`
   */
  delete(subjectIdOrKey: string, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (subjects) => subjects.delete(subjectIdOrKey), options)
  }

  /**
   * Creates an entitlement to a feature for a subject. Rejects with `ConflictError` if the subject already has one, and
   * with `NotFoundError` if the feature does not exist or no customer has the subject in its
   * `usageAttribution.subjectKeys`.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements`
   *
   * @example
   * ```ts
   * await openmeter.subjects.createEntitlement("customer-1", {
   *   type: "metered",
   *   featureKey: "ai_tokens",
   *   usagePeriod: { interval: "MONTH" },
   *   issueAfterReset: 1_000_000
   * })
   * ```
   */
  createEntitlement(
    subjectIdOrKey: string,
    entitlement: EntitlementCreateInputs,
    options?: RequestOptions
  ): Promise<Entitlement> {
    return this.#runner.run(Entitlements, (entitlements) => entitlements.create(subjectIdOrKey, entitlement), options)
  }

  /**
   * Lists a subject's active entitlements, in no particular order.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements`
   */
  listEntitlements(
    subjectIdOrKey: string,
    params?: SubjectEntitlementListParams,
    options?: RequestOptions
  ): Listing<ReadonlyArray<Entitlement>, Entitlement> {
    return this.#runner.array(Entitlements, (entitlements) => entitlements.list(subjectIdOrKey, params), options)
  }

  /**
   * Fetches an entitlement by id or feature key.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}`
   */
  getEntitlement(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: RequestOptions
  ): Promise<Entitlement> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.get(subjectIdOrKey, entitlementIdOrFeatureKey),
      options
    )
  }

  /**
   * Deletes an entitlement by id or feature key. Rejects with `ForbiddenError` if a subscription manages it.
   *
   * `DELETE /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}`
   */
  deleteEntitlement(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: RequestOptions
  ): Promise<void> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.delete(subjectIdOrKey, entitlementIdOrFeatureKey),
      options
    )
  }

  /**
   * Returns the value of an entitlement, now or at a given time: access, balance, usage and overage.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/value`
   *
   * @example
   * ```ts
   * const { hasAccess, balance } = await openmeter.subjects.getEntitlementValue("customer-1", "ai_tokens")
   * ```
   */
  getEntitlementValue(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementValueParams,
    options?: RequestOptions
  ): Promise<EntitlementValue> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.value(subjectIdOrKey, entitlementIdOrFeatureKey, params),
      options
    )
  }

  /**
   * Returns whether a subject has access to a feature, answering from memory when possible. Cheap enough to call on
   * every request. A subject or entitlement that does not exist is not an error: the result is `false`.
   *
   * Answers are cached for as long as the client's `entitlementCheck` option says. Concurrent checks share one request.
   * While the server is failing, the last known answer is used; if there is none, the check rejects, and the failure is
   * not cached.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{featureKey}/value`
   *
   * @param options - `signal` aborts only this check; other checks waiting for the same answer still receive it
   * @example
   * ```ts
   * if (!(await openmeter.subjects.hasAccess("customer-1", "ai_tokens"))) throw new Error("no tokens left")
   * ```
   */
  async hasAccess(
    subjectIdOrKey: string,
    featureKey: string,
    options: Pick<RequestOptions, "signal"> = {}
  ): Promise<boolean> {
    // The request is shared by all waiting checks, so per-call options other than `signal` cannot apply to it.
    Check.options(options, ["signal"])
    return this.#runner.run(EntitlementCheck, (check) => check.hasAccess(subjectIdOrKey, featureKey), options)
  }

  /**
   * Drops the cached answer of `hasAccess` for a subject and a feature, for example after a grant, so that the next
   * check asks the server.
   */
  invalidateAccess(subjectIdOrKey: string, featureKey: string): Promise<void> {
    return this.#runner.run(EntitlementCheck, (check) => check.invalidate(subjectIdOrKey, featureKey))
  }

  /**
   * Returns the balance history of a metered entitlement, by id or feature key. Defaults to daily windows since the
   * last reset.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}/history`
   */
  getEntitlementHistory(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query?: BalanceHistoryQuery,
    options?: RequestOptions
  ): Promise<WindowedBalanceHistory> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.history(subjectIdOrKey, entitlementIdOrFeatureKey, query),
      options
    )
  }

  /**
   * Resets the usage of a metered entitlement, by id or feature key, which starts a new usage period.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}/reset`
   */
  resetEntitlementUsage(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    input?: ResetEntitlementUsageInput,
    options?: RequestOptions
  ): Promise<void>
  /**
   * Resets the usage of a subject's only metered entitlement. Rejects with an `InvalidRequestError` that names the
   * candidates if the subject does not have exactly one.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementId}/reset`
   */
  resetEntitlementUsage(
    subjectIdOrKey: string,
    input?: ResetEntitlementUsageInput,
    options?: RequestOptions
  ): Promise<void>
  resetEntitlementUsage(
    subjectIdOrKey: string,
    first?: string | ResetEntitlementUsageInput,
    second?: ResetEntitlementUsageInput | RequestOptions,
    third?: RequestOptions
  ): Promise<void> {
    // The overloads fix the positions: only the first form starts with an entitlement id or feature key.
    return typeof first === "string"
      ? this.#runner.run(
          Entitlements,
          (entitlements) => entitlements.reset(subjectIdOrKey, first, second as ResetEntitlementUsageInput),
          third
        )
      : this.#runner.run(
          Entitlements,
          (entitlements) => entitlements.resetOnly(subjectIdOrKey, first),
          second as RequestOptions
        )
  }

  /**
   * Replaces an active entitlement, by id or feature key, with a new one for the same feature. The new entitlement does
   * not inherit the balance, grants or metadata of the old one. Rejects with `ForbiddenError` if a subscription manages
   * the entitlement.
   *
   * `PUT /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/override`
   */
  overrideEntitlement(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    entitlement: EntitlementCreateInputs,
    options?: RequestOptions
  ): Promise<Entitlement> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.override(subjectIdOrKey, entitlementIdOrFeatureKey, entitlement),
      options
    )
  }

  /**
   * Creates a grant, which adds balance to a metered entitlement.
   *
   * `POST /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   *
   * @example
   * ```ts
   * await openmeter.subjects.createEntitlementGrant("customer-1", "ai_tokens", {
   *   amount: 50_000,
   *   effectiveAt: new Date(),
   *   expiration: { duration: "MONTH", count: 1 }
   * })
   * ```
   */
  createEntitlementGrant(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    grant: EntitlementGrantCreateInput,
    options?: RequestOptions
  ): Promise<EntitlementGrant> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.createGrant(subjectIdOrKey, entitlementIdOrFeatureKey, grant),
      options
    )
  }

  /**
   * Lists the grants of an entitlement, oldest first and including voided ones.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  listEntitlementGrants(
    subjectIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListParams,
    options?: RequestOptions
  ): Listing<ReadonlyArray<EntitlementGrant>, EntitlementGrant> {
    return this.#runner.array(
      Entitlements,
      (entitlements) => entitlements.listGrants(subjectIdOrKey, entitlementIdOrFeatureKey, params),
      options
    )
  }
}
