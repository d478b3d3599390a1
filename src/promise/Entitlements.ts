/**
 * Entitlements of everyone, with Promises.
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
 * The operations on entitlements, whosever they are. Those of one subject or customer are found there.
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
   * Lists the entitlements of all subjects, one page of them with the count of all. Iterated, it follows the pages.
   *
   * `GET /api/v1/entitlements` with `page`
   */
  list(params: Paged<EntitlementPageParams>, options?: RequestOptions): Listing<Page<Entitlement>, Entitlement>
  /**
   * Lists the entitlements of all subjects by position, overridden ones too. Default order: oldest first.
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
   * Fetches an entitlement by id, whichever subject it belongs to.
   *
   * `GET /api/v1/entitlements/{entitlementId}`
   */
  get(entitlementId: string, options?: RequestOptions): Promise<Entitlement> {
    return this.#runner.run(Service, (entitlements) => entitlements.getById(entitlementId), options)
  }

  /**
   * Lists the entitlements of all customers, one page of them. Iterated, it follows the pages.
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
   * Fetches an entitlement by id, whichever customer it belongs to, as customers see it.
   *
   * `GET /api/v2/entitlements/{entitlementId}`
   */
  getV2(entitlementId: string, options?: RequestOptions): Promise<EntitlementV2> {
    return this.#runner.run(CustomerEntitlements, (entitlements) => entitlements.getById(entitlementId), options)
  }
}
