/**
 * Grants across all entitlements. To create grants, use the service of their entitlement.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import { GrantsApi } from "../api/Grants.ts"
import type { CommonError, ConflictError, NotFoundError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type {
  EntitlementGrant,
  EntitlementGrantV2,
  GrantListParams,
  GrantListV2Params,
  GrantPageParams,
  GrantVoidParams
} from "../schemas/Grant.ts"
import type { Page } from "../schemas/Paging.ts"
import { pages } from "./Paging.ts"

/**
 * Operations on grants across all entitlements.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantsService {
  /**
   * Lists grants by limit and offset, optionally filtered by subject, including voided ones. Sorted by effective time
   * by default.
   *
   * `GET /api/v1/grants`
   */
  readonly list: (params?: GrantListParams) => Effect.Effect<ReadonlyArray<EntitlementGrant>, CommonError>
  /**
   * Lists one page of grants, like {@link GrantsService.list}, with the total count.
   *
   * `GET /api/v1/grants` with `page` and `pageSize`
   */
  readonly listPage: (params?: GrantPageParams) => Effect.Effect<Page<EntitlementGrant>, CommonError>
  /** Streams all grants: {@link GrantsService.listPage}, following the pages from `page` on. */
  readonly items: (params?: GrantPageParams) => Stream.Stream<EntitlementGrant, CommonError>
  /**
   * Lists grants, optionally filtered by customer, including voided ones, by page or by limit and offset, with the
   * total count. Fails with `NotFoundError` if the customer does not exist.
   *
   * `GET /api/v2/grants`
   */
  readonly listV2: (params?: GrantListV2Params) => Effect.Effect<Page<EntitlementGrantV2>, NotFoundError | CommonError>
  /** Streams all grants: {@link GrantsService.listV2}, following the pages from `page` on. */
  readonly itemsV2: (
    params?: Omit<GrantListV2Params, "limit" | "offset">
  ) => Stream.Stream<EntitlementGrantV2, NotFoundError | CommonError>
  /**
   * Voids a grant, now or from a given time in the current usage period on: it is no longer burned down from then on.
   *
   * `DELETE /api/v1/grants/{grantId}`
   */
  readonly void: (
    grantId: string,
    params?: GrantVoidParams
  ) => Effect.Effect<void, NotFoundError | ConflictError | CommonError>
}

const make = Effect.gen(function* () {
  const grants = yield* client(GrantsApi)

  // Without `page` the server returns an array. It rejects `pageSize` alone, and ignores `page` alone.
  const listPage = (params: GrantPageParams = {}) =>
    grants.listGrantsPage({ query: { ...params, page: params.page ?? 1, pageSize: params.pageSize ?? 100 } })

  const listV2 = (query: GrantListV2Params = {}) => grants.listGrantsV2({ query })

  return Grants.of({
    list: (query = {}) => grants.listGrants({ query }),
    listPage,
    items: (params) => pages((page) => listPage({ ...params, page }), params?.page),
    listV2,
    itemsV2: (params) => pages((page) => listV2({ ...params, page }), params?.page),
    void: (grantId, query = {}) => grants.voidGrant({ params: { grantId }, query })
  })
})

/**
 * Service for grants across all entitlements. To create grants, use the service of their entitlement.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Grants } from "@openmeter/sdk/effect"
 *
 * const voidAll = (customer: string) =>
 *   Effect.gen(function*() {
 *     const grants = yield* Grants
 *     const { items } = yield* grants.listV2({ customer: [customer], pageSize: 1000 })
 *     yield* Effect.forEach(items.filter((grant) => grant.voidedAt === undefined), (grant) => grants.void(grant.id))
 *   })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Grants extends Context.Service<Grants, GrantsService>()("@openmeter/sdk/Grants") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Grants, never, Transport> = Layer.effect(Grants, make)
}
