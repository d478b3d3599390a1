import { assert, describe, it } from "@effect/vitest"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { parse } from "yaml"
import { explain } from "../../scripts/conformance/accept.ts"
import { compare } from "../../scripts/conformance/compare.ts"
import { contractOperations } from "../../scripts/conformance/contract.ts"
import { readOperations } from "../../scripts/conformance/operations.ts"
import { problems } from "../../src/api/Problem.ts"
import { optional } from "../../src/schemas/Optional.ts"
import { Page } from "../../src/schemas/Paging.ts"
import { nullish, OpenEnum, UnknownMember } from "../../src/schemas/Tolerant.ts"
import { Timestamp } from "../../src/schemas/Timestamp.ts"

interface Rule {
  readonly $eq?: string | undefined
  readonly $and?: ReadonlyArray<Rule> | undefined
}
const Rule: Schema.Codec<Rule> = Schema.Struct({
  $eq: optional(Schema.String),
  $and: optional(Schema.Array(Schema.suspend((): Schema.Codec<Rule> => Rule)))
}).annotate({ identifier: "Rule" })

const Shade = Schema.Literals(["light", "dark"])
const Lamp = Schema.Struct({
  id: Schema.String,
  shade: OpenEnum(Shade),
  bulb: nullish(
    Schema.Union([
      Schema.Struct({ type: Schema.tag("led"), watts: Schema.Number }),
      Schema.Struct({ type: Schema.tag("gas"), flame: Schema.Boolean }),
      UnknownMember(["led", "gas"])
    ])
  ),
  madeAt: nullish(Timestamp)
}).annotate({ identifier: "Lamp" })

const lamp = { lampId: Schema.String }

const api = HttpApi.make("lamps").add(
  HttpApiGroup.make("lamps").add(
    HttpApiEndpoint.get("listLamps", "/lamps", {
      query: { shade: optional(Schema.Array(Shade)), rule: optional(Schema.fromJsonString(Rule)) },
      success: Schema.Array(Lamp),
      error: problems()
    }),
    HttpApiEndpoint.get("listLampsPage", "/lamps", {
      query: { page: optional(Schema.Int), lit: optional(Schema.Boolean) },
      success: Page(Lamp),
      error: problems()
    }),
    HttpApiEndpoint.post("createLamp", "/lamps", {
      payload: Schema.Struct({
        shade: Shade,
        note: optional(Schema.NullOr(Schema.String)),
        rule: optional(Rule),
        labels: optional(Schema.Record(Schema.String, Schema.String))
      }),
      success: Lamp.pipe(HttpApiSchema.status(201)),
      error: problems(409)
    }),
    HttpApiEndpoint.delete("deleteLamp", "/lamps/:lampId", {
      params: lamp,
      success: HttpApiSchema.NoContent,
      error: problems(404)
    })
  )
)

