import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { InvalidRequestError } from "../../src/errors.ts"
import { eventIdFrom } from "../../src/services/EventId.ts"
import { sha256 } from "../../src/services/eventId/sha256.ts"
import { thrown } from "../support/failure.ts"

const Part = Schema.Union([Schema.String, Schema.Finite, Schema.BigInt, Schema.Boolean])
const Parts = Schema.NonEmptyArray(Part)
type Parts = ReadonlyArray<typeof Part.Type>

const same = (a: Parts, b: Parts) => a.length === b.length && a.every((part, i) => part === b[i])

describe("eventIdFrom", () => {
  it("gives ids that are the same for ever", () => {
    assert.deepStrictEqual(
      [eventIdFrom("invoice", 1042, "line", 3), eventIdFrom("ünïcode ✓"), eventIdFrom(1n, true, -0.5)],
      [
        "afb08886-67b3-81d3-917b-bc14431281ed",
        "aa3cd882-58d8-8a1b-b79b-8bc8bbc33fa4",
        "99708df4-675e-842b-8072-ff4ad3abd893"
      ]
    )
  })

  it.prop("gives a UUID of version 8", { parts: Parts }, ({ parts }) => {
    assert.match(eventIdFrom(...parts), /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it.prop("gives the same id for the same parts, and for others another", { a: Parts, b: Parts }, ({ a, b }) => {
    assert.strictEqual(eventIdFrom(...a), eventIdFrom(...a))
    assert.strictEqual(eventIdFrom(...a) === eventIdFrom(...b), same(a, b))
  })

  it("tells parts apart by where they end and by their types", () => {
    const keys: ReadonlyArray<Parts> = [
      ["ab", "c"],
      ["a", "bc"],
      ["abc"],
      ["abc", ""],
      ["", "abc"],
      ['a","b'],
      ["a", "b"],
      ["1"],
      [1],
      [1n],
      [true],
      ["true"],
      ["\ud800"],
      ["\ud801"],
      ["\ufffd"]
    ]
    assert.strictEqual(new Set(keys.map((key) => eventIdFrom(...key))).size, keys.length)
  })

  it("refuses what would not tell events apart", () => {
    for (const parts of [[], [Number.NaN], [Infinity], [null], [undefined], ["a", {}], [Symbol("a")]]) {
      const error = thrown(() => eventIdFrom(...(parts as Array<string>)))
      assert.instanceOf(error, InvalidRequestError)
      assert.match(error.message, /^ingestEvents: id/)
    }
  })
})

describe("sha256", () => {
  it.prop(
    "is SHA-256",
    { bytes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))) },
    ({ bytes }) => {
      const message = Uint8Array.from(bytes)
      assert.strictEqual(
        Buffer.from(sha256(message)).toString("hex"),
        createHash("sha256").update(message).digest("hex")
      )
    }
  )

  it("is SHA-256 for messages of every length around the ends of blocks", () => {
    for (let length = 0; length <= 200; length++) {
      const message = new Uint8Array(length).fill(length)
      assert.strictEqual(
        Buffer.from(sha256(message)).toString("hex"),
        createHash("sha256").update(message).digest("hex")
      )
    }
  })
})
