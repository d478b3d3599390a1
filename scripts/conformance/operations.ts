/**
 * The operations of an API document, in the form in which two documents are compared.
 */
import * as Predicate from "effect/Predicate"
import { either, flatten, type Direction, type Fields, type JsonSchema, type Resolve } from "./fields.ts"

/** How the value of a parameter is written: `plain`, an array by `repeat`, an object by `brackets`, or as `json`. */
export type Style = "plain" | "repeat" | "commas" | "brackets" | "json"

/** A parameter of the query. */
export interface Parameter {
  readonly required: boolean
  readonly style: Style
  readonly fields: Fields
}

/** What a body is, by content type. */
export type Bodies = ReadonlyMap<string, Fields>

/** One operation. */
export interface Operation {
  /** Its names: one in a document, as many in the contract as it has endpoints for it. */
  readonly ids: ReadonlyArray<string>
  readonly method: string
  readonly path: string
  readonly tag: string
  readonly query: ReadonlyMap<string, Parameter>
  readonly request: Bodies
  /** By status; what a document says of all others (`default`) is left out. */
  readonly answers: ReadonlyMap<string, Bodies>
}

type Json = Readonly<Record<string, unknown>>

const isJson = (value: unknown): value is Json => Predicate.isObject(value)
const json = (value: unknown): Json => (isJson(value) ? value : {})
const text = (value: unknown): string => (Predicate.isString(value) ? value : "")

const methods = ["get", "put", "post", "patch", "delete"]

const follow =
  (document: Json): Resolve =>
  (reference) => {
    const found = reference
      .replace(/^#\//, "")
      .split("/")
      .reduce<unknown>((value, key) => json(value)[key.replaceAll("~1", "/").replaceAll("~0", "~")], document)
    if (!isJson(found)) throw new Error(`the document refers to ${reference}, which it does not hold`)
    return found
  }

const readBodies = (content: unknown, resolve: Resolve, direction: Direction): Bodies =>
  new Map(
    Object.entries(json(content)).map(([type, media]) => [
      type,
      flatten(json(json(media)["schema"]), resolve, direction)
    ])
  )

const styleOf = (parameter: Json, fields: Fields): Style => {
  const kinds = fields.get("")?.kinds
  if (kinds?.has("array") === true) return parameter["explode"] === false ? "commas" : "repeat"
  return kinds?.has("object") === true ? "brackets" : "plain"
}

const readParameter = (parameter: Json, resolve: Resolve): Parameter => {
  const schema: JsonSchema = json(parameter["schema"])
  const media = json(json(parameter["content"])["application/json"])["schema"] ?? schema["contentSchema"]
  const fields = flatten(isJson(media) ? media : schema, resolve, "request")
  return {
    required: parameter["required"] === true,
    style: isJson(media) ? "json" : styleOf(parameter, fields),
    fields
  }
}

const readOperation = (method: string, path: string, item: Json, operation: Json, resolve: Resolve): Operation => {
  const parameters = [item["parameters"], operation["parameters"]]
    .flatMap((own) => (Array.isArray(own) ? own : []))
    .filter(isJson)
    .map((own) => (Predicate.isString(own["$ref"]) ? resolve(own["$ref"]) : own))
  const requestBody = json(operation["requestBody"])
  return {
    ids: [text(operation["operationId"])],
    method: method.toUpperCase(),
    path,
    tag: text(Array.isArray(operation["tags"]) ? operation["tags"][0] : undefined),
    query: new Map(
      parameters
        .filter((parameter) => parameter["in"] === "query")
        .map((parameter) => [text(parameter["name"]), readParameter(parameter, resolve)])
    ),
    request: readBodies(
      (Predicate.isString(requestBody["$ref"]) ? resolve(requestBody["$ref"]) : requestBody)["content"],
      resolve,
      "request"
    ),
    answers: new Map(
      Object.entries(json(operation["responses"]))
        .filter(([status]) => status !== "default")
        .map(([status, answer]) => {
          const own = json(answer)
          const resolved = Predicate.isString(own["$ref"]) ? resolve(own["$ref"]) : own
          return [status, readBodies(resolved["content"], resolve, "answer")]
        })
    )
  }
}

/** Reads the operations of an API document (OpenAPI 3). */
export const readOperations = (document: unknown): ReadonlyArray<Operation> => {
  const root = json(document)
  const resolve = follow(root)
  return Object.entries(json(root["paths"])).flatMap(([path, item]) =>
    methods
      .filter((method) => isJson(json(item)[method]))
      .map((method) => readOperation(method, path, json(item), json(json(item)[method]), resolve))
  )
}

/** What tells an operation apart from the others: method and path, whatever its parameters are called. */
export const addressOf = (operation: Operation): string =>
  `${operation.method} ${operation.path.replaceAll(/\{[^}]*\}/g, "{}")}`

const eitherBodies = (left: Bodies, right: Bodies): Bodies => {
  const bodies = new Map(left)
  for (const [type, fields] of right) {
    const other = bodies.get(type)
    bodies.set(type, other === undefined ? fields : either(other, fields))
  }
  return bodies
}

/** Joins two endpoints of the contract that are one operation of the server. */
export const join = (left: Operation, right: Operation): Operation => {
  const query = new Map<string, Parameter>()
  for (const name of new Set([...left.query.keys(), ...right.query.keys()])) {
    const [one, other] = [left.query.get(name), right.query.get(name)]
    const found = one ?? other
    if (found === undefined) continue
    query.set(name, { ...found, required: one?.required === true && other?.required === true })
  }
  const answers = new Map(left.answers)
  for (const [status, bodies] of right.answers) {
    const other = answers.get(status)
    answers.set(status, other === undefined ? bodies : eitherBodies(other, bodies))
  }
  return {
    ...left,
    ids: [...left.ids, ...right.ids],
    query,
    request: eitherBodies(left.request, right.request),
    answers
  }
}
