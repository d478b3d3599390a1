/**
 * Query types of lists that the server returns either as an array or as a page, depending on the query.
 *
 * @since 2.0.0
 */

/**
 * Query of a paged list: the result holds one page of items and the total count.
 *
 * @example
 * ```ts
 * import type { FeaturePageParams, Paged } from "@openmeter/sdk"
 *
 * const query: Paged<FeaturePageParams> = { page: 1, pageSize: 50 }
 * ```
 *
 * @since 2.0.0
 * @category models
 */
export type Paged<P extends { readonly page?: number | undefined; readonly pageSize?: number | undefined }> = P &
  ({ readonly page: number } | { readonly pageSize: number })

/**
 * Query of an unpaged list: the result is an array.
 *
 * @example
 * ```ts
 * import type { FeatureListParams, Unpaged } from "@openmeter/sdk"
 *
 * const query: Unpaged<FeatureListParams> = { limit: 50 }
 * ```
 *
 * @since 2.0.0
 * @category models
 */
export type Unpaged<P> = P & { readonly page?: undefined; readonly pageSize?: undefined }

/**
 * Returns whether a query asks for a page.
 *
 * @internal
 */
export const isPaged = <P extends object>(params: object): params is P =>
  ("page" in params && params.page !== undefined) || ("pageSize" in params && params.pageSize !== undefined)