const document = `
paths:
  /lamps:
    get:
      operationId: listLamps
      tags: [Lamps]
      parameters:
        - { name: shade, in: query, schema: { type: array, items: { $ref: '#/components/schemas/Shade' } } }
        - name: rule
          in: query
          content: { application/json: { schema: { $ref: '#/components/schemas/Rule' } } }
        - { $ref: '#/components/parameters/page' }
        - { name: lit, in: query, required: false, schema: { type: boolean, default: false } }
      responses:
        '200':
          content:
            application/json:
              schema:
                oneOf:
                  - { type: array, items: { $ref: '#/components/schemas/Lamp' } }
                  - { $ref: '#/components/schemas/LampPage' }
        &problems '400': &problem { content: { application/problem+json: { schema: { type: object } } } }
        '401': *problem
        '403': *problem
        '412': *problem
        '500': *problem
        '503': *problem
        default: *problem
    post:
      operationId: createLamp
      tags: [Lamps]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/LampCreate' } } } }
      responses:
        '201': { content: { application/json: { schema: { $ref: '#/components/schemas/Lamp' } } } }
        '400': *problem
        '401': *problem
        '403': *problem
        '409': *problem
        '412': *problem
        '500': *problem
        '503': *problem
  /lamps/{lampId}:
    delete:
      operationId: deleteLamp
      tags: [Lamps]
      responses:
        '204': { description: gone }
        '400': *problem
        '401': *problem
        '403': *problem
        '404': *problem
        '412': *problem
        '500': *problem
        '503': *problem
  /chairs:
    get: { operationId: listChairs, tags: [Chairs], responses: {} }
    post: { operationId: createChair, tags: [Chairs], responses: {} }
components:
  parameters:
    page: { name: page, in: query, schema: { type: integer, minimum: 1 } }
  schemas:
    Shade: { type: string, enum: [light, dark] }
    Rule:
      type: object
      properties:
        $eq: { type: string }
        $and: { type: array, items: { $ref: '#/components/schemas/Rule' } }
    Led: { type: object, required: [type, watts], properties: { type: { type: string, enum: [led] }, watts: { type: integer } } }
    Gas: { type: object, required: [type, flame], properties: { type: { type: string, enum: [gas] }, flame: { type: boolean } } }
    Lamp:
      type: object
      required: [id, shade]
      properties:
        id: { type: string, readOnly: true }
        shade: { allOf: [{ $ref: '#/components/schemas/Shade' }] }
        bulb: { oneOf: [{ $ref: '#/components/schemas/Led' }, { $ref: '#/components/schemas/Gas' }] }
        madeAt: { type: string, format: date-time }
    LampPage:
      type: object
      required: [items, page, pageSize, totalCount]
      properties:
        items: { type: array, items: { $ref: '#/components/schemas/Lamp' } }
        page: { type: integer }
        pageSize: { type: integer }
        totalCount: { type: integer }
    LampCreate:
      type: object
      required: [id, shade]
      properties:
        id: { type: string, readOnly: true }
        shade: { allOf: [{ $ref: '#/components/schemas/Shade' }] }
        note: { type: string, nullable: true }
        rule: { $ref: '#/components/schemas/Rule' }
        labels: { additionalProperties: { type: string } }
`.replace("&problems ", "")

const contract = contractOperations(api)

/** What differs once each text of the document is replaced by another. */
const differences = (...changes: ReadonlyArray<readonly [text: string, other: string]>) => {
  const changed = changes.reduce((text, [before, after]) => {
    assert.include(text, before)
    return text.replaceAll(before, after)
  }, document)
  return compare(contract, readOperations(parse(changed))).differences
}

