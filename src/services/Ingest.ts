/**
 * Ingestion alone: the smallest way to send events.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { refused } from "../errors.ts"
import type { CommonError, InvalidRequestError, Operation, PayloadTooLargeError } from "../errors.ts"
import { perform } from "../layers/Perform.ts"
import { Transport } from "../layers/Transport.ts"
import type { Event, SentEvent } from "../schemas/Event.ts"
import { complete, DEFAULT_SOURCE, EventFault, fieldOf } from "./ingest/complete.ts"

export { DEFAULT_SOURCE }

/**
 * Ingestion, as the policies and errors know it.
 *
 * @since 2.0.0
 * @category operations
 */
export const ingestEvents: Operation = {
  name: "ingestEvents",
  method: "POST",
  path: "/api/v1/events",
  errors: new Set([400, 401, 403, 412, 413, 500, 503]),
  idempotency: "deduplicated"
}

/**
 * What sending events can fail with.
 *
 * @since 2.0.0
 * @category errors
 */
export type IngestError = PayloadTooLargeError | CommonError

/**
 * An event that is ready to be sent: checked, with every default filled in, and serialised.
 *
 * @since 2.0.0
 * @category models
 */
export interface PreparedEvent {
  /** The id of the event: the one that it came with, or the one that it was given. */
  readonly id: string
  /** Where the event comes from. The server knows an event by id and source. */
  readonly source: string
  /** The event as it travels, a JSON object. */
  readonly json: string
  /** The length of the JSON in UTF-8. */
  readonly bytes: number
}

/**
 * Ingestion.
 *
 * @since 2.0.0
 * @category models
 */
export interface IngestService {
  /**
   * Sends one event, or several as one batch, and returns them as they were sent, with every default filled in.
   *
   * Success means that the server has queued them; queries see them a little later. An event whose id and source the
   * server has seen already is dropped, so the same events can be sent again after a failure. A batch is not taken or
   * refused as one: after a failure some of its events may have been taken. An empty list sends nothing.
   *
   * Nothing is sent when one event is wrong: the `InvalidRequestError` names its place and attribute.
   *
   * `POST /api/v1/events`
   */
  readonly ingest: (events: Event | ReadonlyArray<Event>) => Effect.Effect<ReadonlyArray<SentEvent>, IngestError>
  /**
   * Sends events that {@link prepareEvent} made, as one batch; the same bytes each time. An empty list sends nothing.
   *
   * `POST /api/v1/events`
   */
  readonly send: (events: ReadonlyArray<PreparedEvent>) => Effect.Effect<void, IngestError>
}

/** Runs code of the program's own, a getter or a `toJSON`, which may throw. */
const reading = <A>(place: string, read: () => A): Effect.Effect<A, InvalidRequestError> =>
  Effect.try({
    try: read,
    catch: (cause) =>
      cause instanceof EventFault
        ? refused(ingestEvents, fieldOf(place, cause.path), cause.message)
        : refused(
            ingestEvents,
            place || "event",
            `cannot be read: ${cause instanceof Error ? cause.message : "it throws"}`
          )
  })

const encoder = new TextEncoder()
const isAscii = /^[\0-\x7f]*$/

/** May throw: it runs code of the program's own. */
const serialise = (event: SentEvent): PreparedEvent => {
  const json = JSON.stringify(event)
  const bytes = isAscii.test(json) ? json.length : encoder.encode(json).length
  return { id: event.id, source: event.source, json, bytes }
}

/**
 * Makes an event ready to be sent: checks it, fills in the defaults and serialises it.
 *
 * Fails with the `InvalidRequestError` that names the attribute which is wrong. The event itself stays as it is.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Ingest, prepareEvent } from "@openmeter/sdk/effect"
 *
 * const program = Effect.gen(function*() {
 *   const { send } = yield* Ingest
 *   const event = yield* prepareEvent({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 *   yield* send([event])
 * })
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const prepareEvent = (event: Event): Effect.Effect<PreparedEvent, InvalidRequestError> => prepareAt(event, "")

/**
 * Does as {@link prepareEvent}.
 *
 * @param place - of the event in what the program gave, for the error
 * @internal
 */
export const prepareAt = (event: Event, place: string): Effect.Effect<PreparedEvent, InvalidRequestError> =>
  Effect.withFiber((fiber) => {
    const now = fiber.getRef(Clock.Clock).currentTimeMillisUnsafe()
    return reading(place, () => serialise(complete(event, now)))
  })

const single = "application/cloudevents+json"
const batched = "application/cloudevents-batch+json"

/**
 * Makes the sender of events over a transport.
 *
 * @since 2.0.0
 * @category constructors
 */
export const makeIngest: Effect.Effect<IngestService, never, Transport> = Effect.map(
  Transport,
  ({ httpClient, observer }) => {
    const post = (body: string, contentType: string) =>
      perform(
        observer,
        ingestEvents,
        httpClient.execute(
          HttpClientRequest.setBody(HttpClientRequest.post(ingestEvents.path), HttpBody.text(body, contentType))
        ),
        (response) => (response.status === 204 ? Effect.void : undefined)
      ) as Effect.Effect<void, IngestError>

    const ingest = Effect.fnUntraced(function* (events: Event | ReadonlyArray<Event>) {
      const now = yield* Clock.currentTimeMillis
      if (!Array.isArray(events)) {
        const event = yield* reading("", () => complete(events, now))
        yield* post(yield* reading("", () => JSON.stringify(event)), single)
        return [event]
      }
      const batch = yield* Effect.forEach(events, (event, index) =>
        reading(`events[${index}]`, () => complete(event, now))
      )
      if (batch.length > 0) {
        yield* post(yield* reading("events", () => JSON.stringify(batch)), batched)
      }
      return batch
    })

    const send = (events: ReadonlyArray<PreparedEvent>) =>
      events.length === 0 ? Effect.void : post(`[${events.map(({ json }) => json).join(",")}]`, batched)

    return { ingest, send }
  }
)

/**
 * Ingestion alone: the smallest way to send events.
 *
 * `Events` has it too, beside the lists; this service spares a program that only sends what those need.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { Ingest, Transport } from "@openmeter/sdk/effect"
 *
 * const program = Effect.gen(function*() {
 *   const { ingest } = yield* Ingest
 *   yield* ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 * })
 *
 * const IngestLive = Ingest.layer.pipe(Layer.provide(Transport.layer({ baseUrl: "http://localhost:8888" })))
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Ingest extends Context.Service<Ingest, IngestService>()("@openmeter/sdk/Ingest") {
  /** Ingestion, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Ingest, never, Transport> = Layer.effect(Ingest, makeIngest)
}
