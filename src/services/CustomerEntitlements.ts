/**
 * Entitlements of customers.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import { CustomerEntitlementsApi } from "../api/CustomerEntitlements.ts"
import type { CommonError, ConflictError, NotFoundError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type { BalanceHistoryQuery, WindowedBalanceHistory } from "../schemas/BalanceHistory.ts"
import type {
  CustomerEntitlementListParams,
  EntitlementListV2Params,
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
import { pages } from "./Paging.ts"

/**
 * Operations on entitlements of customers.
 *
 * A customer is identified by its id or key, an entitlement by its id or the key of its feature.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerEntitlementsService {
  /**
   * Creates an entitlement to a feature for a customer, with grants if it is metered. Fails with `ConflictError` if the
   * customer already has one, and with `NotFoundError` if the customer or the feature does not exist.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements`
   */
  readonly create: (
    customerIdOrKey: string,
    entitlement: EntitlementV2CreateInputs
  ) => Effect.Effect<EntitlementV2, NotFoundError | ConflictError | CommonError>
  /**
   * Lists one page of a customer's active entitlements, with the total count. Sorted oldest first by default.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements`
   */
  readonly list: (
    customerIdOrKey: string,
    params?: CustomerEntitlementListParams
  ) => Effect.Effect<Page<EntitlementV2>, NotFoundError | CommonError>
  /** Streams a customer's active entitlements: {@link CustomerEntitlementsService.list}, following the pages. */
  readonly items: (
    customerIdOrKey: string,
    params?: CustomerEntitlementListParams
  ) => Stream.Stream<EntitlementV2, NotFoundError | CommonError>
  /**
   * Fetches an entitlement.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}`
   */
  readonly get: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string
  ) => Effect.Effect<EntitlementV2, NotFoundError | CommonError>
  /**
   * Deletes an entitlement. Fails with `ForbiddenError` if a subscription manages it.
   *
   * `DELETE /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}`
   */
  readonly delete: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Returns the value of an entitlement, now or at a given time: access, balance, usage, overage, and the remaining
   * balance of each grant. A customer without the entitlement has no access.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/value`
   */
  readonly value: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementValueParams
  ) => Effect.Effect<EntitlementValueV2, NotFoundError | CommonError>
  /**
   * Returns the balance history of a metered entitlement. Defaults to daily windows since the last reset.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/history`
   */
  readonly history: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query?: BalanceHistoryQuery
  ) => Effect.Effect<WindowedBalanceHistory, NotFoundError | CommonError>
  /**
   * Resets the usage of a metered entitlement, which starts a new usage period.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/reset`
   */
  readonly reset: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: ResetEntitlementUsageInput
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Replaces an active entitlement with a new one for the same feature. The new entitlement does not inherit the
   * balance, grants or metadata of the old one. Fails with `ForbiddenError` if a subscription manages the entitlement.
   *
   * `PUT /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/override`
   */
  readonly override: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    entitlement: EntitlementV2CreateInputs
  ) => Effect.Effect<EntitlementV2, NotFoundError | ConflictError | CommonError>
  /**
   * Creates a grant, which adds balance to a metered entitlement.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly createGrant: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    grant: EntitlementGrantCreateInputV2
  ) => Effect.Effect<EntitlementGrantV2, NotFoundError | ConflictError | CommonError>
  /**
   * Lists one page of an entitlement's grants, including voided ones, with the total count. Sorted oldest first by
   * default.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly listGrants: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListV2Params
  ) => Effect.Effect<Page<EntitlementGrantV2>, NotFoundError | CommonError>
  /** Streams an entitlement's grants: {@link CustomerEntitlementsService.listGrants}, following the pages. */
  readonly grantItems: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: Omit<EntitlementGrantListV2Params, "limit" | "offset">
  ) => Stream.Stream<EntitlementGrantV2, NotFoundError | CommonError>
  /**
   * Lists one page of the entitlements of all customers, including overridden ones, with the total count. Sorted oldest
   * first by default.
   *
   * `GET /api/v2/entitlements`
   */
  readonly listAll: (params?: EntitlementListV2Params) => Effect.Effect<Page<EntitlementV2>, CommonError>
  /** Streams the entitlements of all customers: {@link CustomerEntitlementsService.listAll}, following the pages. */
  readonly allItems: (
    params?: Omit<EntitlementListV2Params, "limit" | "offset">
  ) => Stream.Stream<EntitlementV2, CommonError>
  /**
   * Fetches an entitlement by id, regardless of its customer.
   *
   * `GET /api/v2/entitlements/{entitlementId}`
   */
  readonly getById: (entitlementId: string) => Effect.Effect<EntitlementV2, NotFoundError | CommonError>
}

