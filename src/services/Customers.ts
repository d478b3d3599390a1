/**
 * Customers: created, changed, listed, and what they may use.
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
 * The operations on customers.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomersService {
  /**
   * Lists customers, one page of them. Default order: by name.
   *
   * `GET /api/v1/customers`
   */
  readonly list: (params?: CustomerListParams) => Effect.Effect<Page<Customer>, CommonError>
  /**
   * Creates a customer, and those of its subjects that do not exist. `ConflictError` when its key or one of its subjects
   * is another customer's.
   *
   * `POST /api/v1/customers`
   */
  readonly create: (customer: CustomerCreate) => Effect.Effect<Customer, ConflictError | CommonError>
  /**
   * Fetches a customer by id or key. A deleted customer is found by id alone.
   *
   * `GET /api/v1/customers/{customerIdOrKey}`
   */
  readonly get: (
    customerIdOrKey: string,
    params?: CustomerGetParams
  ) => Effect.Effect<Customer, NotFoundError | CommonError>
  /**
   * Replaces a customer: a part left out is cleared, but e-mail address and currency stay, and so do the parts of a
   * billing address that a new one leaves out. `PreconditionFailedError` when the customer is deleted.
   *
   * `PUT /api/v1/customers/{customerIdOrKey}`
   */
  readonly update: (
    customerIdOrKey: string,
    customer: CustomerUpdate
  ) => Effect.Effect<Customer, NotFoundError | ConflictError | CommonError>
  /**
   * Deletes a customer. Its key and its subjects are free then. `ConflictError` while it has an active entitlement.
   *
   * `DELETE /api/v1/customers/{customerIdOrKey}`
   */
  readonly delete: (customerIdOrKey: string) => Effect.Effect<void, NotFoundError | ConflictError | CommonError>
  /**
   * Tells what each active entitlement of a customer allows now, by feature key.
   *
   * `GET /api/v1/customers/{customerIdOrKey}/access`
   */
  readonly getAccess: (customerIdOrKey: string) => Effect.Effect<CustomerAccess, NotFoundError | CommonError>
  /**
   * Tells what a customer's entitlement to a feature allows now. A feature that the customer has no entitlement to, or
   * that does not exist, is no error: `hasAccess` is `false`.
   *
   * `GET /api/v1/customers/{customerIdOrKey}/entitlements/{featureKey}/value`
   */
  readonly getEntitlementValue: (
    customerIdOrKey: string,
    featureKey: string
  ) => Effect.Effect<EntitlementValue, NotFoundError | CommonError>
  /** All customers, one by one: {@link CustomersService.list} as a stream that asks for page after page, from `page` on. */
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
 * Customers: created, changed, listed, and what they may use.
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
  /** The operations on customers, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Customers, never, Transport> = Layer.effect(Customers, make)
}
