import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { csv, decimal } from "../../../src/emulator/metering/csv.ts"
import * as definition from "../../../src/emulator/metering/definition.ts"
import * as TimeZone from "../../../src/emulator/metering/TimeZone.ts"
import { asSent, formatIn, withoutFraction } from "../../../src/emulator/metering/timestamp.ts"
import { Instant, ZoneName } from "./arbitraries.ts"

describe("csv", () => {
  it("quotes what would not be read back", () => {
    assert.strictEqual(
      csv([
        ["plain", "with space", ""],
        ["a,b", 'a"b', "a\nb", " a"]
      ]),
      'plain,with space,\n"a,b","a""b","a\nb"," a"\n'
    )
  })

  it.each([
    [8, "8.000000"],
    [1 / 3, "0.333333"],
    [-0.5, "-0.500000"],
    [1e-7, "0.000000"],
    [1e21, "1000000000000000000000.000000"],
    [2 ** 80, "1208925819614629174706176.000000"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"]
  ])("writes %d as %s: six decimals and no exponent", (value, expected) => {
    assert.strictEqual(decimal(value), expected)
  })
})

describe("formatIn", () => {
  it.each([
    ["UTC", "2025-03-09T05:00:00Z", "2025-03-09T05:00:00Z"],
    ["America/New_York", "2025-03-09T05:00:00Z", "2025-03-09T00:00:00-05:00"],
    ["Asia/Kolkata", "2025-03-31T18:30:00Z", "2025-04-01T00:00:00+05:30"],
    ["America/St_Johns", "2025-01-01T03:30:00Z", "2025-01-01T00:00:00-03:30"],
    ["Europe/London", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"]
  ])("in %s writes %s as %s", (name, instant, expected) => {
    assert.strictEqual(formatIn(TimeZone.byName(name) ?? TimeZone.utc, Date.parse(instant)), expected)
  })

  it.prop("writes the same instant in every zone", { name: ZoneName, second: Instant }, ({ name, second }) => {
    assert.strictEqual(Date.parse(formatIn(TimeZone.byName(name) ?? assert.fail(name), second * 1000)), second * 1000)
  })
})

describe("asSent", () => {
  it.each([
    ["2025-04-01T02:00:00.500+02:00", "2025-04-01T02:00:00.5+02:00"],
    ["2025-04-01T02:00:00.000Z", "2025-04-01T02:00:00Z"],
    ["2025-04-01T00:00:00+00:00", "2025-04-01T00:00:00Z"],
    ["2025-04-01T10:00:00-10:00", "2025-04-01T10:00:00-10:00"],
    ["2025-04-01T00:00:00.123456789Z", "2025-04-01T00:00:00.123456789Z"]
  ])("gives %s back as %s", (text, expected) => {
    assert.strictEqual(asSent(text), expected)
  })

  it("loses the fraction alone in CSV", () => {
    assert.strictEqual(withoutFraction("2025-04-01T02:00:00.5+02:00"), "2025-04-01T02:00:00+02:00")
  })
})

describe("definition", () => {
  it("wants a value property of every aggregation but COUNT", () => {
    for (const aggregation of ["SUM", "UNIQUE_COUNT", "AVG", "MIN", "MAX", "LATEST"] as const) {
      assert.isUndefined(definition.aggregationFault({ aggregation, valueProperty: "$.v" }))
      assert.match(definition.aggregationFault({ aggregation, valueProperty: undefined }) ?? "", /is required/)
    }
    assert.isUndefined(definition.aggregationFault({ aggregation: "COUNT", valueProperty: undefined }))
    assert.match(definition.aggregationFault({ aggregation: "COUNT", valueProperty: "$.v" }) ?? "", /is not allowed/)
  })

  it.each([
    [{ "": "$.a" }, "meter group by key cannot be empty"],
    [{ "a-b": "$.a" }, "meter group by key a-b is invalid, only alphanumeric and underscore characters are allowed"],
    [{ "1a": "$.a" }, "meter group by key 1a is invalid, only alphanumeric and underscore characters are allowed"],
    [{ v: "$.v" }, "meter group by value v cannot be the same as value property"]
  ])("refuses the groups %j", (groupBy, expected) => {
    assert.strictEqual(definition.groupFault({ groupBy, valueProperty: "$.v" }), expected)
  })

  it.prop(
    "takes any name of letters, digits and underscores",
    { key: Schema.String.check(Schema.isPattern(/^[A-Za-z_]\w*$/)) },
    ({ key }) => {
      assert.isUndefined(definition.groupFault({ groupBy: { [key]: "$.a" }, valueProperty: "$.v" }))
    }
  )

  it("refuses paths that the store does not take", () => {
    assert.match(definition.pathFault({ groupBy: {}, valueProperty: "v" }) ?? "", /^invalid JSONPath: /)
    assert.match(
      definition.pathFault({ groupBy: { x: "" }, valueProperty: "$.v" }) ?? "",
      /^invalid JSONPath for x group by: /
    )
    assert.isUndefined(definition.pathFault({ groupBy: { x: "$.x" }, valueProperty: undefined }))
  })
})
