/**
 * Subjects and their entitlements, with Promises.
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
 * The operations on subjects and their entitlements.
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
   * Creates or changes subjects, one or many, and answers them in the order given: what is left out of a subject
   * stays as it is, `null` clears it. An empty list sends nothing.
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
   * Lists all subjects that are not deleted, by id.
   *
   * `GET /api/v1/subjects`
   */
  list(options?: RequestOptions): Listing<ReadonlyArray<Subject>, Subject> {
    return this.#runner.array(Service, (subjects) => subjects.list(), options)
  }

  /**
   * Fetches a subject by key or id. A deleted subject is found by id alone.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}`
   */
  get(subjectIdOrKey: string, options?: RequestOptions): Promise<Subject> {
    return this.#runner.run(Service, (subjects) => subjects.get(subjectIdOrKey), options)
  }

  /**
   * Deletes a subject. Its usage stays, and so does its customer's claim to the key.
   *
   * `DELETE /api/v1/subjects/{subjectIdOrKey}`
   */
  delete(subjectIdOrKey: string, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (subjects) => subjects.delete(subjectIdOrKey), options)
  }

  /**
   * Gives a subject an entitlement to a feature. `ConflictError` when there is one already, `NotFoundError` when
   * there is no such feature, or no customer that has the subject among its `usageAttribution.subjectKeys`.
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
   * Lists the active entitlements of a subject, in no particular order.
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
   * Deletes an entitlement by id or feature key. `ForbiddenError` when a subscription manages it.
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
   * Asks what an entitlement allows, now or at another time: access, balance, usage, overage.
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
   * Tells whether a subject may use a feature, from memory where it can: the check for every request that a program
   * serves. A subject or entitlement that does not exist is no error: there is no access.
   *
   * The client's `entitlementCheck` says for how long an answer is used. Checks that come while the server is being
   * asked share the one request; while the server fails, the last answer is used; where there is none, the check rejects,
   * and no rejection is kept.
   *
   * `GET /api/v1/subjects/{subjectIdOrKey}/entitlements/{featureKey}/value`
   *
   * @param options - the signal breaks off this check alone: others that wait for the same answer get it
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
    // The request is everybody's who waits for it, and made as `entitlementCheck` says.
    Check.options(options, ["signal"])
    return this.#runner.run(EntitlementCheck, (check) => check.hasAccess(subjectIdOrKey, featureKey), options)
  }

  /** Forgets what `hasAccess` knows of a subject and a feature, after a grant say: the next check asks the server. */
  invalidateAccess(subjectIdOrKey: string, featureKey: string): Promise<void> {
    return this.#runner.run(EntitlementCheck, (check) => check.invalidate(subjectIdOrKey, featureKey))
  }

  /**
   * Asks how the balance of a metered entitlement went, by id or feature key: day by day, from the last reset on,
   * if the query does not say otherwise.
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
   * Resets the usage of a metered entitlement by id or feature key: a new usage period begins.
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
   * Resets the usage of the only metered entitlement of a subject. `InvalidRequestError` that names the candidates when
   * the subject has not exactly one.
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
    // The overloads say what stands where: only one of the two forms begins with the name of an entitlement.
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
   * Puts a new entitlement to the same feature in the place of an active one, by id or feature key. Balance,
   * grants and metadata of the old one are not inherited. `ForbiddenError` when a subscription manages it.
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
   * Grants a metered entitlement more to burn down.
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
   * Lists the grants of an entitlement, oldest first, void ones too.
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
