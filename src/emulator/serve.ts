/**
 * The emulator as an HTTP server, for other processes and other languages. Needs `node:http`.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type { IncomingMessage, Server, ServerResponse } from "node:http"
import type { InvalidRequestError } from "../errors.ts"
import * as Check from "./check.ts"
import type { Outcome } from "./http/Exchange.ts"
import type { RawRequest } from "./http/router.ts"

/**
 * A request that was served, for logging.
 *
 * @since 2.0.0
 * @category models
 */
export interface ServedRequest {
  /** The HTTP method. */
  readonly method: string
  /** Path and query. */
  readonly url: string
  /** The status of the response; `undefined` if a fault suppressed it. */
  readonly status: number | undefined
  /** The time from the end of the request to the response, in milliseconds. */
  readonly millis: number
}

/**
 * Where to listen.
 *
 * @since 2.0.0
 * @category models
 */
export interface ServeOptions {
  /** The port, 0 to 65,535; 0 takes a free one. */
  readonly port: number
  /**
   * The address to listen on. Default: the loopback address, which other machines and containers cannot reach;
   * `"0.0.0.0"` is every IPv4 address of the machine.
   */
  readonly host?: string | undefined
  /** Runs after every response. */
  readonly onAnswer?: ((served: ServedRequest) => Effect.Effect<void>) | undefined
}

/**
 * Where the emulator listens.
 *
 * @since 2.0.0
 * @category models
 */
export interface Listening {
  /** The port, which is the one that was chosen if 0 was asked for. */
  readonly port: number
  /** The base URL for clients on the same machine, such as `http://127.0.0.1:8888`. */
  readonly url: string
}

/**
 * The emulator cannot listen, most often because the port is taken.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator } from "@openmeter/sdk/testing"
 *
 * const served = Emulator.serve({ port: 8888 }).pipe(
 *   Effect.catchTag("ServeError", () => Emulator.serve({ port: 0 })),
 *   Effect.tap(({ url }) => Effect.logInfo(`listening on ${url}`))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class ServeError extends Data.TaggedError("ServeError")<{
  /** Why it cannot listen, in one line. */
  readonly message: string
  /** The error of Node. */
  readonly cause: unknown
}> {}

/** The highest port number. */
const lastPort = 65_535

/** Checks where to listen. */
export const checkAddress = (call: string, { host, port }: Pick<ServeOptions, "host" | "port">): void => {
  Check.integer(call, "options.port", port, 0, lastPort)
  if (host !== undefined) Check.nonEmpty(call, "options.host", host)
}

const checkOptions = (options: ServeOptions): void => {
  const call = "Emulator.serve"
  Check.members(call, "options", options, ["port", "host", "onAnswer"])
  checkAddress(call, options)
  if (options.onAnswer !== undefined) Check.callback(call, "options.onAnswer", options.onAnswer)
}

const readBody = (incoming: IncomingMessage): Effect.Effect<string, unknown> =>
  Effect.tryPromise(async () => {
    const chunks: Array<Uint8Array> = []
    for await (const chunk of incoming) chunks.push(chunk)
    return Buffer.concat(chunks).toString("utf8")
  })

const headersOf = (incoming: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(incoming.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]]
    )
  )

const send = (outcome: Outcome, outgoing: ServerResponse): void => {
  if (outcome._tag === "Reset") {
    outgoing.socket?.resetAndDestroy()
    return
  }
  const { status, headers, body } = outcome.response
  const bytes = body === undefined ? undefined : Buffer.from(body)
  outgoing.writeHead(status, bytes === undefined ? headers : { ...headers, "content-length": bytes.byteLength })
  if (outcome._tag === "Answered") outgoing.end(bytes)
  else outgoing.write((bytes ?? Buffer.alloc(0)).subarray(0, outcome.bytes), () => outgoing.socket?.resetAndDestroy())
}

// Clients cannot connect to an address that stands for all of them.
const reachable = (host: string): string => ({ "0.0.0.0": "127.0.0.1", "::": "::1" })[host] ?? host

const urlOf = (host: string, port: number): string => `http://${host.includes(":") ? `[${host}]` : host}:${port}`

const listen = (server: Server, { host = "127.0.0.1", port }: ServeOptions): Effect.Effect<Listening, ServeError> =>
  Effect.callback((resume) => {
    server.once("error", (cause) => resume(Effect.fail(new ServeError({ message: cause.message, cause }))))
    server.listen(port, host, () => {
      const address = server.address()
      const bound = typeof address === "object" && address !== null ? address.port : port
      resume(Effect.succeed({ port: bound, url: urlOf(reachable(host), bound) }))
    })
  })

const close = (server: Server): Effect.Effect<void> =>
  Effect.callback((resume) => {
    server.close(() => resume(Effect.void))
    server.closeAllConnections()
  })

/** Serves an exchange until the scope closes, which also breaks open connections. */
export const serve = Effect.fnUntraced(function* (
  exchange: (request: RawRequest) => Effect.Effect<Outcome>,
  options: ServeOptions
): Effect.fn.Return<Listening, ServeError | InvalidRequestError, Scope.Scope> {
  yield* Check.run(() => checkOptions(options))
  const http = yield* Effect.promise(() => import("node:http"))
  const run = yield* FiberSet.makeRuntime()
  const { onAnswer = () => Effect.void } = options

  const answer = Effect.fnUntraced(
    function* (incoming: IncomingMessage, outgoing: ServerResponse) {
      const { method = "GET", url = "/" } = incoming
      const body = yield* readBody(incoming)
      const arrived = yield* Clock.currentTimeNanos
      const outcome = yield* exchange({ method, url, headers: headersOf(incoming), body })
      send(outcome, outgoing)
      yield* onAnswer({
        method,
        url,
        status: outcome._tag === "Reset" ? undefined : outcome.response.status,
        millis: Number((yield* Clock.currentTimeNanos) - arrived) / 1e6
      })
    },
    // A client that disconnects before its request is complete gets no response.
    (effect) => Effect.ignore(effect)
  )

  const server = yield* Effect.acquireRelease(
    Effect.sync(() =>
      http.createServer(
        // Like the real server: idle connections live two minutes, headers must arrive within ten seconds.
        { keepAliveTimeout: 120_000, headersTimeout: 10_000, maxHeaderSize: 1024 * 1024 },
        (incoming, outgoing) => {
          const fiber = run(answer(incoming, outgoing))
          outgoing.on("close", () => {
            // The client of a request that hangs has given up.
            if (!outgoing.writableFinished) fiber.interruptUnsafe()
          })
        }
      )
    ),
    close
  )
  return yield* listen(server, options)
})
