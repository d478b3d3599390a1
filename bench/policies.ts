/**
 * What the policies cost, and what they spare a server: `npm run bench:policies`.
 */
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { fork } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import {
  CircuitBreaker,
  Concurrency,
  Meters,
  RateLimit,
  Retry,
  Telemetry,
  Transport,
  type Options
} from "../src/effect.ts"
import { interleaved, median } from "./rounds.ts"

const headers = { "content-type": "application/json" }

/** Answers every request after a millisecond, and tells its parent where. */
const serveSlowly = async (): Promise<void> => {
  const server = createServer((request, response) => {
    request.resume()
    setTimeout(() => response.writeHead(200, headers).end("[]"), 1)
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  process.send?.(server.address())
}

/** Answers every request at once, with a status. */
const memory = (status: () => number = () => 200): HttpClient.HttpClient =>
  HttpClient.make((request) =>
    Effect.sync(() => HttpClientResponse.fromWeb(request, new Response("[]", { status: status(), headers })))
  )

/** None of the policies, and nothing seen of the calls. */
const none = {
  options: { attemptTimeout: Infinity, timeout: Infinity },
  policies: Layer.mergeAll(Retry.layerOff, Concurrency.layerOff, Telemetry.layerOff)
}

/** Those that a client has when nothing is said: attempt timeout, deadline, retries, permits, spans and metrics. */
const byDefault = { options: {}, policies: Layer.empty }

/** Those, and a rate limit and a circuit breaker that let everything through. */
const all = {
  options: {},
  policies: Layer.merge(RateLimit.layerMemory({ limit: 1e9, window: "1 second" }), CircuitBreaker.layerMemory())
}

interface Stack {
  readonly options: Partial<Options>
  readonly policies: Layer.Layer<never, unknown>
}

/** Makes so many calls of a service over a client, one after another, and waits for each. */
const service = (baseUrl: string, client: Layer.Layer<HttpClient.HttpClient>, { options, policies }: Stack) => {
  const runtime = ManagedRuntime.make(
    Meters.layer.pipe(
      Layer.provide(Transport.layerWithoutHttpClient({ baseUrl, ...options })),
      Layer.provide(client),
      Layer.provide(policies)
    )
  )
  return (count: number) =>
    runtime.runPromise(
      Effect.flatMap(Meters, (meters) => Effect.ignore(meters.list()).pipe(Effect.repeat({ times: count - 1 })))
    )
}

/** Makes so many requests of effect's own client, one after another, and reads their answers. */
const bare = (baseUrl: string, client: Layer.Layer<HttpClient.HttpClient>) => {
  const runtime = ManagedRuntime.make(client)
  const call = Effect.flatMap(HttpClient.get(`${baseUrl}/api/v1/meters`), (response) => response.json)
  return (count: number) => runtime.runPromise(Effect.asVoid(Effect.repeat(call, { times: count - 1 })))
}

const contestants = (baseUrl: string, client: Layer.Layer<HttpClient.HttpClient>) => ({
  "bare HttpClient": bare(baseUrl, client),
  "no policies": service(baseUrl, client, none),
  "default policies": service(baseUrl, client, byDefault),
  "all policies": service(baseUrl, client, all)
})

type Contestant = keyof ReturnType<typeof contestants>

const print = (what: string, value: string) => console.log(`  ${what.padEnd(36)} ${value.padStart(10)}`)
const microseconds = (value: number) => `${value.toFixed(1)} µs`
const percent = (value: number) => `${(100 * value).toFixed(1)} %`
const bar = (isReached: boolean) => (isReached ? "" : "  (missed)")

const inMemory = async (): Promise<void> => {
  const client = Layer.succeed(HttpClient.HttpClient, memory())
  const times = await interleaved(contestants("http://openmeter.test", client), {
    count: 2000,
    rounds: 25,
    warmUp: 3
  })
  console.log("A call whose answer is in memory, in time of the processor:")
  for (const name of Object.keys(times) as ReadonlyArray<Contestant>) print(name, microseconds(times[name]))
  const added = times["default policies"] - times["no policies"]
  print("the default policies add", `${microseconds(added)}${bar(added <= 35)}`)
  print("rate limit and circuit breaker add", microseconds(times["all policies"] - times["default policies"]))
}

/** What one of so many calls takes by the clock, in microseconds. */
const timed = async (run: (count: number) => Promise<unknown>, count: number): Promise<number> => {
  const start = performance.now()
  await run(count)
  return (1000 * (performance.now() - start)) / count
}

const onASocket = async (): Promise<void> => {
  const server = fork(import.meta.filename, ["server"])
  const [{ port }] = (await once(server, "message")) as [{ readonly port: number }]
  const runs = contestants(`http://127.0.0.1:${port}`, FetchHttpClient.layer)
  const names = Object.keys(runs) as Array<Contestant>
  const rounds: Array<Record<Contestant, number>> = []
  for (let round = -10; round < 100; round++) {
    const times: Partial<Record<Contestant, number>> = {}
    for (const name of names.toSorted(() => Math.random() - 0.5)) times[name] = await timed(runs[name], 20)
    if (round >= 0) rounds.push(times as Record<Contestant, number>)
  }
  server.kill()
  // Of each round by itself: what the machine does besides meets both of its sides.
  const added = (name: Contestant) => median(rounds.map((times) => times[name] / times["no policies"] - 1))
  console.log("\nA call of a local server that answers in 1 ms, by the clock:")
  for (const name of names) print(name, microseconds(median(rounds.map((times) => times[name]))))
  print("the default policies add", `${percent(added("default policies"))}${bar(added("default policies") < 0.05)}`)
  print("all policies add", percent(added("all policies")))
}

/** How many requests a server gets of so many calls, one after another, with the default retries but without waits. */
const storm = async (what: string, calls: number, status: (count: number) => number): Promise<void> => {
  let requests = 0
  const client = memory(() => status(++requests))
  const options = { retry: { baseDelay: "1 millis" } } as const
  const run = service("http://openmeter.test", Layer.succeed(HttpClient.HttpClient, client), { ...byDefault, options })
  await run(calls)
  print(what, `${requests} requests`)
}

if (process.argv[2] === "server") {
  await serveSlowly()
} else {
  await inMemory()
  await onASocket()
  console.log("\n500 calls, with a budget of 500 for their retries: 5 a retry, 1 back a success")
  await storm("a server that is dead", 500, () => 503)
  await storm("a server that answers 503 to half", 500, (count) => (count % 2 === 0 ? 200 : 503))
  await storm("a server that is well", 500, () => 200)
}
