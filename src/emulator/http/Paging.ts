/**
 * Lists cut into pages, in the server's two styles.
 */
import { compareCodePoints } from "../codePoints.ts"
import * as Param from "./Param.ts"
import * as Wire from "./Wire.ts"

/** The parameters of a list in pages. */
export const pageParams = {
  page: Param.integer({ minimum: 1 }),
  pageSize: Param.integer({ minimum: 1, maximum: 1000 })
}

/** The parameters of a list that is cut by an offset. */
export const offsetParams = {
  offset: Param.integer({ minimum: 0 }),
  limit: Param.integer({ minimum: 1, maximum: 1000 })
}

/** The direction of a list; it stands in an `allOf` of the server's document. */
export const order = Param.string(Wire.allOf(Wire.literals("ASC", "DESC")))

/** Which page of a list was asked for. */
export interface PageQuery {
  readonly page?: number | undefined
  readonly pageSize?: number | undefined
}

/** Which stretch of a list was asked for. */
export interface OffsetQuery {
  readonly offset?: number | undefined
  readonly limit?: number | undefined
}

/** One page of a list, with the figures of the whole. */
export const page = <A>(items: ReadonlyArray<A>, { page = 1, pageSize = 100 }: PageQuery) => ({
  items: items.slice((page - 1) * pageSize, page * pageSize),
  page,
  pageSize,
  totalCount: items.length
})

/** The bare stretch of a list that offset and limit name. */
export const stretch = <A>(items: ReadonlyArray<A>, { limit, offset = 0 }: OffsetQuery): ReadonlyArray<A> =>
  items.slice(offset, limit === undefined ? undefined : offset + limit)

/** Whether a page is asked for. */
export const asksForPage = (query: PageQuery): boolean => query.page !== undefined || query.pageSize !== undefined

/** A page when a page is asked for, else the bare stretch that offset and limit name. */
export const pageOrArray = <A>(items: ReadonlyArray<A>, query: PageQuery & OffsetQuery) =>
  asksForPage(query) ? page(items, query) : stretch(items, query)

const compare = (a: string | number, b: string | number): number =>
  typeof a === "number" && typeof b === "number" ? a - b : compareCodePoints(String(a), String(b))

/** Sorts by a text or a number, in either direction; what compares equal keeps its order. */
export const sortedBy = <A>(
  items: Iterable<A>,
  key: (item: A) => string | number,
  order: "ASC" | "DESC" = "ASC"
): ReadonlyArray<A> => {
  const sign = order === "ASC" ? 1 : -1
  return [...items].sort((a, b) => sign * compare(key(a), key(b)))
}
