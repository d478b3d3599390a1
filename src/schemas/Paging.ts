/**
 * Paging of lists: numbered pages with a total count, and pages with a cursor.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"

/**
 * One page of a list with a total count.
 *
 * @since 2.0.0
 * @category models
 */
export interface Page<A> {
  /** Items of this page. */
  readonly items: ReadonlyArray<A>
  /** Number of this page, counting from 1. 0 if the list was not requested by page. */
  readonly page: number
  /** Maximum number of items per page. 0 if the list was not requested by page. */
  readonly pageSize: number
  /** Total number of items on all pages. */
  readonly totalCount: number
}

/**
 * Declares one page of a list with a total count.
 *
 * @since 2.0.0
 * @category constructors
 */
export const Page = <S extends Schema.Constraint>(item: S) =>
  Schema.Struct({
    items: Schema.Array(item).annotateKey({ description: "Items of this page." }),
    page: Schema.Number.annotateKey({ description: "Number of this page, counting from 1." }),
    pageSize: Schema.Number.annotateKey({ description: "Maximum number of items per page." }),
    totalCount: Schema.Number.annotateKey({ description: "Total number of items on all pages." })
  })

/**
 * One page of a list with a cursor.
 *
 * @since 2.0.0
 * @category models
 */
export interface CursorPage<A> {
  /** Items of this page. */
  readonly items: ReadonlyArray<A>
  /** Cursor of the next page. Absent on the last page. */
  readonly nextCursor?: string
}

/** An integer within an inclusive range. */
const integer = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/**
 * Query parameters that request one page.
 *
 * @since 2.0.0
 * @category schemas
 */
export const pageParams = {
  page: optional(integer(1, Number.MAX_SAFE_INTEGER)).annotateKey({
    description: "Number of the page, counting from 1. Default: 1."
  }),
  pageSize: optional(integer(1, 1000)).annotateKey({
    description: "Maximum number of items per page, 1 to 1000. Default: 100."
  })
}

/**
 * Query parameters that request part of a list by limit and offset.
 *
 * @since 2.0.0
 * @category schemas
 */
export const limitParams = {
  limit: optional(integer(1, 1000)).annotateKey({
    description: "Maximum number of items to return, 1 to 1000. Default: 100."
  }),
  offset: optional(integer(0, Number.MAX_SAFE_INTEGER)).annotateKey({
    description: "Number of items to skip. Default: 0."
  })
}

/**
 * Maximum number of items to return, 1 to 100.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Limit100 = integer(1, 100)

/**
 * Sort direction of a list.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SortOrder = Schema.Literals(["ASC", "DESC"])

/**
 * Query parameters that sort a list by one of the given fields.
 *
 * @since 2.0.0
 * @category constructors
 */
export const orderParams = <const L extends string>(fields: Schema.Literals<ReadonlyArray<L>>) => ({
  orderBy: optional(fields).annotateKey({ description: "Field to sort by." }),
  order: optional(SortOrder).annotateKey({ description: "Sort direction. Default: ASC." })
})
