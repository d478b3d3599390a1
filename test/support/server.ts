/**
 * A server that is there: a real socket on the loopback, and what reached it.
 */
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"

/** A request as it came over the socket. */
export interface Received {
  readonly method: string
  /** Path and query, byte by byte as they were sent. */
  readonly url: string
  /** By lower-case name. */
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

/** A server that runs. */
export interface Server {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** What came, in order. */
  readonly received: ReadonlyArray<Received>
  /** How many connections were made. */
  readonly connections: () => number
}

const text = async (request: Http.IncomingMessage) => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Runs a server until the scope closes; sockets that are still open then are cut. */
export const serve = (answer: (response: Http.ServerResponse, request: Received) => void) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const received: Array<Received> = []
        let connections = 0
        const server = Http.createServer((request, response) => {
          const { method = "", url = "", headers } = request
          text(request).then(
            (body) => {
              const whole = { method, url, headers, body }
              received.push(whole)
              answer(response, whole)
            },
            () => response.destroy()
          )
        })
        server.on("connection", () => connections++)
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
        return { server, received, connections: () => connections }
      }),
      ({ server }) =>
        Effect.promise(
          () =>
            new Promise<void>((resolve) => {
              server.close(() => resolve())
              server.closeAllConnections()
            })
        )
    ),
    ({ server, ...seen }): Server => ({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ...seen })
  )

/** Answers with JSON. */
export const respond = (response: Http.ServerResponse, status: number, body: unknown, headers: object = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))

/** The address of a port on which nobody listens. */
export const nobody = Effect.map(Effect.scoped(serve(() => {})), ({ url }) => url)
