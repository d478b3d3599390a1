import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { compare, sameDetail, unorderedPointer } from "./compare.ts"
import { deviationOf } from "./deviations.ts"
import { normaliser, pointer, substitute } from "./normalise.ts"
import type { RecordedResponse } from "./Scenario.ts"

const json = (body: unknown): RecordedResponse => ({ status: 200, contentType: "application/json", body })

const problem = (body: object): RecordedResponse => ({ status: 400, contentType: "application/problem+json", body })

describe("comparing answers", () => {
  it.prop("finds nothing between an answer and itself", { body: Schema.Json }, ({ body }) => {
    assert.deepStrictEqual(compare(json(body), json(body), undefined), [])
  })

  it("names the place of every difference", () => {
    assert.deepStrictEqual(compare(json({ a: [1, { b: 2 }], c: 3 }), json({ a: [1, { b: "2" }], d: 4 }), undefined), [
      { at: "/a/1/b", expected: 2, got: "2" },
      { at: "/c", expected: 3, got: undefined },
      { at: "/d", expected: undefined, got: 4 }
    ])
  })

  it("compares the content type, and another status as a whole", () => {
    assert.deepStrictEqual(
      compare(json([]), { status: 200, contentType: "text/csv", body: [] }, undefined).map(({ at }) => at),
      ["content type"]
    )
    assert.deepStrictEqual(
      compare(json([]), { status: 204 }, undefined).map(({ at }) => at),
      ["status", ""]
    )
  })

  it("takes anything for $any", () => {
    assert.deepStrictEqual(compare(json({ a: "$any", b: 1 }), json({ a: [2], b: 1 }), undefined), [])
  })

  it("compares an array without an order as a multiset", () => {
    const recorded = json({ data: [{ a: 1 }, { a: 1 }, { a: 2 }] })
    assert.deepStrictEqual(compare(recorded, json({ data: [{ a: 2 }, { a: 1 }, { a: 1 }] }), "/data"), [])
    assert.deepStrictEqual(compare(recorded, json({ data: [{ a: 2 }, { a: 2 }, { a: 1 }] }), "/data"), [
      { at: "/data", expected: [{ a: 1 }], got: [{ a: 2 }] }
    ])
    assert.lengthOf(compare(recorded, json({ data: [{ a: 2 }, { a: 1 }] }), "/data"), 1)
    assert.strictEqual(unorderedPointer("[unordered:/data] rows"), "/data")
    assert.strictEqual(unorderedPointer("[unordered:] rows"), "")
    assert.isUndefined(unorderedPointer("rows"))
  })

  it("wants a detail where one was recorded, but not its wording, and no instance", () => {
    const recorded = problem({ status: 400, detail: "a b", instance: "urn:request:1" })
    assert.deepStrictEqual(compare(recorded, problem({ status: 400, detail: "c" }), undefined), [])
    assert.lengthOf(compare(recorded, problem({ status: 400 }), undefined), 1)
    assert.lengthOf(compare(problem({ status: 400 }), problem({ status: 400, detail: "c" }), undefined), 1)
    assert.lengthOf(
      compare(problem({ extensions: { conflictingEntityId: "a" } }), problem({ extensions: {} }), undefined),
      1
    )
    assert.isFalse(sameDetail(recorded, problem({ detail: "c" })))
    assert.isTrue(sameDetail(recorded, problem({ detail: "a b" })))
    assert.isUndefined(sameDetail(problem({ detail: "$any" }), problem({ detail: "c" })))
  })
})

describe("making answers comparable", () => {
  it("numbers identifiers by first appearance over all answers, and names captured ones", () => {
    const normalise = normaliser()
    const [a, b, c] = ["A", "B", "C"].map((letter) => `01ARZ3NDEKTSV4RRFFQ69G5FA${letter}`)
    assert.deepStrictEqual(normalise([`x ${a}`, b], { b }), ["x $ulid:1", "${b}"])
    assert.deepStrictEqual(normalise({ z: c, [`${a}`]: c }, {}), { "$ulid:1": "$ulid:2", z: "$ulid:2" })
  })

  it("writes instants in UTC without needless zeros, and masks what differs by nature", () => {
    assert.deepStrictEqual(
      normaliser()(
        {
          from: "2025-01-01T00:00:00.500+01:00",
          to: "2025-01-01T00:00:00.000Z",
          storedAt: "now",
          instance: "urn:request:a/b"
        },
        {}
      ),
      {
        from: "2024-12-31T23:00:00.5Z",
        instance: "urn:request:$requestId",
        storedAt: "$time",
        to: "2025-01-01T00:00:00Z"
      }
    )
  })

  it("puts captured values into requests, and takes them from answers", () => {
    const recorded: unknown = { "${k}": ["${n}", "a-${n}", "${unknown}"] }
    assert.deepStrictEqual(substitute(recorded, { k: "key", n: 5 }), { key: [5, "a-5", "${unknown}"] })
    assert.strictEqual(pointer({ items: [{ id: "x" }] }, "/items/0/id"), "x")
    assert.isUndefined(pointer({ items: [] }, "/items/0/id"))
  })
})

describe("deviations", () => {
  it("are found by request or by scenario and step", () => {
    assert.isDefined(deviationOf("any", 0, { method: "POST", path: "/api/v1/subscriptions" }))
    assert.isDefined(deviationOf("any", 0, { method: "GET", path: "/api/v1/customers/c/apps/1" }))
    assert.isUndefined(deviationOf("any", 0, { method: "GET", path: "/api/v1/customers/c/access" }))
    assert.isDefined(deviationOf("entitlements managed by a subscription", 3, { method: "GET", path: "/x" }))
    assert.isUndefined(deviationOf("entitlements managed by a subscription", 0, { method: "GET", path: "/x" }))
  })
})
