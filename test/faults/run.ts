/**
 * Strikes an operation with a fault, through both faces of the SDK, and holds what comes out against what has to.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as errors from "../../src/errors.ts"
import { defaults, matrix, type Case, type Expected } from "./cases.ts"
import { selfSigned } from "./certificate.ts"
import { faces, type MakeFace, type Settings } from "./faces.ts"
import { operations, type Operation, type OperationName } from "./operations.ts"
import { NOBODY, serve, type Received, type Server, type Wire } from "./server.ts"

/** One line of the matrix: a case and an operation that it strikes. */
export interface Strike {
  readonly group: string
  readonly fault: Case
  readonly operation: OperationName
  readonly expected: Expected
}

export const strikes: ReadonlyArray<Strike> = matrix.flatMap((group) =>
  group.cases.flatMap((fault) =>
    Object.entries(fault.expected).map(([operation, expected]): Strike => ({
      group: group.title,
      fault,
      // The keys of `expected` are names of operations.
      operation: operation as OperationName,
      expected
    }))
  )
)

/** What came out of a call. */
export interface Observation {
  readonly outcome: string
  readonly message: string
  readonly error: unknown
  readonly result: unknown
  readonly attempts: number
  readonly received: ReadonlyArray<Received>
  /** What the server sent for them. */
  readonly sent: ReadonlyArray<Wire>
  /** How long it took, in milliseconds. */
  readonly took: number
  readonly opened: number
  /** How many sockets are busy when all is over. */
  readonly sockets: number
  /** How many fibers are alive when the call is over. */
  readonly fibers: number
  /** Whether fibers were seen at all. */
  readonly sawFibers: boolean
  /** What came to the place that redirects lead to. */
  readonly elsewhere: number
}

export const settingsOf = (fault: Case): Settings => ({ ...defaults, ...fault.settings })

/** The longest time that a call may take by its settings, in milliseconds. */
export const bound = ({ expected, fault }: Strike): number => {
  const { attemptTimeout, retry, timeout } = settingsOf(fault)
  const pause = fault.waits === undefined ? retry.maxDelay : retry.maxRetryAfter
  return Math.min(timeout, expected.attempts * attemptTimeout + (expected.attempts - 1) * pause)
}

/** What a busy machine is allowed on top, in milliseconds. */
const LENIENCE = 3000

/** Waits until a server is done with its sockets, but not for ever. */
export const settled = (server: Server): Effect.Effect<void> =>
  Effect.sync(server.drain).pipe(
    Effect.andThen(Effect.sleep(5)),
    Effect.repeat({ while: () => server.busy() > 0, times: 400 }),
    Effect.asVoid
  )

const describe = (exit: Exit.Exit<unknown, unknown>): Pick<Observation, "outcome" | "message" | "error" | "result"> => {
  if (Exit.isSuccess(exit)) return { outcome: "success", message: "", error: undefined, result: exit.value }
  const error = Option.getOrElse(Exit.findErrorOption(exit), (): unknown => exit.cause)
  const outcome = error instanceof Error && "_tag" in error ? String(error._tag) : "defect"
  return { outcome, message: error instanceof Error ? error.message : String(error), error, result: undefined }
}

const addressOf = (fault: Case, port: number): string => {
  switch (fault.place ?? "server") {
    case "server":
    case "resetting":
      return `http://127.0.0.1:${port}`
    case "server by https":
    case "self-signed":
      return `https://127.0.0.1:${port}`
    case "nobody":
      return `http://127.0.0.1:${NOBODY}`
    case "unknown":
      return "http://openmeter.invalid"
  }
}

/** Calls an operation through one face, on a server of its own. */
const observe = (
  { fault, operation: name }: Pick<Strike, "fault" | "operation">,
  makeFace: MakeFace
): Effect.Effect<Observation> =>
  Effect.gen(function* () {
    const operation: Operation = operations[name]
    const elsewhere = yield* serve(() => operation.ok)
    const exchange = { ok: operation.ok, elsewhere: `http://127.0.0.1:${elsewhere.port}` }
    const sent: Array<Wire> = []
    const server = yield* serve(
      () => {
        const wire = (fault.replies[sent.length] ?? fault.replies.at(-1)!)(exchange)
        sent.push(wire)
        return wire
      },
      {
        resets: fault.place === "resetting",
        ...(fault.place === "self-signed" ? { tls: selfSigned() } : {})
      }
    )
    const face = yield* makeFace(addressOf(fault, server.port), settingsOf(fault))
    const warmUps = fault.warmUp === true ? 1 : 0
    if (warmUps > 0) {
      yield* face.call(operation)
      // An idle connection is closed in its own time.
      if (sent[0]?.ending === "idle") yield* Effect.sleep(5).pipe(Effect.repeat({ while: () => server.open() > 0 }))
    }
    const start = performance.now()
    const exit = yield* face.call(operation)
    const took = performance.now() - start
    const fibers = face.alive()
    yield* settled(server)
    return {
      ...describe(exit),
      attempts: face.attempts() - warmUps,
      received: server.received.slice(warmUps),
      sent,
      took,
      opened: server.opened(),
      sockets: server.busy(),
      fibers,
      sawFibers: face.fibers() > 0,
      elsewhere: elsewhere.opened()
    }
  }).pipe(Effect.scoped)

