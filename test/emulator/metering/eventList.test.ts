import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Cursor from "../../../src/emulator/metering/Cursor.ts"
import type { StoredEvent } from "../../../src/emulator/metering/EventLog.ts"
import { newest } from "../../../src/emulator/metering/eventList.ts"
import type { TimeFilter } from "../../../src/emulator/metering/TimeFilter.ts"
import { predicate } from "../../../src/emulator/metering/TimeFilter.ts"
import { Events, Instant, int, logOf } from "./arbitraries.ts"

describe("newest", () => {
  it.prop("pages add up to the list, in whatever pages", { events: Events, size: int(1, 5) }, ({ events, size }) => {
    const log = logOf(events)
    const all = newest(log, [], Infinity)
    const paged: Array<StoredEvent> = []
    for (;;) {
      const last = paged.at(-1)
      const cursor = last === undefined ? undefined : Result.getOrThrow(Cursor.decode(Cursor.encode(last)))
      const page = newest(log, cursor === undefined ? [] : [(event) => Cursor.isBefore(cursor, event)], size)
      paged.push(...page)
      if (page.length < size) break
    }
    assert.deepStrictEqual(paged, all)
    assert.strictEqual(all.length, events.length)
    const times = all.map((event) => event.time)
    assert.deepStrictEqual(
      times,
      times.toSorted((a, b) => b - a)
    )
  })

  it("lists what passes every predicate", () => {
    const log = logOf([
      { minute: 1, value: 1, subject: "a", model: "x" },
      { minute: 2, value: 2, subject: "a", model: "x" },
      { minute: 3, value: 3, subject: "b", model: "x" }
    ])
    const ids = newest(log, [(event) => event.subject === "a", (event) => event.id !== "0"], 10).map(({ id }) => id)
    assert.deepStrictEqual(ids, ["1"])
  })
})

describe("Cursor", () => {
  it.each([
    ["", "text is empty"],
    ["abc", "decode cursor: illegal base64 data at input byte 0"],
    ["aGVsbG8h!!!!", "decode cursor: illegal base64 data at input byte 8"],
    ["aGVsbG8=", "cursor is invalid: no delimiter found"],
    [btoa("2025-03-03T00:00:00Z,"), "cursor id is empty"]
  ])("%j: %s", (text, fault) => {
    assert.deepStrictEqual(Cursor.decode(text), Result.fail(fault))
  })

  it("must hold a time", () => {
    assert.isTrue(Result.isFailure(Cursor.decode(btoa("yesterday,1"))))
  })

  it.prop("comes back as it went", { second: Instant, id: Schema.NonEmptyString }, ({ id, second }) => {
    // A lone surrogate has no UTF-8 to come back from.
    const event = { id: id.toWellFormed(), time: second * 1000 }
    const encoded = Cursor.encode({ ...event, source: "", type: "", subject: "", data: undefined, ingestedAt: 0 })
    assert.deepStrictEqual(Cursor.decode(encoded), Result.succeed({ time: event.time, id: event.id }))
  })
})

describe("TimeFilter", () => {
  const second = Date.parse("2025-03-04T00:00:00Z")
  const passing = (filter: TimeFilter) =>
    [-1000, 0, 1000].filter((offset) => (predicate(filter) ?? (() => true))(second + offset))

  it.each<[TimeFilter, ReadonlyArray<number>]>([
    [{ $gt: "2025-03-04T00:00:00Z" }, [1000]],
    [{ $gte: "2025-03-04T00:00:00Z" }, [0, 1000]],
    [{ $lt: "2025-03-04T00:00:00Z" }, [-1000]],
    [{ $lte: "2025-03-04T00:00:00.9Z" }, [-1000, 0]],
    [{ $lte: "2025-03-04T02:00:00+02:00" }, [-1000, 0]],
    [{ $and: [{ $gte: "2025-03-04T00:00:00Z" }, { $lt: "2025-03-04T00:00:01Z" }] }, [0]],
    [{ $or: [{ $lt: "2025-03-04T00:00:00Z" }, { $gt: "2025-03-04T00:00:00Z" }] }, [-1000, 1000]],
    [{ $or: [] }, [-1000, 0, 1000]],
    [{}, [-1000, 0, 1000]]
  ])("%j passes %j", (filter, expected) => {
    assert.deepStrictEqual(passing(filter), expected)
  })
})
