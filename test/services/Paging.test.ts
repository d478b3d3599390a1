import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { CursorPage, Page } from "../../src/schemas/Paging.ts"
import { cursors, pages } from "../../src/services/Paging.ts"

const Count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 }))
const Size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 }))

const list = (total: number) => Array.from({ length: total }, (_, index) => index)

/** A server with a counted list, and the pages that it was asked for. */
const counted = (total: number, pageSize: number) => {
  const asked: Array<number> = []
  const fetch = (page: number) =>
    Effect.sync((): Page<number> => {
      asked.push(page)
      const start = (page - 1) * pageSize
      return { items: list(total).slice(start, start + pageSize), page, pageSize, totalCount: total }
    })
  return { asked, fetch }
}

/** A server whose list follows a cursor that is there whenever a page is full, and the cursors that it was asked for. */
const followed = (total: number, limit: number) => {
  const asked: Array<string | undefined> = []
  const fetch = (cursor: string | undefined) =>
    Effect.sync((): CursorPage<number> => {
      asked.push(cursor)
      const start = Number(cursor ?? 0)
      const items = list(total).slice(start, start + limit)
      return items.length < limit ? { items } : { items, nextCursor: String(start + limit) }
    })
  return { asked, fetch }
}

describe("pages", () => {
  it.effect.prop("gives every item in order and asks for each page once", { total: Count, pageSize: Size }, (input) =>
    Effect.gen(function* () {
      const { asked, fetch } = counted(input.total, input.pageSize)
      assert.deepStrictEqual(yield* Stream.runCollect(pages(fetch)), list(input.total))
      assert.deepStrictEqual(
        asked,
        list(Math.max(1, Math.ceil(input.total / input.pageSize))).map((index) => index + 1)
      )
    })
  )

  it.effect.prop("begins at the page that is asked for", { total: Count, pageSize: Size, first: Size }, (input) =>
    Effect.gen(function* () {
      const { asked, fetch } = counted(input.total, input.pageSize)
      const before = (input.first - 1) * input.pageSize
      assert.deepStrictEqual(yield* Stream.runCollect(pages(fetch, input.first)), list(input.total).slice(before))
      assert.strictEqual(asked.length, Math.max(1, Math.ceil((input.total - before) / input.pageSize)))
    })
  )

  it.effect("asks for no page before it is wanted", () =>
    Effect.gen(function* () {
      const { asked, fetch } = counted(100, 10)
      const stream = pages(fetch)
      assert.deepStrictEqual(asked, [])
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(stream, 15)), list(15))
      assert.deepStrictEqual(asked, [1, 2])
    })
  )

  it.effect("begins anew each time it is run", () =>
    Effect.gen(function* () {
      const { asked, fetch } = counted(3, 2)
      const stream = pages(fetch)
      yield* Stream.runDrain(stream)
      yield* Stream.runDrain(stream)
      assert.deepStrictEqual(asked, [1, 2, 1, 2])
    })
  )

  it.effect("ends at an empty page when the list has shrunk below its count", () =>
    Effect.gen(function* () {
      const asked: Array<number> = []
      const stream = pages((page) =>
        Effect.sync((): Page<string> => {
          asked.push(page)
          return { items: page === 1 ? ["a"] : [], page, pageSize: 1, totalCount: 5 }
        })
      )
      assert.deepStrictEqual(yield* Stream.runCollect(stream), ["a"])
      assert.deepStrictEqual(asked, [1, 2])
    })
  )

  it.effect("fails with the error of the page that failed, after the items before it", () =>
    Effect.gen(function* () {
      const { fetch } = counted(20, 10)
      const seen: Array<number> = []
      const stream = pages((page) => (page === 2 ? Effect.fail("down") : fetch(page)))
      const error = yield* Effect.flip(Stream.runForEach(stream, (item) => Effect.sync(() => seen.push(item))))
      assert.strictEqual(error, "down")
      assert.deepStrictEqual(seen, list(10))
    })
  )
})

describe("cursors", () => {
  it.effect.prop("gives every item in order and asks for each cursor once", { total: Count, limit: Size }, (input) =>
    Effect.gen(function* () {
      const { asked, fetch } = followed(input.total, input.limit)
      assert.deepStrictEqual(yield* Stream.runCollect(cursors(fetch)), list(input.total))
      const following = list(Math.floor(input.total / input.limit)).map((index) => String((index + 1) * input.limit))
      assert.deepStrictEqual(asked, [undefined, ...following])
    })
  )

  it.effect("asks for no page before it is wanted", () =>
    Effect.gen(function* () {
      const { asked, fetch } = followed(100, 10)
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(cursors(fetch), 15)), list(15))
      assert.deepStrictEqual(asked, [undefined, "10"])
    })
  )

  it.effect("begins at the cursor it is given", () =>
    Effect.gen(function* () {
      const { asked, fetch } = followed(25, 10)
      assert.deepStrictEqual(yield* Stream.runCollect(cursors(fetch, "20")), [20, 21, 22, 23, 24])
      assert.deepStrictEqual(asked, ["20"])
    })
  )
})
