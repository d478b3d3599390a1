/**
 * Customers and their access to features.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import { CustomersApi } from "../api/Customers.ts"
import type { CommonError, ConflictError, NotFoundError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type {
  Customer,
  CustomerAccess,
  CustomerCreate,
  CustomerGetParams,
  CustomerListParams,
  CustomerUpdate
} from "../schemas/Customer.ts"
import type { EntitlementValue } from "../schemas/EntitlementValue.ts"
import type { Page } from "../schemas/Paging.ts"
import { pages } from "./Paging.ts"

/**
 * Operations on customers.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomersService {
  /**
   * Lists one page of customers. Sorted by name by default.
   *
   * `GET /api/v1/customers`
   */
  readonly list: (params?: CustomerListParams) => Effect.Effect<Page<Customer>, CommonError>
  /**
   * Creates a customer, along with any of its subjects that do not exist yet. Fails with `ConflictError` if its key, or
   * one of its subjects, belongs to another customer.
   *
   * `POST /api/v1/customers`
   */
  readonly create: (customer: CustomerCreate) => Effect.Effect<Customer, ConflictError | CommonError>
  /**
   * Fetches a customer by id or key. A deleted customer can only be fetched by id.
   *
   * `GET /api/v1/customers/{customerIdOrKey}`
   */
  readonly get: (
    customerIdOrKey: string,
    params?: CustomerGetParams
  ) => Effect.Effect<Customer, NotFoundError | CommonError>
  /**
   * Replaces a customer. Omitted fields are cleared, except the email address, the currency, and the fields that a new
   * billing address omits, which keep their values. Fails with `PreconditionFailedError` if the customer is deleted.
   *
   * `PUT /api/v1/customers/{customerIdOrKey}`
   */
  readonly update: (
    customerIdOrKey: string,
    customer: CustomerUpdate
  ) => Effect.Effect<Customer, NotFoundError | ConflictError | CommonError>
  /**
   * Deletes a customer and frees its key and its subjects. Fails with `ConflictError` while the customer has an active
   * entitlement.
   *
   * `DELETE /api/v1/customers/{customerIdOrKey}`
   */
  readonly delete: (customerIdOrKey: string) => Effect.Effect<void, NotFoundError | ConflictError | CommonError>
  /**
   * Returns the current value of each of a customer's active entitlements, by feature key.
   *
   * `GET /api/v1/customers/{customerIdOrKey}/access`
   */
  readonly getAccess: (customerIdOrKey: string) => Effect.Effect<CustomerAccess, NotFoundError | CommonError>
  /**
   * Returns the current value of a customer's entitlement to a feature. A feature that does not exist, or that the
   * customer has no entitlement to, is not an error: `hasAccess` is `false`.
   *
   * `GET /api/v1/customers/{customerIdOrKey}/entitlements/{featureKey}/value`
   */
  readonly getEntitlementValue: (
    customerIdOrKey: string,
    featureKey: string
  ) => Effect.Effect<EntitlementValue, NotFoundError | CommonError>
  /** Streams all customers: {@link CustomersService.list}, following the pages from `page` on. */
  readonly items: (params?: CustomerListParams) => Stream.Stream<Customer, CommonError>
}

const make = Effect.gen(function* () {
  const customers = yield* client(CustomersApi)
  const list = (query: CustomerListParams = {}) => customers.listCustomers({ query })
  return Customers.of({
    list,
    create: (payload) => customers.createCustomer({ payload }),
    get: (customerIdOrKey, query = {}) => customers.getCustomer({ params: { customerIdOrKey }, query }),
    update: (customerIdOrKey, payload) => customers.updateCustomer({ params: { customerIdOrKey }, payload }),
    delete: (customerIdOrKey) => customers.deleteCustomer({ params: { customerIdOrKey } }),
    getAccess: (customerIdOrKey) => customers.getCustomerAccess({ params: { customerIdOrKey } }),
    getEntitlementValue: (customerIdOrKey, featureKey) =>
      customers.getCustomerEntitlementValue({ params: { customerIdOrKey, featureKey } }),
    items: (params) => pages((page) => list({ ...params, page }), params?.page)
  })
})

/**
 * Service for customers and their access to features.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Customers } from "@openmeter/sdk/effect"
 *
 * const mayUseTokens = Effect.gen(function*() {
 *   const customers = yield* Customers
 *   yield* customers.create({ key: "acme", name: "ACME", usageAttribution: { subjectKeys: ["customer-1"] } })
 *   const { entitlements } = yield* customers.getAccess("acme")
 *   return entitlements["ai_tokens"]?.hasAccess ?? false
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Customers extends Context.Service<Customers, CustomersService>()("@openmeter/sdk/Customers") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Customers, never, Transport> = Layer.effect(Customers, make)
}
