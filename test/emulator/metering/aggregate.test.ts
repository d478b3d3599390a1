import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { accumulatorOf, parseNumber } from "../../../src/emulator/metering/aggregate.ts"
import type { Json } from "../../../src/emulator/metering/EventLog.ts"
import type { Aggregation } from "../../../src/emulator/metering/Meter.ts"
import { int, meterOf } from "./arbitraries.ts"

const aggregate = (aggregation: Aggregation, values: ReadonlyArray<Json | undefined>): number | undefined => {
  const total = accumulatorOf(meterOf(aggregation))()
  for (const value of values) total.add(value === undefined ? {} : { value })
  return total.value()
}

describe("parseNumber", () => {
  it.each([
    ["12.5", 12.5],
    ["-7", -7],
    ["+9", 9],
    [".5", 0.5],
    ["5.", 5],
    ["1e3", 1000],
    ["1E+3", 1000],
    ["5e-324", 5e-324],
    ["9007199254740993", 9007199254740992]
  ])("reads %s", (text, expected) => {
    assert.strictEqual(parseNumber(text), expected)
  })

  it.each([
    " 8",
    "8 ",
    "0x10",
    "1_000",
    "1,5",
    "",
    ".",
    "e5",
    "1e",
    "--1",
    "NaN",
    "Infinity",
    "-inf",
    "1e999",
    "true",
    "null"
  ])("reads no number off %j", (text) => {
    assert.isUndefined(parseNumber(text))
  })

  it.prop("reads every finite double back from its text", { number: Schema.Finite }, ({ number }) => {
    assert.strictEqual(parseNumber(String(number)), number)
  })
})

describe("accumulatorOf", () => {
  const mixed = [1, "2.5", "abc", undefined, null, true, [9], { a: 9 }, "-3", ""]

  it.each<[Aggregation, number | undefined]>([
    ["SUM", 0.5],
    ["AVG", 0.5 / 3],
    ["MIN", -3],
    ["MAX", 2.5],
    ["LATEST", -3],
    ["COUNT", 10],
    // 1, 2.5, abc, true, -3, and one for all that has no text.
    ["UNIQUE_COUNT", 6]
  ])("%s of numbers among other things is %d", (aggregation, expected) => {
    assert.strictEqual(aggregate(aggregation, mixed), expected)
  })

  it.each<[Aggregation, number | undefined]>([
    ["SUM", undefined],
    ["AVG", undefined],
    ["MIN", undefined],
    ["MAX", undefined],
    ["LATEST", undefined],
    ["COUNT", 2],
    ["UNIQUE_COUNT", 1]
  ])("%s of nothing usable is %d", (aggregation, expected) => {
    assert.strictEqual(aggregate(aggregation, [undefined, undefined]), expected)
  })

  it.each<[Aggregation, number | undefined]>([
    ["SUM", undefined],
    ["LATEST", undefined],
    ["COUNT", 0],
    ["UNIQUE_COUNT", 0]
  ])("%s of no events is %d", (aggregation, expected) => {
    assert.strictEqual(aggregate(aggregation, []), expected)
  })

  it("UNIQUE_COUNT compares texts and leaves out null", () => {
    assert.strictEqual(aggregate("UNIQUE_COUNT", [5, "5"]), 1)
    assert.strictEqual(aggregate("UNIQUE_COUNT", [true, "true"]), 1)
    assert.strictEqual(aggregate("UNIQUE_COUNT", ["", undefined, [1], {}]), 1)
    assert.strictEqual(aggregate("UNIQUE_COUNT", [null]), 0)
  })

  it("does not round", () => {
    assert.strictEqual(aggregate("SUM", [0.1, 0.2]), 0.30000000000000004)
    assert.strictEqual(aggregate("AVG", [1, 2.5, -3, 0, 12.5, -7, 1000]), 143.71428571428572)
    assert.strictEqual(aggregate("SUM", [1.7e308, 1.7e308]), Infinity)
  })

  it.prop("agrees with plain arithmetic on whole numbers", { values: Schema.Array(int(-1000, 1000)) }, ({ values }) => {
    const sum = values.reduce((total, value) => total + value, 0)
    const some = values.length > 0
    assert.strictEqual(aggregate("COUNT", values), values.length)
    assert.strictEqual(aggregate("UNIQUE_COUNT", values), new Set(values).size)
    assert.strictEqual(aggregate("SUM", values), some ? sum : undefined)
    assert.strictEqual(aggregate("AVG", values), some ? sum / values.length : undefined)
    assert.strictEqual(aggregate("MIN", values), some ? Math.min(...values) : undefined)
    assert.strictEqual(aggregate("MAX", values), some ? Math.max(...values) : undefined)
    assert.strictEqual(aggregate("LATEST", values), values.at(-1))
  })
})