/** The classes that a program catches by. */
const classes = { ...errors }

/** What is wrong with what came out of a call. */
const faultsOf = (strike: Strike, seen: Observation): ReadonlyArray<string> => {
  const { expected, fault, operation } = strike
  const wrong: Array<string> = []
  const check = (is: boolean, otherwise: () => string) => {
    if (!is) wrong.push(otherwise())
  }
  const same = (what: string, got: unknown, wanted: unknown) =>
    check(got === wanted, () => `${what} ${got}, not ${wanted}`)

  same("comes out as", seen.outcome, expected.outcome)
  same("attempts", seen.attempts, expected.attempts)
  same(
    "requests that reached the server",
    seen.received.length,
    (fault.place ?? "server") === "server" ? expected.attempts : 0
  )
  check(new Set(seen.received.map(({ body }) => body)).size <= 1, () => "attempts differ in their bodies")
  if (fault.waits !== undefined) {
    const [first, second] = seen.received
    const waited = (second?.at ?? 0) - (first?.at ?? 0)
    // Clocks and timers need not agree to the millisecond.
    check(waited >= fault.waits - 20, () => `the second attempt came after ${waited} ms`)
  }

  if (expected.outcome === "success") same("result", seen.result, operations[operation].result)
  else {
    const call = operation.split(",")[0]!
    check(seen.error instanceof classes[expected.outcome], () => "is of no class of the SDK")
    check(seen.message.startsWith(`${call}: `), () => "the message does not begin with the operation")
    check(
      seen.message.length <= 1100 && !/\n|about:blank|\(no detail\)/.test(seen.message),
      () => `the message is ${seen.message.slice(0, 300)}`
    )
    check(seen.message.includes(expected.says ?? ""), () => `the message is ${seen.message.slice(0, 300)}`)
    const { operation: name, retryAfter, status } = Object(seen.error) as Partial<Record<string, unknown>>
    same("the error's operation", name, call)
    if (status !== undefined) same("the error's status", `${status}`, `${seen.sent.at(-1)?.bytes ?? ""}`.split(" ")[1])
    if (expected.retryAfter !== undefined) same("the error's retryAfter", retryAfter, expected.retryAfter)
  }

  check(seen.took <= bound(strike) + LENIENCE, () => `took ${Math.round(seen.took)} ms`)
  // Whatever was read whole leaves its connection to the next attempt.
  if (seen.sent.length > 0 && seen.sent.every(({ ending }) => ending === "keep"))
    check(seen.opened <= 1, () => `opened ${seen.opened} connections`)
  same("sockets left", seen.sockets, 0)
  same("fibers left", seen.fibers, 0)
  check(seen.sawFibers, () => "no fiber was seen")
  same("connections to where a redirect leads", seen.elsewhere, 0)
  return wrong
}

/** Ports differ from server to server. */
const withoutPorts = (message: string) => message.replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")

/** What came of a strike. */
export interface Result {
  readonly strike: Strike
  readonly effect: Observation
  readonly promise: Observation
  /** What is not as it has to be. */
  readonly wrong: ReadonlyArray<string>
}

/** Strikes an operation through both faces, which have to give the same. */
export const run = (strike: Strike): Effect.Effect<Result> =>
  Effect.map(
    Effect.all(
      { effect: observe(strike, faces.Effect), promise: observe(strike, faces.Promise) },
      { concurrency: "unbounded" }
    ),
    ({ effect, promise }) => ({
      strike,
      effect,
      promise,
      wrong: [
        ...faultsOf(strike, effect).map((fault) => `Effect: ${fault}`),
        ...faultsOf(strike, promise).map((fault) => `Promise: ${fault}`),
        ...(withoutPorts(effect.message) === withoutPorts(promise.message)
          ? []
          : [`the faces differ: ${effect.message.slice(0, 300)} | ${promise.message.slice(0, 300)}`])
      ]
    })
  )

/** Whether a strike passes its time with waiting. */
const isPatient = ({ fault }: Strike): boolean => fault.settings !== undefined || fault.waits !== undefined

/** So much later than the one before it begins each strike that waits: what it does first should not wait as well. */
const STAGGER = "15 millis"

/**
 * Strikes with everything. Those that wait do so at the same time; the others, which work, come after them and a few at
 * a time, so that no short timeout is over because of somebody else's work.
 */
export const runAll: Effect.Effect<ReadonlyArray<Result>> = Effect.gen(function* () {
  const waiting = yield* Effect.forEach(strikes.filter(isPatient), (strike) =>
    Effect.andThen(Effect.sleep(STAGGER), Effect.forkChild(run(strike)))
  )
  const patient = yield* Effect.forEach(waiting, Fiber.join)
  const busy = yield* Effect.forEach(
    strikes.filter((strike) => !isPatient(strike)),
    run,
    { concurrency: 4 }
  )
  return [...patient, ...busy].sort((a, b) => strikes.indexOf(a.strike) - strikes.indexOf(b.strike))
})
