import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Metering } from "../../../src/emulator/metering/Meter.ts"
import type { MeterQuery } from "../../../src/emulator/metering/query.ts"
import { groupValues, query, subjects } from "../../../src/emulator/metering/query.ts"
import { select } from "../../../src/emulator/metering/selection.ts"
import * as TimeZone from "../../../src/emulator/metering/TimeZone.ts"
import type { UsageQuery } from "../../../src/emulator/metering/usage.ts"
import { usage, windowedUsage } from "../../../src/emulator/metering/usage.ts"
import type { Events } from "./arbitraries.ts"
import { dayOne, Events as AnyEvents, int, logOf, meterOf, ZoneName } from "./arbitraries.ts"

const whole: MeterQuery = { timeZone: TimeZone.utc, bySubject: false, groupBy: [] }

const minute = 60_000
const hour = 60 * minute

const events: Events = [
  { minute: 1, value: 10, subject: "a", model: "x" },
  { minute: 61, value: 20, subject: "b", model: "y" },
  { minute: 62, value: -5, subject: "a", model: "" },
  { minute: 1500, value: 7, subject: "c", model: "x" }
]

const zoneOf = (name: string): TimeZone.TimeZone => TimeZone.byName(name) ?? assert.fail(name)

const sizes = Schema.Literals(["MINUTE", "HOUR", "DAY", "MONTH"])

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

describe("query", () => {
  it("makes one row from the minute of the first event to the end of that of the last", () => {
    assert.deepStrictEqual(query(logOf(events), meterOf("SUM"), whole), [
      {
        subject: undefined,
        customerId: undefined,
        groupBy: {},
        value: 32,
        window: { start: dayOne + minute, end: dayOne + 1501 * minute }
      }
    ])
  })

  it("gives windows with events alone a row, in the order of time", () => {
    const rows = query(logOf(events.toReversed()), meterOf("SUM"), { ...whole, windowSize: "HOUR" })
    assert.deepStrictEqual(
      rows.map(({ value, window }) => [value, (window.start - dayOne) / hour, (window.end - dayOne) / hour]),
      [
        [10, 0, 1],
        [15, 1, 2],
        [7, 25, 26]
      ]
    )
  })

  it("groups by subject, by group and by customer", () => {
    const log = logOf(events)
    const values = (asked: Partial<MeterQuery>) =>
      query(log, meterOf("SUM"), { ...whole, ...asked }).map((row) => [
        row.subject,
        row.customerId,
        row.groupBy,
        row.value
      ])
    assert.deepStrictEqual(values({ bySubject: true }), [
      ["a", undefined, {}, 5],
      ["b", undefined, {}, 20],
      ["c", undefined, {}, 7]
    ])
    assert.deepStrictEqual(values({ groupBy: ["model"] }), [
      [undefined, undefined, { model: "x" }, 17],
      [undefined, undefined, { model: "y" }, 20],
      [undefined, undefined, { model: "" }, -5]
    ])
    const customers = new Map([
      ["a", "one"],
      ["b", "one"]
    ])
    assert.deepStrictEqual(values({ customers }), [[undefined, "one", {}, 25]])
  })

  it("counts nothing as 0 in the first minute of 1970, if nothing is grouped or windowed", () => {
    const log = logOf([])
    const rows = (aggregation: Metering["aggregation"], asked: Partial<MeterQuery> = {}) =>
      query(log, meterOf(aggregation), { ...whole, ...asked })
    for (const aggregation of ["COUNT", "UNIQUE_COUNT"] as const) {
      assert.deepStrictEqual(
        rows(aggregation).map(({ value, window }) => [value, window]),
        [[0, { start: 0, end: minute }]]
      )
      assert.deepStrictEqual(rows(aggregation, { bySubject: true }), [])
      assert.deepStrictEqual(rows(aggregation, { windowSize: "DAY" }), [])
      assert.deepStrictEqual(rows(aggregation, { groupBy: ["model"] }), [])
      assert.deepStrictEqual(rows(aggregation, { customers: new Map() }), [])
    }
    for (const aggregation of ["SUM", "AVG", "MIN", "MAX", "LATEST"] as const) {
      assert.deepStrictEqual(rows(aggregation), [])
    }
  })

  it("cuts from and to to the second", () => {
    const log = logOf(events)
    const count = (from: number, to: number) => select(log, meterOf("COUNT"), { from, to }).length
    const first = dayOne + minute
    assert.strictEqual(count(first + 999, first + 1999), 1)
    assert.strictEqual(count(first + 200, first + 700), 0)
    assert.strictEqual(count(first + 1000, first + hour), 0)
  })

  it("never looks before the meter's eventFrom", () => {
    const meter: Metering = { ...meterOf("SUM"), eventFrom: dayOne + 61 * minute }
    const value = (from?: number) => query(logOf(events), meter, { ...whole, from }).map((row) => row.value)
    assert.deepStrictEqual([value(), value(0), value(dayOne + 62 * minute)], [[22], [22], [2]])
  })

  it("overrules a group named subject by the subject of the event", () => {
    const meter: Metering = { ...meterOf("COUNT"), groupBy: { subject: "$.model" } }
    assert.deepStrictEqual(groupValues(logOf(events), meter, "subject", {}), ["a", "b", "c"])
    const groupByFilters = { subject: { $eq: "a" } }
    assert.deepStrictEqual(
      query(logOf(events), meter, { ...whole, groupByFilters }).map((row) => row.value),
      [2]
    )
  })

  it.prop(
    "windows and groups divide the events and lose none",
    { events: AnyEvents, windowSize: sizes, name: ZoneName, bySubject: Schema.Boolean, byModel: Schema.Boolean },
    ({ bySubject, byModel, events, name, windowSize }) => {
      const rows = (aggregation: Metering["aggregation"]) =>
        query(logOf(events), meterOf(aggregation), {
          windowSize,
          timeZone: zoneOf(name),
          bySubject,
          groupBy: byModel ? ["model"] : []
        })
      assert.strictEqual(sum(rows("COUNT").map((row) => row.value)), events.length)
      assert.strictEqual(sum(rows("SUM").map((row) => row.value)), sum(events.map((event) => event.value)))
      const starts = rows("COUNT").map((row) => row.window.start)
      assert.deepStrictEqual(
        starts,
        starts.toSorted((a, b) => a - b)
      )
      const keys = rows("COUNT").map((row) => JSON.stringify([row.window, row.subject, row.groupBy]))
      assert.strictEqual(new Set(keys).size, keys.length)
    }
  )

  it.prop("a range divides into ranges", { events: AnyEvents, at: int(0, 4320) }, ({ at, events }) => {
    const log = logOf(events)
    const border = dayOne + at * minute
    const value = (range: { readonly from?: number; readonly to?: number }) =>
      sum(query(log, meterOf("SUM"), { ...whole, ...range }).map((row) => row.value))
    assert.strictEqual(value({ to: border }) + value({ from: border }), value({}))
  })

  it.prop("a filter passes what the group shows", { events: AnyEvents }, ({ events }) => {
    const log = logOf(events)
    for (const row of query(log, meterOf("SUM"), { ...whole, groupBy: ["model"] })) {
      const groupByFilters = { model: { $eq: row.groupBy["model"] } }
      assert.deepStrictEqual(
        query(log, meterOf("SUM"), { ...whole, groupByFilters }).map(({ value, window }) => [value, window]),
        [[row.value, row.window]]
      )
    }
  })
})

