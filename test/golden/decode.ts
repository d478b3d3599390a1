/**
 * Reads recorded answers as the client does: a success by the schema of its operation, anything else as an error.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { Idempotency } from "../../src/api/Idempotency.ts"
import { OpenMeterApi } from "../../src/api/OpenMeterApi.ts"
import { makeRead } from "../../src/layers/Endpoint.ts"
import { fromResponse, type OpenMeterError, type Operation } from "../../src/errors.ts"
import { isDeepStrictEqual } from "node:util"
import type { RecordedRequest, RecordedResponse, Scenario } from "./Scenario.ts"

/** What became of one recorded answer. */
export interface DecodeResult {
  readonly scenario: string
  /** The position of the step in its scenario, from 0. */
  readonly index: number
  readonly request: RecordedRequest
  /** The operation of the contract, or `undefined` for a request that is none. */
  readonly operation: string | undefined
  /** What is wrong with the answer, as the client would read it. Empty: nothing. */
  readonly faults: ReadonlyArray<string>
}

// -----------------------------------------------------------------------------
// the operation of a request
// -----------------------------------------------------------------------------

interface Endpoint {
  readonly operation: Operation
  readonly successes: ReadonlySet<number>
  readonly decode: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>
  /** As the client reads it: by functions made of the schema, by which `decode` reads. */
  readonly read: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>
}

// Every issue, since some may lie in values that the recording does not keep.
const api = OpenMeterApi.annotate(HttpApi.SuccessParseOptions, { errors: "all" })

const endpoints = new Map<string, Endpoint>()

HttpApi.reflect(api, {
  onGroup() {},
  onEndpoint({ endpoint, errors, group, successes }) {
    const name = endpoint.identifier
    endpoints.set(name, {
      operation: {
        name,
        method: endpoint.method,
        path: endpoint.path,
        errors: new Set(errors.keys()),
        idempotency: Context.get(endpoint.annotations, Idempotency)
      },
      successes: new Set(successes.keys()),
      // The names come from the contract itself, one by one, which its type cannot follow.
      decode: HttpApiClient.decodeResponse(api, { group: group.identifier, endpoint: name } as never) as never,
      read: makeRead([...successes.values()][0]![0])
    })
  }
})

/** The operations of the contract. */
export const operations: ReadonlyArray<string> = [...endpoints.keys()]

/** How many parameters a path has that takes the request; the fewest is the one that was meant. */
const parameters = ({ method, path }: Operation, request: RecordedRequest): number | undefined => {
  const template = path.split("/")
  const segments = request.path.split("?", 1).join().split("/")
  const takes = (part: string, index: number) =>
    part.startsWith(":") ? (segments[index] ?? "") !== "" : part === segments[index]
  return method === request.method && template.length === segments.length && template.every(takes)
    ? template.filter((part) => part.startsWith(":")).length
    : undefined
}

/**
 * Where the server has one operation and the contract two, the second is named for what it answers: `listFeaturesPage`
 * for a page instead of an array, `queryMeterCsv` for a table instead of JSON.
 */
const variant = (request: RecordedRequest, response: RecordedResponse): string =>
  response.contentType?.startsWith("text/csv") === true
    ? "Csv"
    : request.query !== undefined && ("page" in request.query || "pageSize" in request.query)
      ? "Page"
      : ""

const endpointOf = (request: RecordedRequest, response: RecordedResponse): Endpoint | undefined => {
  const [first] = [...endpoints.values()]
    .flatMap((endpoint) => {
      const count = parameters(endpoint.operation, request)
      return count === undefined ? [] : [{ endpoint, count }]
    })
    .sort((a, b) => a.count - b.count)
  if (first === undefined) return undefined
  return endpoints.get(first.endpoint.operation.name + variant(request, response)) ?? first.endpoint
}

// -----------------------------------------------------------------------------
// the answer, as it was before it was made comparable
// -----------------------------------------------------------------------------

const ulid = (number: number): string => `01${String(number).padStart(24, "0")}`

