import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { CloudEvent } from "../../../src/emulator/metering/acceptance.ts"
import { read, unusable } from "../../../src/emulator/metering/acceptance.ts"
import { normalise } from "../../../src/emulator/metering/uriReference.ts"
import { Instant } from "./arbitraries.ts"

const now = Date.parse("2025-06-10T12:34:56.789Z")

const base: CloudEvent = { id: "1", source: "src", specversion: "1.0", type: "t", subject: "s" }

const accepted = (fields: Readonly<Record<string, unknown>>) =>
  Result.getOrThrowWith(read({ ...base, ...fields }, now), (fault) => new Error(fault))

const refused = (fields: Readonly<Record<string, unknown>>) =>
  Result.getOrThrow(Result.flip(read({ ...base, ...fields }, now)))

const timeOf = (time: unknown): string => new Date(accepted({ time }).time).toISOString()

describe("read", () => {
  it("takes both versions that are known", () => {
    assert.strictEqual(accepted({ specversion: "0.3" }).id, "1")
    assert.strictEqual(refused({ specversion: "2.0" }), "specversion: unknown value: 2.0\n")
    assert.strictEqual(refused({ specversion: "1" }), "specversion: unknown value: 1\n")
  })

  it.each([
    [undefined, "2025-06-10T12:34:56.000Z"],
    [null, "2025-06-10T12:34:56.000Z"],
    ["0001-01-01T00:00:00Z", "2025-06-10T12:34:56.000Z"],
    ["2025-06-09T01:30:00+02:00", "2025-06-08T23:30:00.000Z"],
    ["2025-06-09T10:00:59.999999Z", "2025-06-09T10:00:59.000Z"],
    ["1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.000Z"]
  ])("reads the time %j as %s", (time, expected) => {
    assert.strictEqual(timeOf(time), expected)
  })

  it.each(["2025-02-30T00:00:00Z", "2025-06-09T10:00:60Z", "2025-04-31T00:00:00Z", "2025-02-29T00:00:00Z"])(
    "refuses the time %s, which does not exist",
    (time) => {
      assert.strictEqual(refused({ time }), `cannot convert "${time}" to time.Time: not in RFC3339 format`)
    }
  )

  it.prop(
    "cuts a time to its second",
    { second: Instant, fraction: Schema.Literals(["", ".5", ".999999999"]) },
    ({ fraction, second }) => {
      const text = new Date(second * 1000).toISOString().replace(".000Z", `${fraction}Z`)
      assert.strictEqual(accepted({ time: text }).time, second * 1000)
    }
  )

  it("tells absent data from null", () => {
    assert.isUndefined(accepted({}).data)
    assert.isNull(accepted({ data: null }).data)
    assert.deepStrictEqual(accepted({ data: { a: { b: null } } }).data, { a: { b: null } })
  })

  it("reads data_base64 that is JSON, and marks what is not", () => {
    assert.deepStrictEqual(accepted({ data_base64: btoa('{"v":32}') }).data, { v: 32 })
    assert.strictEqual(accepted({ data_base64: btoa("nope") }).data, unusable)
    assert.match(refused({ data_base64: "%" }), /^data_base64: /)
    assert.match(refused({ data_base64: 5 }), /^data_base64: /)
  })

  it("takes extensions of letters and digits with simple values, and drops them", () => {
    assert.deepStrictEqual(accepted({ comexample: "x", tenantId: 5, flag: true, nothing: null }), accepted({}))
    assert.match(refused({ tenant_id: "x" }), /^bad key, CloudEvents attribute names MUST consist of/)
    assert.strictEqual(refused({ ext: { a: 1 } }), 'invalid CloudEvents value: map[string]interface {}{"a":1}')
    assert.match(refused({ ext: [1] }), /^invalid CloudEvents value: \[\]interface/)
  })
})

describe("normalise", () => {
  it.each([
    ["src", "src"],
    [" ", "%20"],
    ["my app", "my%20app"],
    ["é", "%C3%A9"],
    ["/a/b?c=d e#f", "/a/b?c=d e#f"],
    ["https://Example.com:8080/a b", "https://Example.com:8080/a%20b"],
    ["HTTPS://example.com", "https://example.com"],
    ["urn:uuid:a b", "urn:uuid:a b"],
    ["a%2Fb", "a%2Fb"],
    ["//host/path", "//host/path"],
    ["//[::1]:80/", "//[::1]:80/"],
    ["a?%zz", "a?%zz"]
  ])("of %j is %j", (text, expected) => {
    assert.strictEqual(normalise(text), expected)
  })

  it.each(["not a uri %zz", "%", "a\u0000b", ":a", "1:b/c", "http://a b/", "http://host:port/", "#%zz"])(
    "there is none of %j",
    (text) => {
      assert.isUndefined(normalise(text))
    }
  )

  it.prop("is its own normal form", { text: Schema.String }, ({ text }) => {
    const normal = normalise(text)
    if (normal !== undefined) assert.strictEqual(normalise(normal), normal)
  })
})
