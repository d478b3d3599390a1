/**
 * A buffer before an emulator, and what can go wrong with the events of a batch.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../src/emulator/Emulator.ts"
import * as Faults from "../../src/emulator/Faults.ts"
import { problem } from "../../src/emulator/http/Problem.ts"
import type { Options } from "../../src/layers/Options.ts"
import { Transport } from "../../src/layers/Transport.ts"
import type { Event } from "../../src/schemas/Event.ts"
import { EventBuffer } from "../../src/services/EventBuffer.ts"
import type { EventBufferOptions } from "../../src/services/eventBuffer/BufferOptions.ts"
import { Ingest } from "../../src/services/Ingest.ts"

/** Ingestion on an emulator in the same process. */
export const IngestLive = (options: Partial<Options> = {}) =>
  Ingest.layer.pipe(
    Layer.provide(Transport.layerWithoutHttpClient({ baseUrl: "http://emulator", ...options })),
    Layer.provide(Emulator.layerHttpClient),
    Layer.provideMerge(Emulator.layer)
  )

/** A buffer on an emulator in the same process. */
export const BufferLive = (options?: EventBufferOptions, transport?: Partial<Options>) =>
  EventBuffer.layerMemory(options).pipe(Layer.provideMerge(IngestLive(transport)))

/** An event with an id, and with data of a size in bytes. */
export const event = (id: string | number, size = 0): Event => ({
  id: String(id),
  source: "test",
  type: "prompt",
  subject: "customer-1",
  ...(size === 0 ? {} : { data: { text: "x".repeat(size) } })
})

/** Events with the ids from `from` up to `to`, exclusive. */
export const events = (from: number, to: number): ReadonlyArray<Event> =>
  Array.from({ length: to - from }, (_, i) => event(from + i))

/** Offers events one after the other. */
export const offerAll = (events: Iterable<Event>) =>
  Effect.flatMap(EventBuffer, (buffer) => Effect.forEach(events, buffer.offer))

/** The ids of the events that the emulator holds, in the order of arrival. */
export const stored = Effect.flatMap(Emulator, (emulator) =>
  Effect.map(emulator.events, (events) => events.map(({ id }) => id))
)

/** The ids in each ingestion request, in the order of arrival, with the status that it was answered. */
export const batches = Effect.flatMap(Emulator, (emulator) =>
  Effect.map(emulator.requests, (requests) =>
    requests
      .filter(({ operation }) => operation === "ingestEvents")
      .map(({ body, status }) => ({
        status,
        ids: (JSON.parse(body) as ReadonlyArray<{ readonly id: string }>).map(({ id }) => id)
      }))
  )
)

/** How many ingestion requests reached the emulator. */
export const requestCount = Effect.map(batches, (all) => all.length)

/** Lets things go wrong from now on. */
export const inject = (...faults: ReadonlyArray<Faults.Fault>) =>
  Effect.flatMap(Emulator, (emulator) => emulator.inject(...faults))

/** Answers batches of which some event matches, or which are otherwise wrong, with a problem. */
export const refuse = (
  status: number,
  isWrong: (events: ReadonlyArray<{ readonly id: string; readonly subject: string }>, body: string) => boolean
): Faults.Fault =>
  Faults.always("ingestEvents", (next) => (attempt) => {
    const events = JSON.parse(attempt.request.body)
    return isWrong(events, attempt.request.body)
      ? Effect.succeed({ _tag: "Answered", response: problem({ status, detail: "something is wrong" }) })
      : next(attempt)
  })

/** As the server does with an event that is too large for it: those before it are stored, and the answer is 500. */
export const poison500 = (isPoison: (event: { readonly id: string }) => boolean): Faults.Fault =>
  Faults.always("ingestEvents", (next) => (attempt) => {
    const events: ReadonlyArray<{ readonly id: string }> = JSON.parse(attempt.request.body)
    const index = events.findIndex(isPoison)
    if (index === -1) return next(attempt)
    const body = JSON.stringify(events.slice(0, index))
    const before = index === 0 ? Effect.void : next({ ...attempt, request: { ...attempt.request, body } })
    return Effect.as(before, { _tag: "Answered", response: problem({ status: 500 }) })
  })

/** Lets time pass in small steps: each of them may begin something that waits for the next. */
export const pass = (seconds: number, step = 0.1) =>
  Effect.replicateEffect(TestClock.adjust(`${step * 1000} millis`), Math.ceil(seconds / step), { discard: true })

/** Lets everything happen that needs no time. */
export const now = pass(0.01, 0.001)

/** Provides a buffer to a test, and lets time pass while it closes: what a test leaves in it is to end somehow. */
export const withBuffer =
  (options?: EventBufferOptions, transport?: Partial<Options>) =>
  <A, E>(test: Effect.Effect<A, E, EventBuffer | Emulator | Ingest>) =>
    test.pipe(Effect.ensuring(Effect.forkDetach(pass(60, 1))), Effect.provide(BufferLive(options, transport)))
