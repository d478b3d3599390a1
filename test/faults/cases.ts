/**
 * What can go wrong between a client and a server, and what has to come out of it.
 */
import type { OpenMeterError } from "../../src/errors.ts"
import type { Settings } from "./faces.ts"
import { meter, type OperationName } from "./operations.ts"
import {
  answer,
  dripping,
  ending,
  head,
  ok,
  preceded,
  problem,
  problemOf,
  raw,
  redirect,
  unread,
  type Headers,
  type Reply
} from "./replies.ts"

/** What has to come out of a call. */
export interface Expected {
  readonly outcome: "success" | OpenMeterError["_tag"]
  readonly attempts: number
  /** What the error's message holds. */
  readonly says?: string
  /** What the error tells of the time that the server wants, in milliseconds. */
  readonly retryAfter?: number
}

/** Where a client is sent. */
export type Place =
  /** A server that does as the case says. */
  | "server"
  /** The same, by https. */
  | "server by https"
  /** A server with a certificate that nobody vouches for. */
  | "self-signed"
  /** A server that resets every connection as soon as it is made. */
  | "resetting"
  /** A port on which nobody listens. */
  | "nobody"
  /** A name that no server has. */
  | "unknown"

/** A fault, and what has to come out of the operations that it strikes. */
export interface Case {
  /** What the server does. */
  readonly name: string
  readonly expected: Partial<Record<OperationName, Expected>>
  /** What the server does with each request; the last one again and again. */
  readonly replies: ReadonlyArray<Reply>
  /** Default: `server`. */
  readonly place?: Place
  /** Whether the first reply is for a call before the one that counts, over the same connection if it is kept. */
  readonly warmUp?: boolean
  /** What the client is told besides {@link defaults}. */
  readonly settings?: Partial<Settings>
  /** How long the second attempt waits at the least, in milliseconds. */
  readonly waits?: number
}

export interface Group {
  readonly title: string
  /** What holds for all cases of the group. */
  readonly about: string
  readonly cases: ReadonlyArray<Case>
}

/** Short waits, and times that no healthy call needs. The number of attempts is the SDK's own default. */
export const defaults: Settings = {
  attemptTimeout: 10_000,
  timeout: 20_000,
  retry: { baseDelay: 1, maxDelay: 5, maxRetryAfter: 3000 }
}

const ATTEMPTS = 4

type Outcome = Expected["outcome"]
type More = Omit<Expected, "outcome" | "attempts">
type Kinds = Record<"getMeter" | "createMeter" | "ingestEvents", Expected>

const fault = (name: string, expected: Case["expected"], ...replies: ReadonlyArray<Reply>): Case => ({
  name,
  expected,
  replies
})

/** For attempts that are all cut off. */
const cut = (fault: Case): Case => ({ ...fault, settings: { attemptTimeout: 1000 } })

/** For attempts of which one is cut off, and the others have time enough on a busy machine. */
const cutOnce = (fault: Case): Case => ({ ...fault, settings: { attemptTimeout: 3000 } })

/** For calls that are cut off. */
const cutCall = (fault: Case): Case => ({ ...fault, settings: { timeout: 3000 } })

/** What comes out of one operation. */
const only = (operation: OperationName, outcome: Outcome, attempts = 1, more: More = {}): Case["expected"] => ({
  [operation]: { outcome, attempts, ...more }
})

/** The same comes out of every operation. */
const all = (outcome: Outcome, attempts = 1, more: More = {}): Kinds => {
  const expected = { outcome, attempts, ...more }
  return { getMeter: expected, createMeter: expected, ingestEvents: expected }
}

/** Tried again, unless it may create something twice. */
const repeated = (outcome: Outcome, more: More = {}): Kinds => ({
  ...all(outcome, ATTEMPTS, more),
  createMeter: { outcome, attempts: 1, ...more }
})

/** Well at the last attempt, unless it may create something twice. */
const recovered = (outcome: Outcome, attempts = 2, more: More = {}): Kinds => ({
  ...all("success", attempts),
  createMeter: { outcome, attempts: 1, ...more }
})

const status = (status: number, expected: Case["expected"], headers?: Headers): Case =>
  fault(`answers ${status}`, expected, problem(status, headers))

