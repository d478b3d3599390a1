/**
 * Long lists as streams of their items.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { CursorPage, Page } from "../schemas/Paging.ts"

/**
 * Streams the items of a list that is counted: page after page, each asked for when the items before it are through.
 *
 * The end is where as many items as the server counts have come, or a page is empty, since a list that shrinks on the
 * way never reaches its first count.
 *
 * @param fetch - asks for the page of a number, from 1
 * @param first - the page at which the stream begins. Default: 1
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
 * Streams the items of a list that follows a cursor: page after page, each asked for when the items before it are
 * through.
 *
 * The end is the page without a cursor to the next one.
 *
 * @param fetch - asks for the page that begins at a cursor; `undefined` stands for the first one
 * @param start - the cursor at which the stream begins. Default: the first page
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
