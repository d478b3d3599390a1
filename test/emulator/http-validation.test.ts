import { assert, describe, it } from "@effect/vitest"
import { json } from "../../src/emulator/http/Handler.ts"
import { jsonBody, operation, optionalJsonBody } from "../../src/emulator/http/operation.ts"
import * as Param from "../../src/emulator/http/Param.ts"
import { Refusal, unauthorized } from "../../src/emulator/Refusal.ts"
import * as Query from "../../src/emulator/http/Query.ts"
import * as Wire from "../../src/emulator/http/Wire.ts"
import * as State from "../../src/emulator/store/State.ts"

const Thing = Wire.component(
  "Thing",
  Wire.struct({
    name: Wire.string({ minLength: 1 }),
    at: Wire.optional(Wire.dateTime),
    size: Wire.optional(Wire.allOf(Wire.struct({ width: Wire.optional(Wire.allOf(Wire.integer({ minimum: 1 }))) }))),
    tags: Wire.optional(Wire.array(Wire.string(), { maxItems: 2 })),
    kind: Wire.optional(Wire.discriminated("type", { a: Wire.struct({ type: Wire.literals("a"), n: Wire.number() }) }))
  })
)

const create = operation(
  {
    path: { id: Wire.key },
    query: {
      page: Param.integer({ minimum: 1 }),
      deleted: Param.boolean,
      from: Param.dateTime,
      kind: Param.array(Wire.literals("a", "b")),
      order: Param.string(Wire.allOf(Wire.literals("ASC", "DESC"))),
      filter: Param.json(Wire.record(Wire.string())),
      group: Param.deepObject
    },
    body: jsonBody(Thing),
    authenticate: ({ request }) => {
      if (request.headers["authorization"] === "wrong") throw unauthorized("who are you")
    }
  },
  ({ body, path, query }) => json(200, { body, path, query })
)

interface Given {
  readonly id?: string
  readonly query?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const call = ({ body = `{"name":"n"}`, headers = {}, id = "thing", query = "" }: Given, handler = create) =>
  handler({
    request: {
      method: "POST",
      path: "/",
      params: { id },
      query: Query.parse(query),
      headers: { "content-type": "application/json", ...headers },
      body
    },
    now: 0,
    state: State.make()
  })

/** The refusal of a request, with where it came from. */
const refusal = (given: Given) => {
  try {
    call(given)
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, validation: error.validation, detail: error.detail }
    throw error
  }
  return undefined
}

const component = "request body has an error: doesn't match schema #/components/schemas/Thing: "

