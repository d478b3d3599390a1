/**
 * Grants across all subjects and customers, in the Promise API.
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
 * Operations on grants across all subjects and customers. For the grants of a single entitlement, use {@link Subjects}
 * or {@link Customers}.
 *
 * @example
 * ```ts
 * for await (const grant of openmeter.grants.list({ feature: ["ai_tokens"] })) {
 *   console.log(grant.id, grant.amount, grant.expiresAt)
 * }
 * ```
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
   * Lists the grants of all subjects, one page per request, with the total count. Iterating follows the pages.
   *
   * `GET /api/v1/grants` with `page`
   */
  list(params: Paged<GrantPageParams>, options?: RequestOptions): Listing<Page<EntitlementGrant>, EntitlementGrant>
  /**
   * Lists the grants of all subjects by limit and offset, including voided ones. Sorted by effective time by default.
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
   * Lists the grants of all customers, one page per request. Iterating follows the pages.
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
   * Voids a grant, now or from a given minute of the current usage period on: it stops contributing balance from then
   * on. Usage it has already covered is unaffected.
   *
   * `DELETE /api/v1/grants/{grantId}`
   */
  delete(grantId: string, params?: GrantVoidParams, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (grants) => grants.void(grantId, params), options)
  }
}