describe("conformance", () => {
  it("finds no difference where there is none, whatever the document's schemas are made of", () => {
    assert.deepStrictEqual(differences(), [])
  })

  it("reports a renamed member of an answer, wherever it is answered", () => {
    assert.deepStrictEqual(differences(["madeAt: {", "builtAt: {"]), [
      "listLamps answer 200 application/json [].madeAt: not in the document",
      "listLamps answer 200 application/json .items[].madeAt: not in the document",
      "listLamps answer 200 application/json [].builtAt: not in the contract",
      "listLamps answer 200 application/json .items[].builtAt: not in the contract",
      "createLamp answer 201 application/json .madeAt: not in the document",
      "createLamp answer 201 application/json .builtAt: not in the contract"
    ])
  })

  it("reports a renamed member of a request, and of a member of a union by its type", () => {
    assert.deepStrictEqual(differences(["note: {", "remark: {"]), [
      "createLamp request application/json .note: not in the document",
      "createLamp request application/json .remark: not in the contract"
    ])
    assert.include(
      differences(["watts", "lumens"]),
      "createLamp answer 201 application/json .bulb<led>.watts: not in the document"
    )
  })

  it("reports a status that only one of the two has", () => {
    assert.deepStrictEqual(differences(["'409': *problem", "'410': *problem"]), [
      "createLamp answer 409: not in the document",
      "createLamp answer 410: not in the contract"
    ])
    assert.deepStrictEqual(differences(["'201':", "'200':"]), [
      "createLamp answer 201: not in the document",
      "createLamp answer 200: not in the contract"
    ])
  })

  it("reports a value of an enumeration that only one of the two has", () => {
    assert.deepStrictEqual(differences(["[light, dark]", "[light, dark, red]"]), [
      'listLamps query shade[]: lacks the values "red"',
      'listLamps answer 200 application/json [].shade: lacks the values "red"',
      'listLamps answer 200 application/json .items[].shade: lacks the values "red"',
      'createLamp request application/json .shade: lacks the values "red"',
      'createLamp answer 201 application/json .shade: lacks the values "red"'
    ])
    assert.include(
      differences(["[light, dark]", "[light]"]),
      'createLamp request application/json .shade: has the values "dark", which the document lacks'
    )
  })

  it("reports what is required, null or of another type on one side alone", () => {
    const create = "createLamp request application/json"
    assert.deepStrictEqual(differences(["note: { type: string, nullable: true }", "note: { type: string }"]), [
      `${create} .note: may be null, but not in the document`
    ])
    assert.deepStrictEqual(
      differences(["note: { type: string, nullable: true }", "note: { type: number, nullable: true }"]),
      [`${create} .note: string, but number in the document`]
    )
    assert.deepStrictEqual(differences(["required: [id, shade]", "required: [id]"]), [
      "listLamps answer 200 application/json [].shade: required, but optional in the document",
      "listLamps answer 200 application/json .items[].shade: required, but optional in the document",
      `${create} .shade: required, but optional in the document`,
      "createLamp answer 201 application/json .shade: required, but optional in the document"
    ])
    assert.include(
      differences(["required: [id, shade]", "required: [id, shade, note]"]),
      `${create} .note: optional, but required in the document`
    )
  })

  it("reports parameters by name, by whether they are required, and by how they are written", () => {
    assert.deepStrictEqual(differences(["name: lit,", "name: on,"]), [
      "listLamps query lit: not in the document",
      "listLamps query on: not in the contract"
    ])
    assert.deepStrictEqual(
      differences(["name: lit, in: query, required: false", "name: lit, in: query, required: true"]),
      ["listLamps query lit: optional, but required in the document"]
    )
    assert.deepStrictEqual(differences(["name: shade, in: query,", "name: shade, in: query, explode: false,"]), [
      "listLamps query shade: written as repeat, but as commas in the document"
    ])
    assert.include(
      differences([
        "content: { application/json: { schema: { $ref: '#/components/schemas/Rule' } } }",
        "schema: { type: string }"
      ]),
      "listLamps query rule: written as json, but as plain in the document"
    )
    assert.deepStrictEqual(differences(["/lamps/{lampId}", "/lamps/{id}"]), [
      "deleteLamp path: {lampId}, but {id} in the document"
    ])
  })

  it("reports content types, names, and operations that the document does not have", () => {
    assert.deepStrictEqual(
      differences(["requestBody: { content: { application/json:", "requestBody: { content: { text/csv:"]),
      ["createLamp request application/json: not in the document", "createLamp request text/csv: not in the contract"]
    )
    assert.deepStrictEqual(differences(["operationId: deleteLamp", "operationId: removeLamp"]), [
      "deleteLamp name: the document calls it removeLamp"
    ])
    assert.deepStrictEqual(differences(["/lamps/{lampId}:", "/lights/{lampId}:"]), [
      "deleteLamp DELETE /lamps/{}: not in the document"
    ])
  })

  it("counts the document's other operations by tag", () => {
    const { compared, missing } = compare(contract, readOperations(parse(document)))
    assert.strictEqual(compared, 3)
    assert.deepStrictEqual([...missing], [["Chairs", 2]])
  })
})

describe("accepted differences", () => {
  it("are told apart from the others, with what is accepted in vain", () => {
    const { explained, stale, unexplained } = explain(
      ["a query x: not in the document", "a answer 200 .b[]: string", "c name: the document calls it d"],
      [
        { reason: "known", differences: ["a query *: not in the document", "a answer 200 .b[]: string"] },
        { reason: "gone", differences: ["b *"] }
      ]
    )
    assert.deepStrictEqual([...explained], [["known", ["a query x: not in the document", "a answer 200 .b[]: string"]]])
    assert.deepStrictEqual(unexplained, ["c name: the document calls it d"])
    assert.deepStrictEqual(stale, ["b *"])
  })
})
