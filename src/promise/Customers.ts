/**
 * Customers and their entitlements, in the Promise API.
 *
 * @since 2.0.0
 */
import * as Check from "../layers/Check.ts"
import type { BalanceHistoryQuery, WindowedBalanceHistory } from "../schemas/BalanceHistory.ts"
import type {
  Customer,
  CustomerAccess,
  CustomerCreate,
  CustomerGetParams,
  CustomerListParams,
  CustomerUpdate
} from "../schemas/Customer.ts"
import type {
  CustomerEntitlementListParams,
  EntitlementV2,
  EntitlementV2CreateInputs
} from "../schemas/CustomerEntitlement.ts"
import type { ResetEntitlementUsageInput } from "../schemas/Entitlement.ts"
import type { EntitlementValueParams, EntitlementValueV2 } from "../schemas/EntitlementValue.ts"
import type {
  EntitlementGrantCreateInputV2,
  EntitlementGrantListV2Params,
  EntitlementGrantV2
} from "../schemas/Grant.ts"
import type { Page } from "../schemas/Paging.ts"
import { CustomerEntitlementCheck } from "../services/CustomerEntitlementCheck.ts"
import { CustomerEntitlements as Entitlements } from "../services/CustomerEntitlements.ts"
import { Customers as Service } from "../services/Customers.ts"
import type { Listing } from "./Listing.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * Operations on customers and their entitlements.
 *
 * @example
 * ```ts
 * const customer = await openmeter.customers.create({
 *   key: "acme",
 *   name: "ACME",
 *   usageAttribution: { subjectKeys: ["customer-1"] }
 * })
 * for await (const entitlement of openmeter.customers.listEntitlements(customer.id)) {
 *   console.log(entitlement.featureKey)
 * }
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Customers {
  readonly #runner: Runner<Service | Entitlements | CustomerEntitlementCheck>

  /** @internal */
  constructor(runner: Runner<Service | Entitlements | CustomerEntitlementCheck>) {
    this.#runner = runner
  }

  /**
   * Lists customers, one page per request. Iterating follows the pages. Sorted by name by default.
   *
   * `GET /api/v1/customers`
   */
  list(params?: CustomerListParams, options?: RequestOptions): Listing<Page<Customer>, Customer> {
    return this.#runner.list(
      Service,
      (customers) => customers.list(params),
      (customers) => customers.items(params),
      options
    )
  }

  /**
   * Creates a customer, along with any of its subjects that do not exist yet. Rejects with `ConflictError` if its key,
   * or one of its subjects, belongs to another customer.
   *
   * `POST /api/v1/customers`
   *
   * @example
   * ```ts
   * await openmeter.customers.create({ name: "ACME", usageAttribution: { subjectKeys: ["customer-1"] } })
   * ```
   */
  create(customer: CustomerCreate, options?: RequestOptions): Promise<Customer> {
    return this.#runner.run(Service, (customers) => customers.create(customer), options)
  }

  /**
   * Fetches a customer by id or key. A deleted customer can only be fetched by id.
   *
   * `GET /api/v1/customers/{customerIdOrKey}`
   */
  get(customerIdOrKey: string, params?: CustomerGetParams, options?: RequestOptions): Promise<Customer> {
    return this.#runner.run(Service, (customers) => customers.get(customerIdOrKey, params), options)
  }

  /**
   * Replaces a customer. Omitted fields are cleared, except the email address, the currency, and the fields that a new
   * billing address omits, which keep their values. Rejects with `PreconditionFailedError` if the customer is deleted.
   *
   * `PUT /api/v1/customers/{customerIdOrKey}`
   */
  update(customerIdOrKey: string, customer: CustomerUpdate, options?: RequestOptions): Promise<Customer> {
    return this.#runner.run(Service, (customers) => customers.update(customerIdOrKey, customer), options)
  }

  /**
   * Deletes a customer and frees its key and its subjects. Rejects with `ConflictError` while the customer has an
   * active entitlement.
   *
   * `DELETE /api/v1/customers/{customerIdOrKey}`
   */
  delete(customerIdOrKey: string, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (customers) => customers.delete(customerIdOrKey), options)
  }

  /**
   * Returns the current value of each of a customer's active entitlements, by feature key.
   *
   * `GET /api/v1/customers/{customerIdOrKey}/access`
   */
  getAccess(customerIdOrKey: string, options?: RequestOptions): Promise<CustomerAccess> {
    return this.#runner.run(Service, (customers) => customers.getAccess(customerIdOrKey), options)
  }

  /**
   * Creates an entitlement to a feature for a customer. Rejects with `ConflictError` if the customer already has one.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements`
   */
  createEntitlement(
    customerIdOrKey: string,
    entitlement: EntitlementV2CreateInputs,
    options?: RequestOptions
  ): Promise<EntitlementV2> {
    return this.#runner.run(Entitlements, (entitlements) => entitlements.create(customerIdOrKey, entitlement), options)
  }

  /**
   * Lists a customer's active entitlements, one page per request. Iterating follows the pages.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements`
   */
  listEntitlements(
    customerIdOrKey: string,
    params?: CustomerEntitlementListParams,
    options?: RequestOptions
  ): Listing<Page<EntitlementV2>, EntitlementV2> {
    return this.#runner.list(
      Entitlements,
      (entitlements) => entitlements.list(customerIdOrKey, params),
      (entitlements) => entitlements.items(customerIdOrKey, params),
      options
    )
  }

  /**
   * Fetches an entitlement by id or feature key.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}`
   */
  getEntitlement(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: RequestOptions
  ): Promise<EntitlementV2> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.get(customerIdOrKey, entitlementIdOrFeatureKey),
      options
    )
  }

  /**
   * Deletes an entitlement by id or feature key. Rejects with `ForbiddenError` if a subscription manages it.
   *
   * `DELETE /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}`
   */
  deleteEntitlement(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: RequestOptions
  ): Promise<void> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.delete(customerIdOrKey, entitlementIdOrFeatureKey),
      options
    )
  }

  /**
   * Returns the value of an entitlement, now or at a given time: access, balance, usage, overage, and the remaining
   * balance of each grant. A feature the customer has no entitlement to is not an error: `hasAccess` is `false`.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/value`
   */
  getEntitlementValue(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementValueParams,
    options?: RequestOptions
  ): Promise<EntitlementValueV2> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.value(customerIdOrKey, entitlementIdOrFeatureKey, params),
      options
    )
  }

  /**
   * Returns whether a customer has access to a feature, answering from memory when possible. Cheap enough to call on
   * every request. A customer or entitlement that does not exist is not an error: the result is `false`.
   *
   * Answers are cached for as long as the client's `entitlementCheck` option says. Concurrent checks share one request.
   * While the server is failing, the last known answer is used; if there is none, the check rejects, and the failure is
   * not cached.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{featureKey}/value`
   *
   * @param options - `signal` aborts only this check; other checks waiting for the same answer still receive it
   * @example
   * ```ts
   * if (!(await openmeter.customers.hasAccess("acme", "ai_tokens"))) throw new Error("no tokens left")
   * ```
   */
  async hasAccess(
    customerIdOrKey: string,
    featureKey: string,
    options: Pick<RequestOptions, "signal"> = {}
  ): Promise<boolean> {
    // The request is shared by all waiting checks, so per-call options other than `signal` cannot apply to it.
    Check.options(options, ["signal"])
    return this.#runner.run(CustomerEntitlementCheck, (check) => check.hasAccess(customerIdOrKey, featureKey), options)
  }

  /**
   * Drops the cached answer of `hasAccess` for a customer and a feature, for example after a grant, so that the next
   * check asks the server.
   */
  invalidateAccess(customerIdOrKey: string, featureKey: string): Promise<void> {
    return this.#runner.run(CustomerEntitlementCheck, (check) => check.invalidate(customerIdOrKey, featureKey))
  }

  /**
   * Returns the balance history of a metered entitlement. Defaults to daily windows since the last reset.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/history`
   */
  getEntitlementHistory(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query?: BalanceHistoryQuery,
    options?: RequestOptions
  ): Promise<WindowedBalanceHistory> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.history(customerIdOrKey, entitlementIdOrFeatureKey, query),
      options
    )
  }

  /**
   * Resets the usage of a metered entitlement, which starts a new usage period.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/reset`
   */
  resetEntitlementUsage(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    input?: ResetEntitlementUsageInput,
    options?: RequestOptions
  ): Promise<void> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.reset(customerIdOrKey, entitlementIdOrFeatureKey, input),
      options
    )
  }

  /**
   * Replaces an active entitlement with a new one for the same feature. The new entitlement does not inherit the
   * balance, grants or metadata of the old one. Rejects with `ForbiddenError` if a subscription manages the
   * entitlement.
   *
   * `PUT /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/override`
   */
  overrideEntitlement(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    entitlement: EntitlementV2CreateInputs,
    options?: RequestOptions
  ): Promise<EntitlementV2> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.override(customerIdOrKey, entitlementIdOrFeatureKey, entitlement),
      options
    )
  }

  /**
   * Creates a grant, which adds balance to a metered entitlement.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  createEntitlementGrant(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    grant: EntitlementGrantCreateInputV2,
    options?: RequestOptions
  ): Promise<EntitlementGrantV2> {
    return this.#runner.run(
      Entitlements,
      (entitlements) => entitlements.createGrant(customerIdOrKey, entitlementIdOrFeatureKey, grant),
      options
    )
  }

  /**
   * Lists the grants of an entitlement, oldest first and including voided ones, one page per request. Iterating follows
   * the pages.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  listEntitlementGrants(
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListV2Params,
    options?: RequestOptions
  ): Listing<Page<EntitlementGrantV2>, EntitlementGrantV2> {
    return this.#runner.list(
      Entitlements,
      (entitlements) => entitlements.listGrants(customerIdOrKey, entitlementIdOrFeatureKey, params),
      (entitlements) => entitlements.grantItems(customerIdOrKey, entitlementIdOrFeatureKey, params),
      options
    )
  }
}
