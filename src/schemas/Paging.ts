/**
 * The parts of a long list: pages that are counted, and pages that follow a cursor.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"

/**
 * One page of a list that is counted.
 *
 * @since 2.0.0
 * @category models
 */
export interface Page<A> {
  /** The items of this page. */
  readonly items: ReadonlyArray<A>
  /** The number of this page, from 1. 0 when the list was not asked for by page. */
  readonly page: number
  /** How many items a page holds at the most. 0 when the list was not asked for by page. */
  readonly pageSize: number
  /** How many items all pages hold. */
  readonly totalCount: number
}

/**
 * Declares one page of a list that is counted.
 *
 * @since 2.0.0
 * @category constructors
 */
export const Page = <S extends Schema.Constraint>(item: S) =>
  Schema.Struct({
    items: Schema.Array(item).annotateKey({ description: "The items of this page." }),
    page: Schema.Number.annotateKey({ description: "The number of this page, from 1." }),
    pageSize: Schema.Number.annotateKey({ description: "How many items a page holds at the most." }),
    totalCount: Schema.Number.annotateKey({ description: "How many items all pages hold." })
  })

/**
 * One page of a list that follows a cursor.
 *
 * @since 2.0.0
 * @category models
 */
export interface CursorPage<A> {
  /** The items of this page. */
  readonly items: ReadonlyArray<A>
  /** Where the next page begins. Absent on the last page. */
  readonly nextCursor?: string
}

/** A whole number within a range, both ends included. */
const integer = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/**
 * The query members that ask for one page.
 *
 * @since 2.0.0
 * @category schemas
 */
export const pageParams = {
  page: optional(integer(1, Number.MAX_SAFE_INTEGER)).annotateKey({
    description: "The number of the page, from 1. Default: 1."
  }),
  pageSize: optional(integer(1, 1000)).annotateKey({
    description: "How many items a page holds, 1 to 1000. Default: 100."
  })
}

/**
 * The query members that ask for a part of a list by position.
 *
 * @since 2.0.0
 * @category schemas
 */
export const limitParams = {
  limit: optional(integer(1, 1000)).annotateKey({
    description: "How many items to answer, 1 to 1000. Default: 100."
  }),
  offset: optional(integer(0, Number.MAX_SAFE_INTEGER)).annotateKey({
    description: "How many items to pass over first, from 0. Default: 0."
  })
}

/**
 * A limit on how many items are answered, 1 to 100.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Limit100 = integer(1, 100)

/**
 * The direction of a sorted list.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SortOrder = Schema.Literals(["ASC", "DESC"])

/**
 * The query members that sort a list by one of the given fields.
 *
 * @since 2.0.0
 * @category constructors
 */
export const orderParams = <const L extends string>(fields: Schema.Literals<ReadonlyArray<L>>) => ({
  orderBy: optional(fields).annotateKey({ description: "The field by which the list is sorted." }),
  order: optional(SortOrder).annotateKey({ description: "The direction. Default: ASC." })
})
