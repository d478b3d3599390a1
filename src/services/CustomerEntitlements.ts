/**
 * Entitlements of customers: given, read, reset, overridden.
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
 * The operations on entitlements of customers.
 *
 * A customer is named by its id or key, an entitlement by its id or the key of its feature.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerEntitlementsService {
  /**
   * Gives a customer an entitlement to a feature, with grants if it is metered. `ConflictError` when there is one
   * already, `NotFoundError` when there is no such customer or feature.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements`
   */
  readonly create: (
    customerIdOrKey: string,
    entitlement: EntitlementV2CreateInputs
  ) => Effect.Effect<EntitlementV2, NotFoundError | ConflictError | CommonError>
  /**
   * Lists the active entitlements of a customer, one page of them, with the count of all. Default order: oldest first.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements`
   */
  readonly list: (
    customerIdOrKey: string,
    params?: CustomerEntitlementListParams
  ) => Effect.Effect<Page<EntitlementV2>, NotFoundError | CommonError>
  /**
   * The active entitlements of a customer, one by one: {@link CustomerEntitlementsService.list} as a stream that asks
   * for page after page.
   */
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
   * Deletes an entitlement. `ForbiddenError` when a subscription manages it.
   *
   * `DELETE /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}`
   */
  readonly delete: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Asks what an entitlement allows, now or at another time: access, balance, usage, overage, and what is left of each
   * grant. A customer without such an entitlement has no access.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/value`
   */
  readonly value: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementValueParams
  ) => Effect.Effect<EntitlementValueV2, NotFoundError | CommonError>
  /**
   * Asks how the balance of a metered entitlement went: day by day, from the last reset on, if the query does not say
   * otherwise.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/history`
   */
  readonly history: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    query?: BalanceHistoryQuery
  ) => Effect.Effect<WindowedBalanceHistory, NotFoundError | CommonError>
  /**
   * Resets the usage of a metered entitlement: a new usage period begins.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/reset`
   */
  readonly reset: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    options?: ResetEntitlementUsageInput
  ) => Effect.Effect<void, NotFoundError | CommonError>
  /**
   * Puts a new entitlement to the same feature in the place of an active one. Balance, grants and metadata of the old
   * one are not inherited. `ForbiddenError` when a subscription manages it.
   *
   * `PUT /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/override`
   */
  readonly override: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    entitlement: EntitlementV2CreateInputs
  ) => Effect.Effect<EntitlementV2, NotFoundError | ConflictError | CommonError>
  /**
   * Grants a metered entitlement more to burn down.
   *
   * `POST /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly createGrant: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    grant: EntitlementGrantCreateInputV2
  ) => Effect.Effect<EntitlementGrantV2, NotFoundError | ConflictError | CommonError>
  /**
   * Lists the grants of an entitlement, void ones too, one page of them, with the count of all. Default order: oldest
   * first.
   *
   * `GET /api/v2/customers/{customerIdOrKey}/entitlements/{entitlementIdOrFeatureKey}/grants`
   */
  readonly listGrants: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: EntitlementGrantListV2Params
  ) => Effect.Effect<Page<EntitlementGrantV2>, NotFoundError | CommonError>
  /**
   * The grants of an entitlement, one by one: {@link CustomerEntitlementsService.listGrants} as a stream that asks for
   * page after page.
   */
  readonly grantItems: (
    customerIdOrKey: string,
    entitlementIdOrFeatureKey: string,
    params?: Omit<EntitlementGrantListV2Params, "limit" | "offset">
  ) => Stream.Stream<EntitlementGrantV2, NotFoundError | CommonError>
  /**
   * Lists the entitlements of all customers, overridden ones too, one page of them, with the count of all. Default
   * order: oldest first.
   *
   * `GET /api/v2/entitlements`
   */
  readonly listAll: (params?: EntitlementListV2Params) => Effect.Effect<Page<EntitlementV2>, CommonError>
  /**
   * The entitlements of all customers, one by one: {@link CustomerEntitlementsService.listAll} as a stream that asks
   * for page after page.
   */
  readonly allItems: (
    params?: Omit<EntitlementListV2Params, "limit" | "offset">
  ) => Stream.Stream<EntitlementV2, CommonError>
  /**
   * Fetches an entitlement by id, whichever customer it belongs to.
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
 * Entitlements of customers: given, read, reset, overridden.
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
  /** The operations on entitlements of customers, over the {@link Transport}. */
  static readonly layer: Layer.Layer<CustomerEntitlements, never, Transport> = Layer.effect(CustomerEntitlements, make)
}
