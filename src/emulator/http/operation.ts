/**
 * Operations: what a request must look like, checked in the server's order before the handler sees it.
 */
import { parseInstant } from "../instant.ts"
import { badRequest, invalidRequest } from "../Refusal.ts"
import type { Call, Handler, WireRequest, WireResponse } from "./Handler.ts"
import * as Json from "./Json.ts"
import type { Param } from "./Param.ts"
import * as Wire from "./Wire.ts"

/** The body of an operation. */
export interface Body<out A> {
  readonly read: (request: WireRequest) => A
}

/** Refuses a body that does not match a schema. */
export const checkBody = <A>(schema: Wire.Schema<A>, value: unknown): A => {
  const issue = schema.check(value)
  if (issue !== undefined) {
    const component = schema.component === undefined ? "" : ` #/components/schemas/${schema.component}`
    throw invalidRequest(Wire.format(issue, `request body has an error: doesn't match schema${component}: `))
  }
  // `check` found nothing that keeps it from being an A.
  return value as A
}

/** The JSON of a body whose content type is one of the given media types; parameters of the type do not count. */
export const decodeBody = (request: WireRequest, mediaTypes: ReadonlyArray<string>): unknown => {
  const contentType = request.headers["content-type"] ?? ""
  if (!mediaTypes.includes(contentType.split(";", 1)[0] ?? "")) {
    throw invalidRequest(`request body has an error: header Content-Type has unexpected value "${contentType}"`)
  }
  const decoded = Json.decode(request.body)
  if ("error" in decoded)
    throw invalidRequest(`request body has an error: failed to decode request body: ${decoded.error}`)
  return decoded.value
}

/** The instant of a text in a body: the validation checks its format, but not the length of the month. */
export const bodyInstant = (text: string): number => {
  const instant = parseInstant(text)
  if (instant === undefined) throw badRequest(`parsing time ${JSON.stringify(text)}: day out of range`)
  return instant
}

/** Refuses a request without a body. */
export const requireBody = (request: WireRequest): void => {
  if (request.body === "") throw invalidRequest("request body has an error: value is required but missing")
}

/** A required JSON body. */
export const jsonBody = <A>(schema: Wire.Schema<A>): Body<A> => ({
  read: (request) => {
    requireBody(request)
    return checkBody(schema, decodeBody(request, ["application/json"]))
  }
})

/** An optional JSON body. */
export const optionalJsonBody = <A>(schema: Wire.Schema<A>): Body<A | undefined> => ({
  read: (request) => (request.body === "" ? undefined : jsonBody(schema).read(request))
})

type Values<Params> = { readonly [K in keyof Params]: Params[K] extends Param<infer A> ? A : never }

/** What an operation requires of a request. */
export interface Spec<
  Path extends Readonly<Record<string, Wire.Schema<string>>>,
  Params extends Readonly<Record<string, Param<unknown>>>,
  B
> {
  readonly path?: Path
  readonly query?: Params
  readonly body?: Body<B>
  /** Runs between binding and validation; throws to refuse. */
  readonly authenticate?: (call: Call) => void
}

/** A request that meets the spec of its operation. */
export interface Input<Path, Query, B> extends Call {
  readonly path: { readonly [K in keyof Path]: string }
  readonly query: Query
  readonly body: B
}

const refuse = (place: "path" | "query", name: string, issue: Wire.Issue | undefined): void => {
  if (issue !== undefined) {
    throw invalidRequest(Wire.format(issue, `parameter "${name}" in ${place} has an error: `))
  }
}

/**
 * A handler that sees only requests that meet the spec. The server binds parameters first, authenticates, validates
 * path, query and body against its document, and then runs the operation.
 */
export const operation =
  <
    const Path extends Readonly<Record<string, Wire.Schema<string>>> = Record<never, never>,
    const Params extends Readonly<Record<string, Param<unknown>>> = Record<never, never>,
    B = undefined
  >(
    spec: Spec<Path, Params, B>,
    run: (input: Input<Path, Values<Params>, B>) => WireResponse
  ): Handler =>
  (call) => {
    const { request } = call
    const query = Object.fromEntries(
      Object.entries(spec.query ?? {}).map(([name, param]) => [name, param.bind(request.query, name)])
    )
    spec.authenticate?.(call)
    for (const [name, schema] of Object.entries(spec.path ?? {})) {
      refuse("path", name, schema.check(request.params[name]))
    }
    for (const [name, param] of Object.entries(spec.query ?? {})) {
      refuse("query", name, param.check(request.query, name))
    }
    const body = spec.body?.read(request)
    return run({
      ...call,
      // The router has filled every parameter of the template, and the loops above have checked the rest.
      path: request.params as Input<Path, Values<Params>, B>["path"],
      query: query as Values<Params>,
      body: body as B
    })
  }