describe("request validation", () => {
  it("hands path, query and body to the operation", () => {
    const response = call({
      query:
        "page=2&deleted=T&from=2025-01-01T00:00:00%2B01:00&kind=a&kind=b&order=ASC&group[x]=1&group[y]=2&nonsense=1",
      body: `{"name":"n","unknown":true}`
    })
    assert.deepStrictEqual(JSON.parse(response.body ?? ""), {
      body: { name: "n", unknown: true },
      path: { id: "thing" },
      query: {
        page: 2,
        deleted: true,
        from: { text: "2025-01-01T00:00:00+01:00", instant: Date.UTC(2024, 11, 31, 23) },
        kind: ["a", "b"],
        order: "ASC",
        group: { x: "1", y: "2" }
      }
    })
  })

  const bodies: ReadonlyArray<readonly [body: string, detail: string]> = [
    ["", "request body has an error: value is required but missing"],
    ["{", "request body has an error: failed to decode request body: unexpected EOF"],
    ["[]", `${component}value must be an object`],
    ["null", `${component}Value is not nullable`],
    ["{}", `${component}Error at "/name": property "name" is missing`],
    [`{"name":""}`, `${component}Error at "/name": minimum string length is 1`],
    [`{"name":null}`, `${component}Error at "/name": Value is not nullable`],
    [`{"name":5}`, `${component}Error at "/name": value must be a string`],
    // Members are checked in the order of their names, missing ones last.
    [`{"tags":1,"at":"now"}`, `${component}Error at "/at": string doesn't match the format "date-time"`],
    [`{"name":"n","tags":["a",1]}`, `${component}Error at "/tags/1": value must be a string`],
    [`{"name":"n","tags":["a","b","c"]}`, `${component}Error at "/tags": maximum number of items is 2`],
    // Inside a composition the words in front are lost, and the path of the first one is joined.
    [
      `{"name":"n","size":{"width":0.5}}`,
      `Error at "/size/width": doesn't match schema due to: value must be an integer`
    ],
    [`{"name":"n","size":7}`, `Error at "/size": value must be an object`],
    [
      `{"name":"n","kind":{}}`,
      `${component}Error at "/kind": input does not contain the discriminator property "type"`
    ],
    [
      `{"name":"n","kind":{"type":"z"}}`,
      `${component}Error at "/kind": discriminator property "type" has invalid value`
    ],
    [`{"name":"n","kind":{"type":"a"}}`, `Error at "/kind/n": property "n" is missing`]
  ]

  it.each(bodies)("refuses the body %s", (body, detail) => {
    const found = refusal({ body })
    assert.include(found?.detail, detail)
    assert.isTrue(found?.detail?.startsWith(detail))
    assert.deepInclude(found, { status: 400, validation: true })
  })

  it("takes a content type with parameters, and no other type", () => {
    assert.isUndefined(refusal({ headers: { "content-type": "application/json; charset=utf-8" } }))
    assert.strictEqual(
      refusal({ headers: { "content-type": "text/plain" } })?.detail,
      `request body has an error: header Content-Type has unexpected value "text/plain"`
    )
  })

  const queries: ReadonlyArray<readonly [query: string, detail: string]> = [
    ["page=0", `parameter "page" in query has an error: number must be at least 1`],
    ["kind=", `parameter "kind" in query has an error: empty value is not allowed`],
    [
      "kind=a&kind=c",
      `parameter "kind" in query has an error: Error at "/1": value is not one of the allowed values ["a","b"]`
    ],
    ["order=up", `value is not one of the allowed values ["ASC","DESC"]`],
    ["group[x]=1&group[x]=2", `parameter "group" in query has an error: path x: array items must be set with indexes`]
  ]

  it.each(queries)("refuses the query %s after binding", (query, detail) => {
    assert.deepStrictEqual(refusal({ query }), { status: 400, validation: true, detail })
  })

  const unbound: ReadonlyArray<readonly [query: string, detail: string]> = [
    ["page=x", `page: error binding string parameter: strconv.ParseInt: parsing "x": invalid syntax`],
    ["page=", `page: error binding string parameter: strconv.ParseInt: parsing "": invalid syntax`],
    [
      "page=9223372036854775808",
      `page: error binding string parameter: strconv.ParseInt: parsing "9223372036854775808": value out of range`
    ],
    ["deleted=yes", `deleted: error binding string parameter: strconv.ParseBool: parsing "yes": invalid syntax`],
    [
      "from=17",
      `from: error parsing '17' as RFC3339 or 2006-01-02 time: parsing time "17" as "2006-01-02": cannot parse "17" as "2006"`
    ],
    [
      "from=2025-13-01",
      `from: error parsing '2025-13-01' as RFC3339 or 2006-01-02 time: parsing time "2025-13-01": month out of range`
    ]
  ]

  it.each(unbound)("refuses to bind the query %s", (query, detail) => {
    const name = query.slice(0, query.indexOf("="))
    assert.deepStrictEqual(refusal({ query }), {
      status: 400,
      validation: false,
      detail: `invalid param format ${name}: Invalid format for parameter ${detail}`
    })
  })

  it("binds a plain date, which the validation refuses", () => {
    assert.deepInclude(refusal({ query: "from=2025-01-01" }), { status: 400, validation: true })
  })

  it("takes the first of a scalar parameter sent twice", () => {
    assert.isUndefined(refusal({ query: "page=1&page=0" }))
  })

  it("binds, then authenticates, then validates path, query and body", () => {
    const headers = { authorization: "wrong" }
    assert.include(refusal({ headers, query: "page=x", id: "No" })?.detail, "strconv")
    assert.strictEqual(refusal({ headers, query: "page=0", id: "No", body: "" })?.status, 401)
    assert.include(refusal({ query: "page=0", id: "No", body: "" })?.detail, `parameter "id" in path`)
    assert.include(refusal({ query: "page=0", body: "" })?.detail, `parameter "page" in query`)
  })

  it("lets an optional body be left out", () => {
    const handler = operation({ body: optionalJsonBody(Thing) }, ({ body }) => json(200, body ?? "none"))
    assert.strictEqual(call({ body: "" }, handler).body, `"none"`)
  })
})
