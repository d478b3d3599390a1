/**
 * Entitlements across all subjects and customers, in the Promise API.
 *
 * @since 2.0.0
 */
import type { EntitlementListV2Params, EntitlementV2 } from "../schemas/CustomerEntitlement.ts"
import type { Entitlement, EntitlementListParams, EntitlementPageParams } from "../schemas/Entitlement.ts"
import type { Page } from "../schemas/Paging.ts"
import { CustomerEntitlements } from "../services/CustomerEntitlements.ts"
import { Entitlements as Service } from "../services/Entitlements.ts"
import type { Listing } from "./Listing.ts"
import { isPaged, type Paged, type Unpaged } from "./Paging.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * Operations on entitlements across all subjects and customers. For those of a single subject or customer, use {@link
 * Subjects} or {@link Customers}.
 *
 * @example
 * ```ts
 * for await (const entitlement of openmeter.entitlements.list({ feature: ["ai_tokens"] })) {
 *   console.log(entitlement.subjectKey, entitlement.type)
 * }
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Entitlements {
  readonly #runner: Runner<Service | CustomerEntitlements>

  /** @internal */
  constructor(runner: Runner<Service | CustomerEntitlements>) {
    this.#runner = runner
  }

  /**
   * Lists the entitlements of all subjects, one page per request, with the total count. Iterating follows the pages.
   *
   * `GET /api/v1/entitlements` with `page`
   */
  list(params: Paged<EntitlementPageParams>, options?: RequestOptions): Listing<Page<Entitlement>, Entitlement>
  /**
   * Lists the entitlements of all subjects by limit and offset, including overridden ones. Sorted oldest first by
   * default.
   *
   * `GET /api/v1/entitlements`
   */
  list(
    params?: Unpaged<EntitlementListParams>,
    options?: RequestOptions
  ): Listing<ReadonlyArray<Entitlement>, Entitlement>
  list(
    params: EntitlementListParams | EntitlementPageParams = {},
    options?: RequestOptions
  ): Listing<Page<Entitlement> | ReadonlyArray<Entitlement>, Entitlement> {
    return isPaged<EntitlementPageParams>(params)
      ? this.#runner.list(
          Service,
          (entitlements) => entitlements.listAllPage(params),
          (entitlements) => entitlements.allItems(params),
          options
        )
      : this.#runner.array(Service, (entitlements) => entitlements.listAll(params), options)
  }

  /**
   * Fetches an entitlement by id, regardless of its subject.
   *
   * `GET /api/v1/entitlements/{entitlementId}`
   */
  get(entitlementId: string, options?: RequestOptions): Promise<Entitlement> {
    return this.#runner.run(Service, (entitlements) => entitlements.getById(entitlementId), options)
  }

  /**
   * Lists the entitlements of all customers, one page per request. Iterating follows the pages.
   *
   * `GET /api/v2/entitlements`
   */
  listV2(params?: EntitlementListV2Params, options?: RequestOptions): Listing<Page<EntitlementV2>, EntitlementV2> {
    return this.#runner.list(
      CustomerEntitlements,
      (entitlements) => entitlements.listAll(params),
      (entitlements) => entitlements.allItems(params),
      options
    )
  }

  /**
   * Fetches an entitlement by id, regardless of its customer, in its customer (v2) form.
   *
   * `GET /api/v2/entitlements/{entitlementId}`
   */
  getV2(entitlementId: string, options?: RequestOptions): Promise<EntitlementV2> {
    return this.#runner.run(CustomerEntitlements, (entitlements) => entitlements.getById(entitlementId), options)
  }
}