const statuses: Group = {
  title: "Statuses",
  about:
    "Each answer is a problem document. A status that the operation's contract does not declare is an " +
    "`UnexpectedStatusError`, every 5xx a `ServerError`. An answer that was read leaves its connection to the next " +
    "attempt: one serves them all.",
  cases: [
    status(400, all("BadRequestError")),
    status(401, all("UnauthorizedError"), { "www-authenticate": "Bearer" }),
    status(403, all("ForbiddenError")),
    status(404, { ...all("UnexpectedStatusError"), ...only("getMeter", "NotFoundError") }),
    status(405, all("UnexpectedStatusError"), { allow: "PATCH" }),
    fault("answers 407, which fetch keeps to itself", repeated("TransportError"), problem(407)),
    status(408, repeated("UnexpectedStatusError")),
    status(409, { ...all("UnexpectedStatusError"), ...only("createMeter", "ConflictError") }),
    status(412, all("PreconditionFailedError")),
    status(413, { ...all("UnexpectedStatusError"), ...only("ingestEvents", "PayloadTooLargeError") }),
    status(424, all("UnexpectedStatusError")),
    status(429, all("RateLimitedError", ATTEMPTS)),
    status(500, repeated("ServerError")),
    status(501, { ...all("ServerError"), ...only("listPortalTokens", "NotImplementedError") }),
    status(502, repeated("ServerError")),
    status(503, all("ServerError", ATTEMPTS)),
    status(504, repeated("ServerError")),
    fault(
      "answers 502, 503, 504, then well",
      recovered("ServerError", ATTEMPTS),
      problem(502),
      problem(503),
      problem(504),
      ok
    ),
    fault("answers 429, then well", all("success", 2), problem(429), ok),
    fault("answers 503, then 404", only("getMeter", "NotFoundError", 2), problem(503), problem(404)),
    fault(
      "answers 103, then well to the same request",
      all("success"),
      preceded("HTTP/1.1 103 Early Hints\r\n\r\n", ok)
    ),
    fault(
      "answers 202, which is no success of the operation",
      all("UnexpectedStatusError", 1, { says: "a success status that the operation does not define" }),
      answer(202, "application/json", "{}")
    )
  ]
}

const inSeconds = (seconds: number) => (): Headers => ({
  "retry-after": new Date(Date.now() + seconds * 1000).toUTCString()
})

const waiting: Group = {
  title: "Retry-After",
  about:
    "The next attempt waits at least as long as the server asks, up to `retry.maxRetryAfter` (60 s; 3 s here). A longer " +
    "wait, or one beyond the deadline, ends the call at once, and the error's `retryAfter` tells it.",
  cases: [
    ...([429, 503] as const).flatMap((status) => {
      const outcome = status === 429 ? "RateLimitedError" : "ServerError"
      const answers = (retryAfter: string) => `answers ${status} with Retry-After: ${retryAfter}`
      return [
        {
          ...fault(`${answers("1")}, then well`, all("success", 2), problem(status, { "retry-after": 1 }), ok),
          waits: 1000
        },
        {
          ...fault(`${answers("(a date 3 s ahead)")}, then well`, all("success", 2), problem(status, inSeconds(3)), ok),
          // HTTP dates are cut to seconds.
          waits: 1900
        },
        fault(answers("3600"), all(outcome, 1, { retryAfter: 3_600_000 }), problem(status, { "retry-after": 3600 })),
        fault(
          answers("Thu, 31 Dec 2099 23:59:59 GMT"),
          all(outcome),
          problem(status, { "retry-after": "Thu, 31 Dec 2099 23:59:59 GMT" })
        )
      ]
    }),
    fault(
      "answers 503 with Retry-After: Wed, 01 Jan 2020 00:00:00 GMT, then well",
      all("success", 2),
      problem(503, { "retry-after": "Wed, 01 Jan 2020 00:00:00 GMT" }),
      ok
    ),
    fault(
      "answers 503 with Retry-After: soon, then well",
      all("success", 2),
      problem(503, { "retry-after": "soon" }),
      ok
    ),
    cutCall(
      fault(
        "answers 503 with Retry-After: 5 to a call that may take 3 s",
        all("ServerError", 1, { retryAfter: 5000 }),
        problem(503, { "retry-after": 5 })
      )
    ),
    fault("answers 404 with Retry-After: 1", only("getMeter", "NotFoundError"), problem(404, { "retry-after": 1 }))
  ]
}

