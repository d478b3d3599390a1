/**
 * A server without a network: what is left to measure is what a client does itself.
 */
import { createRequire } from "node:module"

const meter = (i: number) => ({
  id: `01JH00000000000000000000${String(i).padStart(2, "0")}`,
  slug: `tokens_${i}`,
  name: `Tokens ${i}`,
  description: "Tokens of prompts, by model",
  eventType: "prompt",
  aggregation: "SUM",
  valueProperty: "$.tokens",
  groupBy: { model: "$.model", direction: "$.direction" },
  createdAt: "2025-01-01T00:00:00Z",
  updatedAt: "2025-01-01T00:00:00Z"
})

const start = Date.UTC(2025, 0, 1)
const minute = 60_000

const row = (i: number) => ({
  value: (i * 7_919) % 1_000,
  windowStart: new Date(start + i * minute).toISOString(),
  windowEnd: new Date(start + (i + 1) * minute).toISOString(),
  subject: `customer-${i % 100}`,
  groupBy: { model: `model-${i % 5}`, direction: i % 2 === 0 ? "input" : "output" }
})

const result = (rows: number) =>
  JSON.stringify({
    from: row(0).windowStart,
    to: row(rows - 1).windowEnd,
    windowSize: "MINUTE",
    data: Array.from({ length: rows }, (_, i) => row(i))
  })

/** How many rows a query of the meter of that name answers. */
export const rows = { usage: 30, year: 10_000 }

/** How many meters there are to list. */
export const meters = 20

/** The answers, by method and path. */
const bodies: Readonly<Record<string, string>> = {
  "GET /api/v1/meters/tokens_0": JSON.stringify(meter(0)),
  "GET /api/v1/meters": JSON.stringify(Array.from({ length: meters }, (_, i) => meter(i))),
  "GET /api/v1/meters/usage/query": result(rows.usage),
  "GET /api/v1/meters/year/query": result(rows.year),
  "POST /api/v1/events": ""
}

const bodyOf = (method: string, url: string): string => {
  const path = url.slice(url.indexOf("/api/"))
  const query = path.indexOf("?")
  const body = bodies[`${method} ${query < 0 ? path : path.slice(0, query)}`]
  if (body === undefined) throw new Error(`no answer for ${method} ${url}`)
  return body
}

/** The address of the server, which nobody resolves. */
export const baseUrl = "http://openmeter.test"

/** A `fetch` that has the answer at hand. */
export const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const isRequest = input instanceof Request
  const body = bodyOf((isRequest ? input.method : init?.method) ?? "GET", isRequest ? input.url : String(input))
  return body === ""
    ? new Response(null, { status: 204 })
    : new Response(body, { headers: { "content-type": "application/json" } })
}

/** What waits for an answer, which whoever could give it has to hold on to. */
const waiting: Array<unknown> = []

/** A `fetch` whose answers never come. */
export const hang = (): Promise<Response> => new Promise((resolve) => waiting.push(resolve))

/** What undici hands an answer to. */
interface Handler {
  readonly onConnect: (abort: () => void) => void
  readonly onHeaders: (status: number, headers: ReadonlyArray<Buffer>, resume: () => void, text: string) => boolean
  readonly onData: (chunk: Buffer) => boolean
  readonly onComplete: (trailers: ReadonlyArray<Buffer>) => void
}

/**
 * Puts the same answers under the undici of a package that knows no `fetch`.
 *
 * @param hangs - whether its answers never come
 */
export const serveUndici = (name: string, hangs: boolean): void => {
  const { Dispatcher, setGlobalDispatcher } = createRequire(import.meta.resolve(name))("undici")
  const headers = ["content-type", "application/json"].map((text) => Buffer.from(text))
  class InMemory extends Dispatcher {
    dispatch({ method, path }: { readonly method: string; readonly path: string }, handler: Handler): boolean {
      handler.onConnect(() => {})
      if (hangs) {
        waiting.push(handler)
        return true
      }
      const body = bodyOf(method, path)
      queueMicrotask(() => {
        handler.onHeaders(body === "" ? 204 : 200, body === "" ? [] : headers, () => {}, "")
        if (body !== "") handler.onData(Buffer.from(body))
        handler.onComplete([])
      })
      return true
    }
  }
  setGlobalDispatcher(new InMemory())
}
