/**
 * Stored events, and the parameters for listing them.
 *
 * A separate module, so that a program that only sends events does not bundle it.
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
 * An event as stored by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const StoredEvent = Schema.Struct({
  id: Schema.String.annotateKey({ description: "Identifies the event within its source." }),
  source: Schema.String.annotateKey({ description: "Source of the event." }),
  specversion: Schema.String.annotateKey({ description: "CloudEvents version." }),
  type: Schema.String.annotateKey({ description: "What happened." }),
  subject: Schema.String.annotateKey({ description: "Subject of the usage." }),
  time: nullish(Timestamp).annotateKey({ description: "Time of the event, to the second." }),
  data: nullish(Schema.Record(Schema.String, Schema.Unknown)).annotateKey({ description: "Data, as sent." }),
  datacontenttype: nullish(Schema.String).annotateKey({ description: "Content type of the data." }),
  dataschema: nullish(Schema.String).annotateKey({ description: "URI of the schema of the data." })
}).annotate({ identifier: "StoredEvent" })

/**
 * An event as stored by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface StoredEvent extends Schema.Schema.Type<typeof StoredEvent> {}

/**
 * A stored event, with the details that the server adds.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IngestedEvent = Schema.Struct({
  event: StoredEvent.annotateKey({ description: "The event itself." }),
  customerId: nullish(Schema.String).annotateKey({
    description: "Id of the customer that the subject belongs to."
  }),
  validationError: nullish(Schema.String).annotateKey({
    description: "Why meters cannot use the event, based on the current meters and customers, one reason per line."
  }),
  ingestedAt: Timestamp.annotateKey({ description: "When the server accepted the event." }),
  storedAt: Timestamp.annotateKey({ description: "When the event became visible to queries." })
}).annotate({ identifier: "IngestedEvent" })

/**
 * A stored event, with the details that the server adds.
 *
 * @since 2.0.0
 * @category models
 */
export interface IngestedEvent extends Schema.Schema.Type<typeof IngestedEvent> {}

const clientId = optional(Schema.String.check(Schema.isBetweenLength(1, 36))).annotateKey({
  description: "Your id for the query, 1 to 36 characters, under which its progress can be fetched."
})
const limit = optional(Limit100).annotateKey({
  description: "Maximum number of events to return, 1 to 100. Default: 100."
})

/**
 * Query parameters for listing the most recent events.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EventListParams = Schema.Struct({
  clientId,
  ingestedAtFrom: optional(TimestampInput).annotateKey({
    description: "Returns only events accepted at or after this time, at most 32 days ago."
  }),
  ingestedAtTo: optional(TimestampInput).annotateKey({ description: "Returns only events accepted before this time." }),
  id: optional(Schema.NonEmptyString).annotateKey({
    description: "Returns only events whose id contains this string, case-sensitively."
  }),
  subject: optional(Schema.NonEmptyString).annotateKey({ description: "Returns only events of this subject." }),
  customerId: optional(Schema.Array(Ulid)).annotateKey({
    description: "Returns only events of these customers' subjects, given by customer id."
  }),
  from: optional(TimestampInput).annotateKey({
    description: "Returns only events at or after this time, at most 32 days ago. Default: 32 days ago."
  }),
  to: optional(TimestampInput).annotateKey({ description: "Returns only events before this time. Default: no end." }),
  limit
}).annotate({ identifier: "EventListParams" })

/**
 * Query parameters for listing the most recent events.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventListParams extends Schema.Schema.Type<typeof EventListParams> {}

/**
 * Filters for listing events. An event must match all of them.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EventFilter = Schema.Struct({
  id: optional(FilterString).annotateKey({ description: "By id." }),
  source: optional(FilterString).annotateKey({ description: "By source." }),
  subject: optional(FilterString).annotateKey({ description: "By subject." }),
  customerId: optional(FilterId).annotateKey({ description: "By the id of the subject's customer." }),
  type: optional(FilterString).annotateKey({ description: "By type." }),
  time: optional(FilterTime).annotateKey({ description: "By the time of the event." }),
  ingestedAt: optional(FilterTime).annotateKey({ description: "By when the server accepted the event." })
}).annotate({ identifier: "EventFilter" })

/**
 * Filters for listing events. An event must match all of them.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventFilter extends Schema.Schema.Type<typeof EventFilter> {}

/**
 * Query parameters for listing events with filters, by cursor.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EventListV2Params = Schema.Struct({
  cursor: optional(Schema.NonEmptyString).annotateKey({
    description: "Start of the page: the `nextCursor` of the previous page."
  }),
  limit,
  clientId,
  filter: optional(Schema.fromJsonString(EventFilter)).annotateKey({ description: "Filter on the events." })
}).annotate({ identifier: "EventListV2Params" })

/**
 * Query parameters for listing events with filters, by cursor.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventListV2Params extends Schema.Schema.Type<typeof EventListV2Params> {}

/**
 * One page of events.
 *
 * @since 2.0.0
 * @category schemas
 */
export const IngestedEventPage = Schema.Struct({
  items: Schema.Array(IngestedEvent).annotateKey({ description: "Events of this page, newest first." }),
  nextCursor: nullish(Schema.String).annotateKey({
    description: "Cursor of the next page. Absent if this page is not full."
  })
}).annotate({ identifier: "IngestedEventPage" })
