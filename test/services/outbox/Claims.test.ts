import { assert, describe, it } from "@effect/vitest"
import { Claims, type Place } from "../../../src/services/outbox/Claims.ts"

const everything = { count: Infinity, bytes: Infinity }

/** A storage of so many entries of one key, which are read one by one. */
const storage = (count: number) => {
  let last = 0
  return (): Place | undefined => {
    if (last === count) return undefined
    last += 1
    return { sequence: last, key: "a", bytes: 1 }
  }
}

const sequencesOf = (entries: ReadonlyArray<Place>) => entries.map(({ sequence }) => sequence)
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

describe("Claims", () => {
  const COUNT = 200_000

  it.each(["settle", "giveBack"] as const)(
    "keep the order of hundreds of thousands of entries that stand behind one key (%s)",
    (end) => {
      const claims = new Claims<Place>()
      const next = storage(COUNT)
      const first = claims.take({ count: 500, bytes: Infinity }, next)
      for (let looked = 500; looked < COUNT; looked += 2000) {
        assert.deepStrictEqual(claims.take({ count: 500, bytes: Infinity }, next), [])
      }
      claims[end](first)
      const from = end === "settle" ? 501 : 1
      assert.deepStrictEqual(sequencesOf(claims.take(everything, next)), range(from, COUNT + 1))
    }
  )

  it("merge what is given back with what is ready, in any order", () => {
    const claims = new Claims<Place>()
    const next = storage(10)
    const claimed = claims.take({ count: 6, bytes: Infinity }, next)
    claims.giveBack(claimed.toReversed())
    assert.deepStrictEqual(sequencesOf(claims.take({ count: 2, bytes: Infinity }, next)), [1, 2])
    claims.settle(claimed.slice(0, 1))
    claims.giveBack(claimed.slice(1, 2))
    assert.deepStrictEqual(sequencesOf(claims.take(everything, next)), range(2, 11))
  })
})