const html = (title: string) => `<!doctype html>\n<html><head></head><body><h1>${title}</h1></body></html>`
const problemHead = (status: number) =>
  head(status, { "content-type": "application/problem+json", "content-length": 500 })

const errorBodies: Group = {
  title: "Bodies of errors",
  about: "The status alone decides, whatever the body is and however it ends.",
  cases: [
    fault(
      "answers 502 with HTML",
      repeated("ServerError", { says: ": 502 The gateway is tired" }),
      answer(502, "text/html", html("The gateway is tired"))
    ),
    fault(
      "answers 404 with HTML",
      only("getMeter", "NotFoundError", 1, { says: ": 404 Nothing here" }),
      answer(404, "text/html; charset=utf-8", html("Nothing here"))
    ),
    fault(
      "answers 400 with HTML that says that it is a problem",
      all("BadRequestError", 1, { says: ": 400 Request blocked" }),
      answer(400, "application/problem+json", html("Request blocked"))
    ),
    fault("answers 500 with nothing", repeated("ServerError", { says: ": 500 (empty body)" }), answer(500, "")),
    fault(
      "answers 403 with JSON that is no problem",
      all("ForbiddenError", 1, { says: "Forbidden by the gateway" }),
      answer(403, "application/json", '{"message":"Forbidden by the gateway"}')
    ),
    fault(
      "answers 409 with a problem that says application/json; charset=utf-8",
      only("createMeter", "ConflictError", 1, { says: ": 409 Conflict: the detail" }),
      answer(409, "application/json; charset=utf-8", problemOf(409))
    ),
    fault(
      "answers 400 with a problem that says text/plain",
      all("BadRequestError", 1, { says: ": 400 Bad Request: the detail" }),
      answer(400, "text/plain", problemOf(400))
    ),
    fault(
      "answers 403 with half a problem, as if it were all",
      all("ForbiddenError", 1, { says: '"title":"Forbidden"' }),
      answer(403, "application/problem+json", problemOf(403).slice(0, 60))
    ),
    fault(
      "answers 501 in plain text",
      only("listPortalTokens", "NotImplementedError", 1, { says: ": 501 switched off" }),
      answer(501, "text/plain", "switched off\n")
    ),
    fault(
      "answers 500 with 4 MB of HTML",
      { ...only("getMeter", "ServerError", ATTEMPTS), ...only("createMeter", "ServerError") },
      answer(500, "text/html", html("x".repeat(4_000_000)))
    ),
    fault("answers 400 with 2 MB of <", all("BadRequestError"), answer(400, "text/html", "<".repeat(2_000_000))),
    fault(
      "answers 400 with a problem whose detail has 2 MB",
      all("BadRequestError", 1, { says: ": 400 Bad Request: x" }),
      problem(400, {}, "x".repeat(2_000_000))
    ),
    fault(
      "answers 404 and closes within the body",
      only("getMeter", "NotFoundError", 1, { says: ": 404 (the body is incomplete)" }),
      raw(`${problemHead(404)}{"type":"ab`, "close")
    ),
    fault(
      "answers 409 and resets within the body",
      only("createMeter", "ConflictError", 1, { says: ": 409 (the body is incomplete)" }),
      raw(`${problemHead(409)}{"type":"ab`, "reset")
    ),
    cutOnce(
      fault(
        "answers 403 and hangs within the body",
        all("ForbiddenError", 1, { says: ": 403 (the body is incomplete)" }),
        raw(`${problemHead(403)}{"type":"ab`, "hang")
      )
    ),
    fault(
      "answers 503 and closes within the body, then answers well",
      all("success", 2),
      raw(`${problemHead(503)}{"type":"ab`, "close"),
      ok
    )
  ]
}

const json = "application/json"
const meterJson = JSON.stringify(meter)
const half = meterJson.slice(0, 50)
const longHead = head(200, { "content-type": json, "content-length": 500 })

/** What comes out of the operations that answer with a meter. */
const meters = (
  outcome: Outcome,
  attempts: { readonly getMeter: number; readonly createMeter: number },
  more?: More
) => ({
  ...only("getMeter", outcome, attempts.getMeter, more),
  ...only("createMeter", outcome, attempts.createMeter, more)
})
const once = { getMeter: 1, createMeter: 1 }
const again = { getMeter: ATTEMPTS, createMeter: 1 }
const readable = meters("success", once)
const unreadable = (field = "body") => meters("InvalidResponseError", once, { says: `an unreadable body: ${field}: ` })
const broken = meters("TransportError", again, { says: "no response: " })

