/**
 * How much goes through, and how long it holds the event loop, with a server within the process: what is left is what a
 * client does itself.
 */
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { OpenMeter, type EventBufferOptions } from "@openmeter/sdk"
import { EventBuffer, Ingest, Transport } from "@openmeter/sdk/effect"
import { FileOutbox } from "@openmeter/sdk/node"
import { OpenMeter as Published } from "openmeter-beta-232"
import { inDirectory, number, type Case, type Result } from "./cases.ts"
import { events } from "./events.ts"
import { time, watchEventLoop } from "./measures.ts"

const count = 100_000
const rounds = 6
const baseUrl = "http://openmeter.test"
const fetch = async () => new Response(null, { status: 204 })

const roomy = { maxCount: 2 * count, maxBytes: 2 ** 30 } satisfies EventBufferOptions

/** One round: everything is made before the clock starts. */
type Round = (run: (work: () => Promise<unknown>) => Promise<void>) => Promise<void>

const promises =
  (options: EventBufferOptions): Round =>
  async (run) => {
    const all = events(count)
    await using openmeter = new OpenMeter({ baseUrl, fetch })
    const buffer = openmeter.events.buffer({ ...roomy, ...options })
    await buffer.flush()
    await run(async () => {
      await Promise.all(all.map((event) => buffer.offer(event)))
      await buffer.flush()
    })
  }

const memory = promises({})

const file: Round = (run) =>
  inDirectory((path) => promises({ outbox: FileOutbox.layer({ path: join(path, "usage.outbox") }) })(run))

const effects: Round = (run) => {
  const live = EventBuffer.layerMemory(roomy).pipe(
    Layer.provide(Ingest.layer),
    Layer.provide(Transport.layer({ baseUrl })),
    Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))
  )
  const program = Effect.gen(function* () {
    const all = events(count)
    const buffer = yield* EventBuffer
    const offers = Effect.andThen(Effect.forEach(all, buffer.offer, { discard: true }), buffer.flush)
    yield* Effect.promise(() => run(() => Effect.runPromise(offers)))
  })
  return Effect.runPromise(Effect.provide(program, live))
}

/** The published package sends what it is given: its program has made the batches. */
const batches: Round = async (run) => {
  const all = events(count)
  const { events: target } = new Published({ baseUrl, fetch })
  await run(async () => {
    for (let i = 0; i < count; i += 500) await target.ingest(all.slice(i, i + 500))
  })
}

/** The best of some rounds: what is slower is the machine's doing. */
const throughput = async (bar: number, round: Round): Promise<Result> => {
  let [byCpu, byClock] = [0, 0]
  for (let i = 0; i < rounds; i++) {
    await round(async (work) => {
      const { clock, cpu } = await time(work)
      byCpu = Math.max(byCpu, (count / cpu) * 1000)
      byClock = Math.max(byClock, (count / clock) * 1000)
    })
  }
  return {
    said: `${number(byCpu)} events a second of one core, ${number(byClock)} by the clock`,
    isMet: byCpu >= bar
  }
}

/** The longest slice of the best round, in milliseconds of the processor. */
const slices = async (bar: number, round: Round): Promise<Result> => {
  let least = { busy: Infinity, waited: Infinity }
  for (let i = 0; i < rounds; i++) {
    await round(async (work) => {
      const stop = watchEventLoop()
      await new Promise(setImmediate)
      await work()
      const stall = stop()
      if (stall.busy < least.busy) least = stall
    })
  }
  return {
    said: `${least.busy.toFixed(1)} ms (${least.waited.toFixed(1)} by the clock)`,
    isMet: least.busy < bar
  }
}

/** The cases of throughput. */
export const cases: ReadonlyArray<Case> = [
  {
    name: "throughput of the memory outbox, server within the process",
    bar: "≥ 100,000/s",
    ours: () => throughput(100_000, memory),
    published: () => throughput(100_000, batches)
  },
  {
    name: "the same as an Effect service",
    bar: "≥ 100,000/s",
    ours: () => throughput(100_000, effects)
  },
  {
    name: "throughput of the file outbox",
    bar: "≥ 20,000/s",
    ours: () => throughput(20_000, file)
  },
  {
    name: "100,000 offered as effects: the longest slice of the event loop",
    bar: "< 10 ms",
    ours: () => slices(10, effects)
  },
  {
    name: "100,000 offered as Promises in one go, the program's own loop included: the longest slice",
    bar: "told, no bar: the loop alone makes 100,000 Promises",
    ours: () => slices(Infinity, memory)
  }
]
