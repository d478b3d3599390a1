/**
 * Customers and their entitlements, with Promises.
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
 * The operations on customers and their entitlements.
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
   * Lists customers, one page of them. Iterated, it follows the pages. Default order: by name.
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
   * Creates a customer, and those of its subjects that do not exist. `ConflictError` when its key or one of its
   * subjects is another customer's.
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
   * Fetches a customer by id or key. A deleted customer is found by id alone.
   *
   * `GET /api/v1/customers/{customerIdOrKey}`
   */
  get(customerIdOrKey: string, params?: CustomerGetParams, options?: RequestOptions): Promise<Customer> {
    return this.#runner.run(Service, (customers) => customers.get(customerIdOrKey, params), options)
  }

  /**
   * Replaces a customer: a part left out is cleared, but e-mail address and currency stay, and so do the parts of
   * a billing address that a new one leaves out. `PreconditionFailedError` when the customer is deleted.
   *
   * `PUT /api/v1/customers/{customerIdOrKey}`
   */
  update(customerIdOrKey: string, customer: CustomerUpdate, options?: RequestOptions): Promise<Customer> {
    return this.#runner.run(Service, (customers) => customers.update(customerIdOrKey, customer), options)
  }

  /**
   * Deletes a customer. Its key and its subjects are free then. `ConflictError` while it has an active
   * entitlement.
   *
   * `DELETE /api/v1/customers/{customerIdOrKey}`
   */
  delete(customerIdOrKey: string, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (customers) => customers.delete(customerIdOrKey), options)
  }

  /**
   * Tells what each active entitlement of a customer allows now, by feature key.
   *
   * `GET /api/v1/customers/{customerIdOrKey}/access`
   */
  getAccess(customerIdOrKey: string, options?: RequestOptions): Promise<CustomerAccess> {
    return this.#runner.run(Service, (customers) => customers.getAccess(customerIdOrKey), options)
  }

  /**
   * Gives a customer an entitlement to a feature. `ConflictError` when there is one already.
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
   * Lists the active entitlements of a customer, one page of them. Iterated, it follows the pages.
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
   * Deletes an entitlement by id or feature key. `ForbiddenError` when a subscription manages it.
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
   * Asks what an entitlement allows, now or at another time: access, balance, usage, overage, and what is left of
   * each grant. A feature that the customer has no entitlement to is no error: `hasAccess` is `false`.
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
   * Tells whether a customer may use a feature, from memory where it can: the check for every request that a program
   * serves. A customer or entitlement that does not exist is no error: there is no access.
   *
   * The client's `entitlementCheck` says for how long an answer is used. Checks that come while the server is being
   * asked share the one request; while the server fails, the last answer is used; where there is none, the check rejects,
   * and no rejection is kept.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{featureKey}/value`
   *
   * @param options - the signal breaks off this check alone: others that wait for the same answer get it
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
    // The request is everybody's who waits for it, and made as `entitlementCheck` says.
    Check.options(options, ["signal"])
    return this.#runner.run(CustomerEntitlementCheck, (check) => check.hasAccess(customerIdOrKey, featureKey), options)
  }

  /** Forgets what `hasAccess` knows of a customer and a feature, after a grant say: the next check asks the server. */
  invalidateAccess(customerIdOrKey: string, featureKey: string): Promise<void> {
    return this.#runner.run(CustomerEntitlementCheck, (check) => check.invalidate(customerIdOrKey, featureKey))
  }

  /**
   * Asks how the balance of a metered entitlement went: day by day, from the last reset on, if the query does not
   * say otherwise.
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
   * Resets the usage of a metered entitlement: a new usage period begins.
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
   * Puts a new entitlement to the same feature in the place of an active one. Balance, grants and metadata of the
   * old one are not inherited. `ForbiddenError` when a subscription manages it.
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
   * Grants a metered entitlement more to burn down.
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
   * Lists the grants of an entitlement, oldest first, void ones too, one page of them. Iterated, it follows the
   * pages.
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
