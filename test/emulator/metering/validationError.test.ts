import { assert, describe, it } from "@effect/vitest"
import type { Json, StoredEvent } from "../../../src/emulator/metering/EventLog.ts"
import type { Metering } from "../../../src/emulator/metering/Meter.ts"
import { eventFaults } from "../../../src/emulator/metering/validationError.ts"
import { dayOne, meterOf } from "./arbitraries.ts"

const faults = (data: Json | undefined, ...meters: ReadonlyArray<Metering>): ReadonlyArray<string> => {
  const event: StoredEvent = { id: "1", source: "src", type: "t", subject: "s", time: dayOne, data, ingestedAt: dayOne }
  return eventFaults(meters, event)
}

const sum = meterOf("SUM")

describe("eventFaults", () => {
  it("names the type that no meter knows", () => {
    assert.deepStrictEqual(faults({ value: 1 }), ["no meter found for event type: t"])
  })

  it.each<[Json | undefined, string]>([
    [undefined, "null and missing value property"],
    [null, "null and missing value property"],
    [{}, 'missing value property: "$.value"'],
    [{ value: null }, "value cannot be null"],
    [{ value: "abc" }, "value cannot be parsed as float64: abc"],
    [{ value: "" }, "value cannot be parsed as float64: "],
    [{ value: " 8" }, "value cannot be parsed as float64:  8"],
    [{ value: "0x10" }, "value cannot be parsed as float64: 0x10"],
    [{ value: "1e999" }, "value cannot be parsed as float64: 1e999"],
    [{ value: "1__0" }, "value cannot be parsed as float64: 1__0"],
    [{ value: "NaN" }, "value cannot be NaN"],
    [{ value: "Infinity" }, "value cannot be infinity"],
    [{ value: "-inf" }, "value cannot be infinity"],
    [{ value: true }, "unsupported value property type: bool"],
    [{ value: [1] }, "unsupported value property type: []interface {}"],
    [{ value: { a: 1 } }, "unsupported value property type: map[string]interface {}"]
  ])("%j: %s", (data, expected) => {
    assert.deepStrictEqual(faults(data, sum), [`invalid event: ${expected}`])
  })

  it.each<Json>([
    { value: 0 },
    { value: "1e3" },
    { value: "+9" },
    { value: ".5" },
    { value: "1_000" },
    { value: "0x1p4" }
  ])("finds nothing wrong with %j", (data) => {
    assert.deepStrictEqual(faults(data, sum), [])
  })

  it("asks nothing of data for a COUNT, and any text of a UNIQUE_COUNT", () => {
    assert.deepStrictEqual(faults(undefined, meterOf("COUNT")), [])
    assert.deepStrictEqual(faults({ value: "abc" }, meterOf("UNIQUE_COUNT")), [])
    assert.deepStrictEqual(faults({ value: true }, meterOf("UNIQUE_COUNT")), [])
    assert.deepStrictEqual(faults({}, meterOf("UNIQUE_COUNT")), ['invalid event: missing value property: "$.value"'])
  })

  it("reads all matches of a path that can lead to several", () => {
    const star = { ...sum, valueProperty: "$.list[*]" }
    assert.deepStrictEqual(faults({ list: [1] }, star), [
      "invalid event: unsupported value property type: []interface {}"
    ])
  })

  it("tells the fault of every meter", () => {
    const other = { ...sum, valueProperty: "$.other" }
    assert.deepStrictEqual(faults({ value: "x" }, sum, other, meterOf("COUNT")), [
      "invalid event: value cannot be parsed as float64: x",
      'invalid event: missing value property: "$.other"'
    ])
  })
})
