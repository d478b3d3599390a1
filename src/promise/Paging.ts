/**
 * Lists that the server answers as an array or as a page, by the query that it is asked with.
 *
 * @since 2.0.0
 */

/**
 * A query that asks for a page: the answer holds the count of all items beside those of the page.
 *
 * @since 2.0.0
 * @category models
 */
export type Paged<P extends { readonly page?: number | undefined; readonly pageSize?: number | undefined }> = P &
  ({ readonly page: number } | { readonly pageSize: number })

/**
 * A query that asks for no page: the answer is an array.
 *
 * @since 2.0.0
 * @category models
 */
export type Unpaged<P> = P & { readonly page?: undefined; readonly pageSize?: undefined }

/**
 * Tells whether a query asks for a page.
 *
 * @internal
 */
export const isPaged = <P extends object>(params: object): params is P =>
  ("page" in params && params.page !== undefined) || ("pageSize" in params && params.pageSize !== undefined)
