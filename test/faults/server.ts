/**
 * A server that answers byte by byte what it is told to, and knows what its sockets are doing.
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Net from "node:net"
import * as Tls from "node:tls"

/** What goes over the wire in return for a request. */
export interface Wire {
  readonly bytes: string | Uint8Array
  /** Writes so many bytes at a time, one piece every so many milliseconds. Otherwise all at once. */
  readonly drip?: { readonly size: number; readonly every: number }
  /**
   * What becomes of the connection afterwards: it is kept for the next request, kept without another word, kept and then
   * closed while it is idle, closed, or reset.
   */
  readonly ending: "keep" | "hang" | "idle" | "close" | "reset"
  /** Whether the body of the request is left unread. */
  readonly unread?: boolean
}

/** A request as it came. */
export interface Received {
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** Empty until it has come whole. */
  readonly body: string
  /** When it came, in milliseconds. */
  readonly at: number
}

/** A server that runs. */
export interface Server {
  readonly port: number
  /** What came, in order. */
  readonly received: ReadonlyArray<Received>
  /** How many connections were made. */
  readonly opened: () => number
  /** How many connections are open. */
  readonly open: () => number
  /** How many connections are in the midst of a request or its answer. */
  readonly busy: () => number
  /** Reads what was left unread: until then nobody can tell who has hung up. */
  readonly drain: () => void
}

/** How a server deals with connections, before any request. */
export interface ServerOptions {
  /** 0 takes any free port. Default: 0. */
  readonly port?: number
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Whether every connection is reset as soon as it is made. */
  readonly resets?: boolean
}

/** A port on which nobody listens, and which is given to nobody by chance. */
export const NOBODY = 2

/** An idle connection is closed after so many milliseconds. */
const IDLE = 10

/** A reset overtakes bytes that are on their way: it waits so many milliseconds for them. */
const HEAD_START = 20

/** Writes an answer, and calls back when the last byte has left. */
const write = (socket: Net.Socket, { bytes, drip }: Wire, done: () => void): void => {
  const buffer = Buffer.from(bytes)
  if (drip === undefined) {
    socket.write(buffer, done)
    return
  }
  let offset = 0
  const timer = setInterval(() => {
    socket.write(buffer.subarray(offset, (offset += drip.size)))
    if (offset < buffer.length) return
    clearInterval(timer)
    done()
  }, drip.every)
  socket.once("close", () => clearInterval(timer))
}

const requestHead = /^([A-Z]+) (\S+) HTTP\/1\.1\r\n([^]*?)\r\n\r\n/

/** The beginning of a TLS handshake. */
const HANDSHAKE = 0x16

/** Runs a server until the scope closes; sockets that are still open then are cut. */
export const serve = (
  answer: (request: Received) => Wire,
  options: ServerOptions = {}
): Effect.Effect<Server, never, Scope.Scope> => {
  const received: Array<Received> = []
  const open = new Set<Net.Socket>()
  const busy = new Set<Net.Socket>()
  let opened = 0

  /** Answers one request after the other. */
  const converse = (socket: Net.Socket): void => {
    let pending: Buffer = Buffer.alloc(0)
    let answering = false

    const finish = ({ bytes, ending }: Wire): void => {
      if (ending === "hang") return
      busy.delete(socket)
      if (ending === "close") socket.end()
      if (ending === "reset") setTimeout(() => socket.resetAndDestroy(), bytes.length === 0 ? 0 : HEAD_START)
      if (ending === "idle") setTimeout(() => socket.end(), IDLE)
      if (ending !== "keep") return
      answering = false
      read()
    }

    const read = (): void => {
      if (answering || pending.length === 0) return
      busy.add(socket)
      const head = requestHead.exec(pending.toString("latin1"))
      if (head === null) {
        if (pending[0] === HANDSHAKE) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")
        return
      }
      answering = true
      const [{ length: start }, method = "", url = "", headers = ""] = head
      const end = start + Number(/^content-length: *(\d+)$/im.exec(headers)?.[1] ?? 0)
      const request = { method, url, body: "", at: Date.now() }
      received.push(request)
      const wire = answer(request)
      const reply = () => write(socket, wire, () => finish(wire))
      if (wire.unread === true) {
        socket.pause()
        reply()
        return
      }
      const whole = () => {
        if (pending.length < end) return
        socket.off("data", whole)
        request.body = pending.toString("utf8", start, end)
        pending = pending.subarray(end)
        reply()
      }
      socket.on("data", whole)
      whole()
    }

    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk])
      read()
    })
  }

  const accept = (socket: Net.Socket): void => {
    opened += 1
    open.add(socket)
    // A client that hangs up is what this server is for.
    socket.on("error", () => {})
    socket.on("close", () => {
      open.delete(socket)
      busy.delete(socket)
    })
    if (options.resets === true) socket.resetAndDestroy()
    else converse(socket)
  }

  const start = Effect.callback<Net.Server, Error>((resume) => {
    const server = options.tls === undefined ? Net.createServer(accept) : Tls.createServer(options.tls, accept)
    // A handshake that fails makes no connection.
    server.on("tlsClientError", () => {})
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen(options.port ?? 0, "127.0.0.1", () => resume(Effect.succeed(server)))
  })

  const stop = (server: Net.Server) =>
    Effect.callback<void>((resume) => {
      server.close(() => resume(Effect.void))
      for (const socket of open) socket.resetAndDestroy()
    })

  return Effect.map(
    // A port that was in use a moment ago may still be taken.
    Effect.acquireRelease(Effect.retry(start, { schedule: Schedule.spaced("20 millis"), times: 50 }), stop),
    (server): Server => ({
      port: (server.address() as Net.AddressInfo).port,
      received,
      opened: () => opened,
      open: () => open.size,
      busy: () => busy.size,
      drain: () => open.forEach((socket) => socket.resume())
    })
  ).pipe(Effect.orDie)
}