const successBodies: Group = {
  title: "Bodies of successes",
  about:
    "A body is read as what the operation returns, whatever its content type says. One that is something else is an " +
    "`InvalidResponseError`, which is not tried again: the server has done what was asked. One that breaks off is a " +
    "`TransportError`.",
  cases: [
    fault("answers application/json; charset=utf-8", readable, answer(200, `${json}; charset=utf-8`, meterJson)),
    fault("answers JSON that says text/html", readable, answer(200, "text/html", meterJson)),
    fault("answers JSON without a content type", readable, answer(200, "", meterJson)),
    fault("answers JSON that begins with a byte order mark", readable, answer(200, json, `\ufeff${meterJson}`)),
    fault(
      "answers 4 MB of JSON",
      readable,
      answer(200, json, JSON.stringify({ ...meter, description: "x".repeat(4_000_000) }))
    ),
    fault("answers JSON in small pieces", readable, dripping(20, 5, answer(200, json, meterJson))),
    fault("answers HTML", unreadable(), answer(200, "text/html", html("Log in"))),
    fault("answers HTML that says application/json", unreadable(), answer(200, json, html("Log in"))),
    fault("answers nothing", unreadable(), answer(200, json)),
    fault("answers null", unreadable(), answer(200, json, "null")),
    fault("answers a list in the place of an object", unreadable(), answer(200, json, `[${meterJson}]`)),
    fault(
      "answers an object without one of its fields",
      unreadable("slug"),
      answer(200, json, JSON.stringify({ ...meter, slug: undefined }))
    ),
    fault("answers half of the JSON, as if it were all", unreadable(), answer(200, json, half)),
    fault(
      "answers JSON that says that it is compressed",
      broken,
      answer(200, json, meterJson, { "content-encoding": "gzip" })
    ),
    fault("answers 204 in the place of an object", meters("UnexpectedStatusError", once), answer(204, "")),
    fault("closes within the body", broken, raw(longHead + half, "close")),
    fault(
      "closes within a chunk of the body",
      broken,
      raw(`${head(200, { "content-type": json, "transfer-encoding": "chunked" })}40\r\n{"id":`, "close")
    ),
    fault("resets within the body", broken, raw(longHead + half, "reset")),
    fault(
      "closes within the body, then answers well",
      { ...only("getMeter", "success", 2), ...only("createMeter", "TransportError") },
      raw(longHead + half, "close"),
      ok
    ),
    fault(
      "answers by HTTP/1.0 and closes",
      readable,
      raw(head(200, { "content-type": json }, "1.0") + meterJson, "close")
    ),
    fault(
      "answers half by HTTP/1.0 and closes, which looks like all",
      unreadable(),
      raw(head(200, { "content-type": json }, "1.0") + half, "close")
    ),
    fault(
      "answers with Connection: close and closes",
      readable,
      ending("close", answer(200, json, meterJson, { connection: "close" }))
    )
  ]
}

const at = (place: Place, name: string, says: string): Case => ({
  ...fault(name, repeated("TransportError", { says }), ok),
  place
})

const connections: Group = {
  title: "Connections",
  about: "A connection that cannot be made, or that breaks, is a `TransportError` in the runtime's own words.",
  cases: [
    at("nobody", "is not there", "ECONNREFUSED"),
    at("unknown", "has a name that is not known", "openmeter.invalid"),
    at("self-signed", "has a certificate that nobody vouches for", "self-signed certificate"),
    at("server by https", "does not speak TLS", "SSL routines: wrong version number"),
    at("resetting", "resets connections as they are made", "no response: "),
    fault("resets before the answer", repeated("TransportError", { says: "ECONNRESET" }), raw("", "reset")),
    fault("closes before the answer", repeated("TransportError", { says: "other side closed" }), raw("", "close")),
    fault("resets within the head", repeated("TransportError"), raw("HTTP/1.1 200 OK\r\ncontent-le", "reset")),
    fault("closes within the head", repeated("TransportError"), raw("HTTP/1.1 200 OK\r\ncontent-le", "close")),
    fault("answers what is not HTTP", repeated("TransportError"), raw("SSH-2.0-OpenSSH_9.9\r\n", "close")),
    fault("resets before the answer, then answers well", recovered("TransportError"), raw("", "reset"), ok),
    fault(
      "resets, answers 503, closes, then answers well",
      recovered("TransportError", ATTEMPTS),
      raw("", "reset"),
      problem(503),
      raw("", "close"),
      ok
    ),
    {
      ...fault("closes a kept connection while it is idle, then answers well", all("success"), ending("idle", ok), ok),
      warmUp: true
    },
    {
      ...fault(
        "resets a kept connection as the request arrives, then answers well",
        recovered("TransportError"),
        ok,
        raw("", "reset"),
        ok
      ),
      warmUp: true
    },
    fault(
      "answers 413 before it has read the request",
      only("ingestEvents, 8 MB", "PayloadTooLargeError"),
      unread(ending("hang", problem(413)))
    )
  ]
}

