/**
 * Paged lists as streams of their items.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { CursorPage, Page } from "../schemas/Paging.ts"

/**
 * Streams the items of a list with numbered pages. Each page is fetched when the items before it have been consumed.
 *
 * Ends after as many items as the server's total count, or at an empty page, because a list that shrinks meanwhile
 * never reaches its first count.
 *
 * @param fetch - fetches the page with the given number, counting from 1
 * @param first - number of the first page. Defaults to 1
 * @since 2.0.0
 * @category constructors
 */
export const pages = <A, E, R>(
  fetch: (page: number) => Effect.Effect<Page<A>, E, R>,
  first: number = 1
): Stream.Stream<A, E, R> =>
  Stream.paginate({ page: first, seen: 0 }, (state) =>
    Effect.map(fetch(state.page), ({ items, pageSize, totalCount }) => {
      const seen = state.seen + items.length
      const done = items.length === 0 || (first - 1) * pageSize + seen >= totalCount
      return [items, done ? Option.none() : Option.some({ page: state.page + 1, seen })]
    })
  )

/**
 * Streams the items of a list with cursors. Each page is fetched when the items before it have been consumed.
 *
 * Ends at the page without a cursor to the next one.
 *
 * @param fetch - fetches the page at the given cursor; `undefined` stands for the first page
 * @param start - cursor of the first page to fetch. Defaults to the start of the list
 * @since 2.0.0
 * @category constructors
 */
export const cursors = <A, E, R>(
  fetch: (cursor: string | undefined) => Effect.Effect<CursorPage<A>, E, R>,
  start?: string | undefined
): Stream.Stream<A, E, R> =>
  Stream.paginate(start, (cursor: string | undefined) =>
    Effect.map(fetch(cursor), ({ items, nextCursor }) => [items, Option.fromUndefinedOr(nextCursor)])
  )
