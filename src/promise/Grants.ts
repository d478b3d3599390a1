/**
 * Grants of everyone, with Promises.
 *
 * @since 2.0.0
 */
import type {
  EntitlementGrant,
  EntitlementGrantV2,
  GrantListParams,
  GrantListV2Params,
  GrantPageParams,
  GrantVoidParams
} from "../schemas/Grant.ts"
import type { Page } from "../schemas/Paging.ts"
import { Grants as Service } from "../services/Grants.ts"
import type { Listing } from "./Listing.ts"
import { isPaged, type Paged, type Unpaged } from "./Paging.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * The operations on grants, whosever they are. Those of one entitlement are found at its subject or customer.
 *
 * @since 2.0.0
 * @category resources
 */
export class Grants {
  readonly #runner: Runner<Service>

  /** @internal */
  constructor(runner: Runner<Service>) {
    this.#runner = runner
  }

  /**
   * Lists the grants of all subjects, one page of them with the count of all. Iterated, it follows the pages.
   *
   * `GET /api/v1/grants` with `page`
   */
  list(params: Paged<GrantPageParams>, options?: RequestOptions): Listing<Page<EntitlementGrant>, EntitlementGrant>
  /**
   * Lists the grants of all subjects by position, void ones too. Default order: by the instant they take effect.
   *
   * `GET /api/v1/grants`
   */
  list(
    params?: Unpaged<GrantListParams>,
    options?: RequestOptions
  ): Listing<ReadonlyArray<EntitlementGrant>, EntitlementGrant>
  list(
    params: GrantListParams | GrantPageParams = {},
    options?: RequestOptions
  ): Listing<Page<EntitlementGrant> | ReadonlyArray<EntitlementGrant>, EntitlementGrant> {
    return isPaged<GrantPageParams>(params)
      ? this.#runner.list(
          Service,
          (grants) => grants.listPage(params),
          (grants) => grants.items(params),
          options
        )
      : this.#runner.array(Service, (grants) => grants.list(params), options)
  }

  /**
   * Lists the grants of all customers, one page of them. Iterated, it follows the pages.
   *
   * `GET /api/v2/grants`
   */
  listV2(params?: GrantListV2Params, options?: RequestOptions): Listing<Page<EntitlementGrantV2>, EntitlementGrantV2> {
    return this.#runner.list(
      Service,
      (grants) => grants.listV2(params),
      (grants) => grants.itemsV2(params),
      options
    )
  }

  /**
   * Voids a grant: from now on, or from a minute of the current usage period on, it gives nothing. What it gave
   * before stays.
   *
   * `DELETE /api/v1/grants/{grantId}`
   */
  delete(grantId: string, params?: GrantVoidParams, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (grants) => grants.void(grantId, params), options)
  }
}
