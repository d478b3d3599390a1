/**
 * Ingestion only: the smallest way to send events.
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
 * Description of the ingest operation, for policies and errors.
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
 * Errors that sending events can fail with.
 *
 * @since 2.0.0
 * @category errors
 */
export type IngestError = PayloadTooLargeError | CommonError

/**
 * An event ready to be sent: validated, with every default filled in, and serialized.
 *
 * @since 2.0.0
 * @category models
 */
export interface PreparedEvent {
  /** Id of the event, either given or generated. */
  readonly id: string
  /** Source of the event. The server identifies an event by id and source. */
  readonly source: string
  /** The event as sent: a JSON object. */
  readonly json: string
  /** Length of the JSON in bytes, as UTF-8. */
  readonly bytes: number
}

/**
 * Operations that send events.
 *
 * @since 2.0.0
 * @category models
 */
export interface IngestService {
  /**
   * Sends one event, or several as one batch, and returns them as sent, with every default filled in.
   *
   * On success, the server has queued the events; they appear in queries shortly after. The server drops an event whose
   * id and source it has already seen, so it is safe to send the same events again after a failure. A batch is not
   * atomic: after a failure, some of its events may have been accepted. An empty array sends nothing.
   *
   * If any event is invalid, nothing is sent, and the `InvalidRequestError` names its position and attribute.
   *
   * `POST /api/v1/events`
   */
  readonly ingest: (events: Event | ReadonlyArray<Event>) => Effect.Effect<ReadonlyArray<SentEvent>, IngestError>
  /**
   * Sends events made by {@link prepareEvent} as one batch, with the same bytes every time. An empty array sends
   * nothing.
   *
   * `POST /api/v1/events`
   */
  readonly send: (events: ReadonlyArray<PreparedEvent>) => Effect.Effect<void, IngestError>
}

/** Runs user code that may throw, such as a getter or a `toJSON`. */
const reading = <A>(place: string, read: () => A): Effect.Effect<A, InvalidRequestError> =>
  Effect.try({
    try: read,
    catch: (cause) =>
      cause instanceof EventFault
        ? refused(ingestEvents, fieldOf(place, cause.path), cause.message)
        : refused(
            ingestEvents,
            place || "event",
            `cannot be read: ${cause instanceof Error ? cause.message : "a getter or toJSON threw"}`
          )
  })

const encoder = new TextEncoder()
const isAscii = /^[\0-\x7f]*$/

/** May throw, because it runs user code. */
const serialise = (event: SentEvent): PreparedEvent => {
  const json = JSON.stringify(event)
  const bytes = isAscii.test(json) ? json.length : encoder.encode(json).length
  return { id: event.id, source: event.source, json, bytes }
}

/**
 * Prepares an event for sending: validates it, fills in the defaults and serializes it.
 *
 * Fails with an `InvalidRequestError` that names the invalid attribute. Does not modify the event.
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
 * Like {@link prepareEvent}, with a position for the error.
 *
 * @param place - position of the event in the input
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
 * Creates the ingest service over a transport.
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
 * Service that only sends events: the smallest way to ingest.
 *
 * `Events` sends events too, and also lists them. A program that only sends events gets a smaller bundle with this
 * service.
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
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Ingest, never, Transport> = Layer.effect(Ingest, makeIngest)
}
