/**
 * What many calls do together while a server fails them: how much they send, and whether they end well.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { defaults } from "./cases.ts"
import { faces, type MakeFace, type Settings } from "./faces.ts"
import { operations } from "./operations.ts"
import { message, problemOf } from "./replies.ts"
import { NOBODY, serve, type Received, type Wire } from "./server.ts"

/** What came of a scenario. */
export interface Report {
  readonly face: string
  /** What was counted, in words. */
  readonly counted: string
  /** What is not as it has to be. */
  readonly wrong: ReadonlyArray<string>
}

export interface Scenario {
  /** What the server does. */
  readonly name: string
  /** What has to hold. */
  readonly holds: string
  readonly run: Effect.Effect<ReadonlyArray<Report>>
}

const throughBoth = (run: (face: string, makeFace: MakeFace) => Effect.Effect<Report>) =>
  Effect.forEach(Object.entries(faces), ([face, makeFace]) => run(face, makeFace))

/** How many retries the budget of a new client pays for, when so many answers have given credit back. */
const paidRetries = (answered: number) => Math.floor((500 + answered) / 5)

const unavailable = message(503, "application/problem+json", problemOf(503))

/** Makes many calls, which may send so many requests at the most, and counts what they send. */
const storm = (name: string, calls: number, most: number, answer: ((index: number) => Wire) | "nobody"): Scenario => ({
  name,
  holds: `${calls} calls send at most ${most} requests`,
  run: throughBoth((face, makeFace) =>
    Effect.gen(function* () {
      let index = 0
      const server = yield* serve(() => (answer === "nobody" ? unavailable : answer(index++)))
      const port = answer === "nobody" ? NOBODY : server.port
      const client = yield* makeFace(`http://127.0.0.1:${port}`, defaults)
      const exits = yield* Effect.forEach(Array.from({ length: calls }), () => client.call(operations.getMeter), {
        concurrency: 16
      })
      const answered = exits.filter(Exit.isSuccess).length
      const requests = client.attempts()
      const limit = Math.min(most, calls + paidRetries(answered))
      return {
        face,
        counted: `${calls} calls, ${answered} answered, ${requests} requests of at most ${limit}`,
        wrong: requests > limit || requests === calls ? [`${requests} requests`] : []
      }
    }).pipe(Effect.scoped)
  )
})

/** How many calls are under way when the server dies, and how many follow while it is gone. */
const LOAD = 20

/** How many requests have failed when the server comes back: all that were under way, and some that found nobody. */
const FAILURES = 30

const patient: Settings = { ...defaults, retry: { ...defaults.retry, times: 10, baseDelay: 50, maxDelay: 500 } }

const idOf = ({ body }: Received): ReadonlyArray<unknown> => (body === "" ? [] : [JSON.parse(body).id])

const restart: Scenario = {
  name: "is killed with requests under way, and started again",
  holds: `${LOAD} calls that were under way and ${LOAD} that followed end well; no event is lost, none gets a second id`,
  run: throughBoth((face, makeFace) =>
    Effect.gen(function* () {
      const life = yield* Scope.make()
      const first = yield* Scope.provide(
        serve(() => ({ bytes: "", ending: "hang" })),
        life
      )
      const client = yield* makeFace(`http://127.0.0.1:${first.port}`, patient)
      const load = Effect.forEach(
        Array.from({ length: LOAD }),
        (_, index) => client.call(index % 2 === 0 ? operations.getMeter : operations.ingestEvents),
        { concurrency: "unbounded" }
      )
      const wait = (until: () => boolean) => Effect.repeat(Effect.sleep(1), { until })

      const underWay = yield* Effect.forkChild(load)
      yield* wait(() => first.busy() === LOAD)
      yield* Scope.close(life, Exit.void)
      const following = yield* Effect.forkChild(load)
      yield* wait(() => client.failed() >= FAILURES)
      const second = yield* serve(({ method }) => operations[method === "POST" ? "ingestEvents" : "getMeter"].ok, {
        port: first.port
      })
      const exits = [...(yield* Fiber.join(underWay)), ...(yield* Fiber.join(following))]

      const failures = exits.filter(Exit.isFailure).length
      const stored = new Set([...first.received, ...second.received].flatMap(idOf)).size
      const answered = new Set(second.received.flatMap(idOf)).size
      return {
        face,
        counted: `${exits.length} calls, ${failures} failed, ${client.attempts()} requests, ${client.failed()} of them in vain, ${stored} events by id`,
        wrong: [
          ...(failures === 0 ? [] : [`${failures} calls failed`]),
          ...(stored === LOAD && answered === LOAD ? [] : [`${stored} events, ${answered} of them answered`])
        ]
      }
    }).pipe(Effect.scoped)
  )
}

/** Everything that many calls go through together. */
export const scenarios: ReadonlyArray<Scenario> = [
  storm("answers 503 to every second request", 600, 600 + paidRetries(600), (index) =>
    index % 2 === 0 ? unavailable : operations.getMeter.ok
  ),
  storm("answers 503 to every request", 500, 500 + paidRetries(0), () => unavailable),
  storm("is not there", 500, 500 + paidRetries(0), "nobody"),
  restart
]