/** Puts plausible values where the recording has placeholders, but for `$any`, which could be anything. */
const restore = (body: unknown): string => {
  const names = new Map<string, string>([["uniq", "u1x7k"]])
  const valueOf = (name: string): string => {
    const known = names.get(name) ?? ulid(1_000_000 + names.size)
    names.set(name, known)
    return known
  }
  return JSON.stringify(body)
    .replaceAll('"$time"', '"2025-01-01T00:00:00Z"')
    .replaceAll(/\$ulid:(\d+)/g, (_, number: string) => ulid(Number(number)))
    .replaceAll(/\$\{(\w+)\}/g, (_, name: string) => valueOf(name))
}

const textOf = ({ body, contentType }: RecordedResponse): string | undefined =>
  body === undefined || (typeof body === "string" && contentType?.includes("json") !== true) ? body : restore(body)

/** Where the recording keeps no value, as the keys to it. */
const holes = (value: unknown, path: ReadonlyArray<string> = []): ReadonlyArray<string> =>
  value === "$any"
    ? [path.join("/")]
    : typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, member]) => holes(member, [...path, key]))
      : []

// -----------------------------------------------------------------------------
// reading
// -----------------------------------------------------------------------------

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

const decodingFaults = (error: unknown, response: RecordedResponse): ReadonlyArray<string> => {
  if (!Schema.isSchemaError(error)) return [String(error)]
  const unknown = new Set(holes(response.body))
  return formatIssues(error.issue)
    .issues.map(({ message, path = [] }) => ({ message, at: path.map(String).join("/") }))
    .filter(({ at }) => !unknown.has(at))
    .map(({ at, message }) => `/${at}: ${message}`)
}

const tags: Readonly<Record<number, OpenMeterError["_tag"]>> = {
  400: "BadRequestError",
  401: "UnauthorizedError",
  403: "ForbiddenError",
  404: "NotFoundError",
  409: "ConflictError",
  412: "PreconditionFailedError",
  413: "PayloadTooLargeError",
  429: "RateLimitedError",
  501: "NotImplementedError"
}

const errorFaults = (error: OpenMeterError, status: number): ReadonlyArray<string> => {
  const expected = tags[status] ?? (status >= 500 ? "ServerError" : undefined)
  return [
    ...(error._tag === expected ? [] : [`status ${status} became ${error._tag}`]),
    ...(error.message.trim() === "" ? ["the message is blank"] : []),
    ...(error.message.includes("about:blank") ? [`the message speaks of about:blank: ${error.message}`] : [])
  ]
}

const faultsOf = (endpoint: Endpoint, recorded: RecordedResponse): Effect.Effect<ReadonlyArray<string>> => {
  const { decode, operation, read, successes } = endpoint
  const { contentType, status } = recorded
  const text = textOf(recorded)
  const request = HttpClientRequest.make(operation.method as "GET")(operation.path)
  const headers = contentType === undefined ? {} : { "content-type": contentType }
  const answer = () => HttpClientResponse.fromWeb(request, new Response(text ?? null, { status, headers }))
  if (successes.has(status)) {
    return Effect.matchEffect(decode(answer()), {
      onFailure: (error) => Effect.succeed(decodingFaults(error, recorded)),
      onSuccess: (bySchema) =>
        Effect.match(read(answer()), {
          onFailure: (error) => [`the client cannot read what its schema can: ${String(error)}`],
          onSuccess: (value) =>
            isDeepStrictEqual(value, bySchema) ? [] : ["the client reads it otherwise than its schema"]
        })
    })
  }
  return Effect.succeed(
    status < 400
      ? [`a success with status ${status}, where the contract has ${[...successes].join(", ")}`]
      : errorFaults(fromResponse(operation, answer(), text ?? "", 0), status)
  )
}

/** Reads every recorded answer of a scenario. */
export const decode = (scenario: Scenario): Effect.Effect<ReadonlyArray<DecodeResult>> =>
  Effect.forEach(scenario.steps, ({ request, response }, index) => {
    const endpoint = endpointOf(request, response)
    const result = { scenario: scenario.name, index, request, operation: endpoint?.operation.name }
    return endpoint === undefined
      ? Effect.succeed({ ...result, faults: [] })
      : Effect.map(faultsOf(endpoint, response), (faults) => ({ ...result, faults }))
  })
