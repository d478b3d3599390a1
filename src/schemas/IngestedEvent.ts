/**
 * Events as the server has them, and how they are listed.
 *
 * A module of its own, so that a program that only sends events does not carry it.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { FilterId, FilterString, FilterTime } from "./Filter.ts"
import { Ulid } from "./Identifier.ts"
import { optional } from "./Optional.ts"
import { Limit100 } from "./Paging.ts"
import { nullish } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * An event as the server has it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const StoredEvent = Schema.Struct({
  id: Schema.String.annotateKey({ description: "Tells the event apart within its source." }),
  source: Schema.String.annotateKey({ description: "Where the event comes from." }),
  specversion: Schema.String.annotateKey({ description: "The version of CloudEvents." }),
  type: Schema.String.annotateKey({ description: "What happened." }),
  subject: Schema.String.annotateKey({ description: "Who used it." }),
  time: nullish(Timestamp).annotateKey({ description: "When it happened, to the second." }),
  data: nullish(Schema.Record(Schema.String, Schema.Unknown)).annotateKey({ description: "The data, as it was sent." }),
  datacontenttype: nullish(Schema.String).annotateKey({ description: "The content type of the data." }),
  dataschema: nullish(Schema.String).annotateKey({ description: "The URI of the schema that the data follows." })
}).annotate({ identifier: "StoredEvent" })

/**
 * An event as the server has it.
 *
 * @since 2.0.0
 * @category models
 */
export interface StoredEvent extends Schema.Schema.Type<typeof StoredEvent> {}

/**
 * An event as the server has it, with what the server makes of it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IngestedEvent = Schema.Struct({
  event: StoredEvent.annotateKey({ description: "The event itself." }),
  customerId: nullish(Schema.String).annotateKey({
    description: "The id of the customer to whom the subject belongs."
  }),
  validationError: nullish(Schema.String).annotateKey({
    description: "Why meters cannot take the event, judged by today's meters and customers, one reason a line."
  }),
  ingestedAt: Timestamp.annotateKey({ description: "When the server took the event." }),
  storedAt: Timestamp.annotateKey({ description: "When the event became visible to queries." })
}).annotate({ identifier: "IngestedEvent" })

/**
 * An event as the server has it, with what the server makes of it.
 *
 * @since 2.0.0
 * @category models
 */
export interface IngestedEvent extends Schema.Schema.Type<typeof IngestedEvent> {}

const clientId = optional(Schema.String.check(Schema.isBetweenLength(1, 36))).annotateKey({
  description: "A name of yours for the query, 1 to 36 characters, under which its progress can be read."
})
const limit = optional(Limit100).annotateKey({
  description: "How many events to answer, 1 to 100. Default: 100."
})

/**
 * Which of the latest events are listed, and how many.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EventListParams = Schema.Struct({
  clientId,
  ingestedAtFrom: optional(TimestampInput).annotateKey({
    description: "Taken by the server from then on, inclusive, at most 32 days ago."
  }),
  ingestedAtTo: optional(TimestampInput).annotateKey({ description: "Taken by the server before then." }),
  id: optional(Schema.NonEmptyString).annotateKey({ description: "Whose id contains the text, in this case." }),
  subject: optional(Schema.NonEmptyString).annotateKey({ description: "Of this subject alone." }),
  customerId: optional(Schema.Array(Ulid)).annotateKey({
    description: "Of the subjects of these customers, by id."
  }),
  from: optional(TimestampInput).annotateKey({
    description: "From then on, inclusive, at most 32 days ago. Default: 32 days ago."
  }),
  to: optional(TimestampInput).annotateKey({ description: "Before then. Default: no end." }),
  limit
}).annotate({ identifier: "EventListParams" })

/**
 * Which of the latest events are listed, and how many.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventListParams extends Schema.Schema.Type<typeof EventListParams> {}

/**
 * Filters of a list of events: an event is listed when all of them hold.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EventFilter = Schema.Struct({
  id: optional(FilterString).annotateKey({ description: "By id." }),
  source: optional(FilterString).annotateKey({ description: "By source." }),
  subject: optional(FilterString).annotateKey({ description: "By subject." }),
  customerId: optional(FilterId).annotateKey({ description: "By the id of the customer of the subject." }),
  type: optional(FilterString).annotateKey({ description: "By type." }),
  time: optional(FilterTime).annotateKey({ description: "By the instant at which it happened." }),
  ingestedAt: optional(FilterTime).annotateKey({ description: "By the instant at which the server took it." })
}).annotate({ identifier: "EventFilter" })

/**
 * Filters of a list of events: an event is listed when all of them hold.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventFilter extends Schema.Schema.Type<typeof EventFilter> {}

/**
 * Which events are listed, and which page of them.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EventListV2Params = Schema.Struct({
  cursor: optional(Schema.NonEmptyString).annotateKey({
    description: "Where the page begins: the `nextCursor` of the page before it."
  }),
  limit,
  clientId,
  filter: optional(Schema.fromJsonString(EventFilter)).annotateKey({ description: "Which events are listed." })
}).annotate({ identifier: "EventListV2Params" })

/**
 * Which events are listed, and which page of them.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventListV2Params extends Schema.Schema.Type<typeof EventListV2Params> {}

/**
 * One page of a list of events.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IngestedEventPage = Schema.Struct({
  items: Schema.Array(IngestedEvent).annotateKey({ description: "The events of this page, newest first." }),
  nextCursor: nullish(Schema.String).annotateKey({
    description: "Where the next page begins. Absent when this page is not full."
  })
}).annotate({ identifier: "IngestedEventPage" })
