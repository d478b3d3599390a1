/**
 * Events: ingestion.
 */
import * as Result from "effect/Result"
import type { WireRequest } from "../http/Handler.ts"
import { empty } from "../http/Handler.ts"
import type { Body } from "../http/operation.ts"
import { checkBody, decodeBody, operation, requireBody } from "../http/operation.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import type { ReadEvent } from "../metering/acceptance.ts"
import { read, unusable } from "../metering/acceptance.ts"
import * as EventLog from "../metering/EventLog.ts"
import { badRequest, internalError } from "../Refusal.ts"
import { listEvents, listEventsV2 } from "./eventLists.ts"

const name = Wire.string({ minLength: 1 })

const Event = Wire.component(
  "Event",
  Wire.struct({
    id: name,
    source: name,
    specversion: name,
    type: name,
    subject: name,
    datacontenttype: Wire.optional(Wire.nullable(Wire.literals("application/json"))),
    dataschema: Wire.optional(Wire.nullable(name)),
    time: Wire.optional(Wire.nullable(Wire.dateTime)),
    data: Wire.optional(Wire.nullable(Wire.record(Wire.unknown)))
  })
)
type Event = Wire.Type<typeof Event>

const Events = Wire.array(Event)
const IngestEventsBody = Wire.component("IngestEventsBody", Wire.anyOf(Event, Events))

const schemas: Readonly<Record<string, Wire.Schema<Event | ReadonlyArray<Event>>>> = {
  "application/cloudevents+json": Event,
  "application/cloudevents-batch+json": Events,
  "application/json": IngestEventsBody
}

const contentTypeOf = (request: WireRequest): string => request.headers["content-type"] ?? ""

const eventsBody: Body<Event | ReadonlyArray<Event>> = {
  read: (request) => {
    requireBody(request)
    const value = decodeBody(request, Object.keys(schemas))
    const schema = schemas[contentTypeOf(request).split(";", 1)[0] ?? ""] ?? IngestEventsBody
    return checkBody(schema, value)
  }
}

/** The size limit of one event on its way to the store, in bytes. */
const eventLimit = 1_000_000

const isTooLarge = (event: ReadEvent): boolean => new TextEncoder().encode(JSON.stringify(event)).length > eventLimit

const ingestEvents = operation({ body: eventsBody }, ({ state, now, request, body }) => {
  const contentType = contentTypeOf(request)
  if (!Object.hasOwn(schemas, contentType)) throw badRequest(`invalid content type: ${contentType}`)
  const inputs = Array.isArray(body) ? body : [body]
  if (inputs.length === 0 && contentType === "application/json") throw badRequest("invalid event: no events found")
  const events = inputs.map((input: Event) =>
    Result.getOrThrowWith(read(input, now), (fault) => badRequest(`invalid event: ${fault}`))
  )
  // An event is never larger than the body it came in.
  const mayBeTooLarge = request.body.length > eventLimit / 4
  // From here on events are stored one by one: an error keeps out only those after it.
  for (const { data, ...event } of events) {
    if (data === unusable || (mayBeTooLarge && isTooLarge({ ...event, data }))) throw internalError()
    EventLog.append(state.events, { ...event, data, ingestedAt: now })
  }
  return empty(204)
})

/** The handlers of events. */
export const events = { ingestEvents, listEvents, listEventsV2 } satisfies Handlers