const time: Group = {
  title: "Time",
  about:
    "An attempt ends after `attemptTimeout` (30 s; 1 s or 3 s here), a call after `timeout` (2 min; 3 s where the case " +
    "says so), whatever the server is doing then.",
  cases: [
    ...[
      fault("hangs before the answer", repeated("TimeoutError", { says: "within 1000 ms" }), raw("", "hang")),
      fault("hangs within the head", repeated("TimeoutError"), raw("HTTP/1.1 200 OK\r\ncontent-le", "hang")),
      fault("hangs within the body", meters("TimeoutError", again), raw(longHead + half, "hang")),
      fault("drips the head", repeated("TimeoutError"), ending("hang", dripping(1, 100, ok))),
      fault(
        "drips the body",
        meters("TimeoutError", again),
        ending("hang", dripping(80, 500, answer(200, json, meterJson + " ".repeat(500))))
      ),
      fault("stops reading the request", only("ingestEvents, 8 MB", "TimeoutError", ATTEMPTS), unread(raw("", "hang")))
    ].map(cut),
    cutOnce(fault("hangs, then answers well", recovered("TimeoutError"), raw("", "hang"), ok)),
    cutCall(
      fault(
        "hangs in a call that may take 3 s",
        all("TimeoutError", 1, { says: "no complete response within 3000 ms" }),
        raw("", "hang")
      )
    ),
    cutCall(
      fault(
        "answers 503, then hangs in a call that may take 3 s",
        all("TimeoutError", 2, { says: "within 3000 ms, after " }),
        problem(503),
        raw("", "hang")
      )
    )
  ]
}

const redirects: Group = {
  title: "Redirects",
  about:
    "None is followed: fetch would turn a POST into a GET, which loses events, and send credentials elsewhere. Where " +
    "they lead to, nobody arrives.",
  cases: [301, 302, 303, 307, 308].map((status) =>
    fault(
      `answers ${status}`,
      all("UnexpectedStatusError", 1, { says: "redirects are not followed: set baseUrl so that it leads to http" }),
      redirect(status)
    )
  )
}

const oddities: Group = {
  title: "The server's own ways",
  about: "What an OpenMeter server was seen to do.",
  cases: [
    fault(
      "answers 400 to an upload that stalled and closes, then answers well",
      recovered("BadRequestError", 2, { says: "i/o timeout" }),
      ending("close", problem(400, { connection: "close" }, "read tcp 10.0.0.2:8888->10.0.0.1:50000: i/o timeout")),
      ok
    ),
    fault(
      "answers 500 with nothing and closes, when it panics",
      repeated("ServerError", { says: ": 500 (empty body)" }),
      ending("close", answer(500, "", "", { connection: "close" }))
    ),
    fault(
      "answers 500 while its queue is full, then takes the events",
      only("ingestEvents", "success", 2),
      problem(500, {}, "Local: Queue full"),
      ok
    ),
    fault(
      "answers 431 in plain text and closes",
      all("UnexpectedStatusError", 1, { says: ": 431 Request Header Fields Too Large" }),
      ending(
        "close",
        answer(431, "text/plain; charset=utf-8", "431 Request Header Fields Too Large", { connection: "close" })
      )
    )
  ]
}

/** Everything that can go wrong. */
export const matrix: ReadonlyArray<Group> = [
  statuses,
  waiting,
  errorBodies,
  successBodies,
  connections,
  time,
  redirects,
  oddities
]
