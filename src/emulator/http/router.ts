/**
 * From a raw request to the answer of the handler it belongs to.
 *
 * The routes are those of the contract, but the parsing of requests is not: the server decodes paths, binds parameters
 * and refuses invalid ones in an order and in words of its own, which are what a client has to handle.
 */
import { Refusal } from "../Refusal.ts"
import type { State } from "../store/State.ts"
import { outside } from "./coverage.ts"
import type { Handler, WireResponse } from "./Handler.ts"
import { text } from "./Handler.ts"
import { parameter, routingPath } from "./path.ts"
import { answer } from "./Problem.ts"
import * as Query from "./Query.ts"
import type { Operation } from "./routes.ts"
import { routes } from "./routes.ts"

/** A request before it is routed. */
export interface RawRequest {
  readonly method: string
  /** Path and query as sent, beginning with a slash. */
  readonly url: string
  /** The headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The handlers of some operations. */
export type Handlers = Readonly<Partial<Record<Operation, Handler>>>

/** A handler for every operation. */
export type AllHandlers = Readonly<Record<Operation, Handler>>

/** Sees a request before it is routed and its answer before it leaves; the answers of the portal carry CORS headers. */
export interface Middleware {
  readonly before: (request: RawRequest) => WireResponse | undefined
  readonly after: (request: RawRequest, response: WireResponse) => WireResponse
}

interface Route {
  readonly operation: Operation
  readonly method: string
  readonly segments: ReadonlyArray<string>
}

const table: ReadonlyArray<Route> = Object.entries(routes).map(([operation, [method, path]]) => ({
  // Object.entries loses the key type of a record.
  operation: operation as Operation,
  method,
  segments: path.split("/")
}))

const matches = (route: Route, segments: ReadonlyArray<string>): boolean =>
  route.segments.length === segments.length &&
  route.segments.every((segment, i) => (segment.startsWith(":") ? segments[i] !== "" : segment === segments[i]))

/** What the path of a request stands for: an operation, or the refusal that a request to it gets. */
export type Resolution =
  | { readonly _tag: "Route"; readonly operation: Operation; readonly params: Readonly<Record<string, string>> }
  | { readonly _tag: "Unroutable"; readonly status: 400 | 404 | 405 }

const resolve = (method: string, path: string): Resolution => {
  const bytes = routingPath(path)
  if (bytes === undefined) return { _tag: "Unroutable", status: 400 }
  const segments = bytes.split("/")
  const found = table.filter((route) => matches(route, segments))
  if (found.length === 0) return { _tag: "Unroutable", status: 404 }
  const route = found.find((route) => route.method === method)
  if (route === undefined) return { _tag: "Unroutable", status: 405 }
  const params = Object.fromEntries(
    route.segments.flatMap((segment, i) => (segment.startsWith(":") ? [[segment.slice(1), segments[i] ?? ""]] : []))
  )
  return { _tag: "Route", operation: route.operation, params }
}

const split = (url: string): readonly [path: string, search: string] => {
  const question = url.indexOf("?")
  return question < 0 ? [url, ""] : [url.slice(0, question), url.slice(question + 1)]
}

/** The operation that a request stands for, or `undefined` if there is none. */
export const operationOf = (method: string, url: string): Operation | undefined => {
  const resolution = resolve(method, split(url)[0])
  return resolution._tag === "Route" ? resolution.operation : undefined
}

const route = (handlers: AllHandlers, state: State, request: RawRequest, now: number): WireResponse => {
  const [path, search] = split(request.url)
  const resolution = resolve(request.method, path)
  if (resolution._tag === "Unroutable") {
    // An invalid escape fails before the server gets to write a problem.
    if (resolution.status === 400) return text(400, "text/plain; charset=utf-8", "400 Bad Request")
    throw (resolution.status === 404 ? outside(request.method, path) : undefined) ?? new Refusal(resolution.status)
  }
  const params = Object.fromEntries(
    Object.entries(resolution.params).map(([name, bytes]) => [name, parameter(name, bytes)])
  )
  return handlers[resolution.operation]({
    request: { ...request, path, params, query: Query.parse(search) },
    now,
    state
  })
}

/** Answers a request: routes it, runs its handler on the state at an instant, and turns a refusal into a problem. */
export const handle = (
  handlers: AllHandlers,
  middleware: Middleware,
  state: State,
  request: RawRequest,
  now: number
): WireResponse => {
  const early = middleware.before(request)
  if (early !== undefined) return early
  state.requests += 1
  try {
    return middleware.after(request, route(handlers, state, request, now))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return middleware.after(request, answer(error, `emulator/${String(state.requests).padStart(6, "0")}`))
  }
}