const make = Effect.gen(function* () {
  const entitlements = yield* client(CustomerEntitlementsApi)

  const list = (customerIdOrKey: string, query: CustomerEntitlementListParams = {}) =>
    entitlements.listCustomerEntitlementsV2({ params: { customerIdOrKey }, query })

  const listGrants = (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query: EntitlementGrantListV2Params = {}
  ) => entitlements.listCustomerEntitlementGrantsV2({ params: { customerIdOrKey, entitlementIdOrFeatureKey }, query })

  const listAll = (query: EntitlementListV2Params = {}) => entitlements.listEntitlementsV2({ query })

  return CustomerEntitlements.of({
    create: (customerIdOrKey, payload) =>
      entitlements.createCustomerEntitlementV2({ params: { customerIdOrKey }, payload }),
    list,
    items: (customerIdOrKey, params) => pages((page) => list(customerIdOrKey, { ...params, page }), params?.page),
    get: (customerIdOrKey, entitlementIdOrFeatureKey) =>
      entitlements.getCustomerEntitlementV2({ params: { customerIdOrKey, entitlementIdOrFeatureKey } }),
    delete: (customerIdOrKey, entitlementIdOrFeatureKey) =>
      entitlements.deleteCustomerEntitlementV2({ params: { customerIdOrKey, entitlementIdOrFeatureKey } }),
    value: (customerIdOrKey, entitlementIdOrFeatureKey, query = {}) =>
      entitlements.getCustomerEntitlementValueV2({ params: { customerIdOrKey, entitlementIdOrFeatureKey }, query }),
    history: (customerIdOrKey, entitlementIdOrFeatureKey, query = {}) =>
      entitlements.getCustomerEntitlementHistoryV2({
        params: { customerIdOrKey, entitlementIdOrFeatureKey },
        query: { ...query, windowSize: query.windowSize ?? "DAY" }
      }),
    reset: (customerIdOrKey, entitlementIdOrFeatureKey, payload = {}) =>
      entitlements.resetCustomerEntitlementUsageV2({ params: { customerIdOrKey, entitlementIdOrFeatureKey }, payload }),
    override: (customerIdOrKey, entitlementIdOrFeatureKey, payload) =>
      entitlements.overrideCustomerEntitlementV2({ params: { customerIdOrKey, entitlementIdOrFeatureKey }, payload }),
    createGrant: (customerIdOrKey, entitlementIdOrFeatureKey, payload) =>
      entitlements.createCustomerEntitlementGrantV2({
        params: { customerIdOrKey, entitlementIdOrFeatureKey },
        payload
      }),
    listGrants,
    grantItems: (customerIdOrKey, entitlementIdOrFeatureKey, params) =>
      pages((page) => listGrants(customerIdOrKey, entitlementIdOrFeatureKey, { ...params, page }), params?.page),
    listAll,
    allItems: (params) => pages((page) => listAll({ ...params, page }), params?.page),
    getById: (entitlementId) => entitlements.getEntitlementByIdV2({ params: { entitlementId } })
  })
})

/**
 * Service for entitlements of customers.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { CustomerEntitlements } from "@openmeter/sdk/effect"
 *
 * const subscribe = Effect.gen(function*() {
 *   const entitlements = yield* CustomerEntitlements
 *   return yield* entitlements.create("acme", {
 *     type: "metered",
 *     featureKey: "ai_tokens",
 *     usagePeriod: { interval: "MONTH" },
 *     issue: { amount: 10_000 }
 *   })
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class CustomerEntitlements extends Context.Service<CustomerEntitlements, CustomerEntitlementsService>()(
  "@openmeter/sdk/CustomerEntitlements"
) {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<CustomerEntitlements, never, Transport> = Layer.effect(CustomerEntitlements, make)
}