describe("subjects and groupValues", () => {
  it("are distinct and sorted by code point", () => {
    const log = logOf(events)
    assert.deepStrictEqual(subjects(log, meterOf("SUM"), {}), ["a", "b", "c"])
    assert.deepStrictEqual(groupValues(log, meterOf("SUM"), "model", {}), ["", "x", "y"])
    assert.deepStrictEqual(subjects(log, meterOf("SUM"), { from: dayOne + 61 * minute, to: dayOne + 1500 * minute }), [
      "a",
      "b"
    ])
  })

  it("do not know eventFrom", () => {
    const meter = { ...meterOf("SUM"), eventFrom: dayOne + 1000 * minute }
    assert.deepStrictEqual(subjects(logOf(events), meter, {}), ["a", "b", "c"])
  })
})

describe("usage", () => {
  const all: UsageQuery = { from: dayOne, to: dayOne + 5000 * minute, subjects: ["a", "b"] }

  it.each<[Metering["aggregation"], number]>([
    ["SUM", 25],
    ["COUNT", 3],
    ["UNIQUE_COUNT", 3],
    ["LATEST", -5]
  ])("%s of several subjects taken together is %d", (aggregation, expected) => {
    assert.strictEqual(usage(logOf(events), meterOf(aggregation), all), expected)
  })

  it("is 0 without events", () => {
    const none = { ...all, subjects: ["nobody"] }
    for (const aggregation of ["SUM", "COUNT", "UNIQUE_COUNT", "LATEST"] as const) {
      assert.strictEqual(usage(logOf(events), meterOf(aggregation), none), 0)
    }
  })

  it("counts only what passes the filters of the feature", () => {
    const filtered = { ...all, groupByFilters: { model: { $in: ["x", ""] } } }
    assert.strictEqual(usage(logOf(events), meterOf("SUM"), filtered), 5)
  })

  it.prop(
    "of windows adds up to that of the range, for what can be added",
    { events: AnyEvents, windowSize: sizes, name: ZoneName, from: int(0, 2000), length: int(0, 4000) },
    ({ events, from, length, name, windowSize }) => {
      const log = logOf(events)
      const range = { from: dayOne + from * minute, to: dayOne + (from + length) * minute, subjects: ["a", "c"] }
      for (const aggregation of ["SUM", "COUNT"] as const) {
        const meter = meterOf(aggregation)
        const windowed = windowedUsage(log, meter, { ...range, windowSize, timeZone: zoneOf(name) })
        assert.strictEqual(sum(windowed.map((window) => window.value)), usage(log, meter, range))
        for (const { end, start, value } of windowed) {
          const part = { ...range, from: Math.max(start, range.from), to: Math.min(end, range.to) }
          assert.strictEqual(value, usage(log, meter, part))
        }
      }
    }
  )
})
