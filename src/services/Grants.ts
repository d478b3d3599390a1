/**
 * Grants: listed and voided, whatever entitlement they belong to. They are created with their entitlement's service.
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
 * The operations on grants, whatever entitlement they belong to.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantsService {
  /**
   * Lists grants by position, filtered by subjects, void ones too. Default order: by when they take effect.
   *
   * `GET /api/v1/grants`
   */
  readonly list: (params?: GrantListParams) => Effect.Effect<ReadonlyArray<EntitlementGrant>, CommonError>
  /**
   * Lists grants as {@link GrantsService.list} does, one page of them, with the count of all.
   *
   * `GET /api/v1/grants` with `page` and `pageSize`
   */
  readonly listPage: (params?: GrantPageParams) => Effect.Effect<Page<EntitlementGrant>, CommonError>
  /** All grants, one by one: {@link GrantsService.listPage} as a stream that asks for page after page, from `page` on. */
  readonly items: (params?: GrantPageParams) => Stream.Stream<EntitlementGrant, CommonError>
  /**
   * Lists grants, filtered by customers, void ones too, by page or by position, with the count of all. `NotFoundError`
   * when there is no such customer.
   *
   * `GET /api/v2/grants`
   */
  readonly listV2: (params?: GrantListV2Params) => Effect.Effect<Page<EntitlementGrantV2>, NotFoundError | CommonError>
  /** All grants, one by one: {@link GrantsService.listV2} as a stream that asks for page after page, from `page` on. */
  readonly itemsV2: (
    params?: Omit<GrantListV2Params, "limit" | "offset">
  ) => Stream.Stream<EntitlementGrantV2, NotFoundError | CommonError>
  /**
   * Voids a grant: from now, or from an instant of the current usage period, nothing is burnt down of it any more.
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

  // Without a page the server answers an array; it fails on a size without a page, and ignores a page without a size.
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
 * Grants: listed and voided, whatever entitlement they belong to. They are created with their entitlement's service.
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
  /** The operations on grants, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Grants, never, Transport> = Layer.effect(Grants, make)
}
