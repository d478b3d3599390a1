/**
 * Meters, which aggregate events into usage.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { FilterString } from "./Filter.ts"
import { Key } from "./Identifier.ts"
import { Annotations, Metadata } from "./Metadata.ts"
import { optional } from "./Optional.ts"
import { nullish, OpenEnum } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"
import { TimeZone, WindowSize } from "./Window.ts"

/**
 * How a meter aggregates the events of a window into one value.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterAggregation = Schema.Literals(["SUM", "COUNT", "UNIQUE_COUNT", "AVG", "MIN", "MAX", "LATEST"])

/**
 * How a meter aggregates the events of a window into one value.
 *
 * @since 2.0.0
 * @category models
 */
export type MeterAggregation = typeof MeterAggregation.Type

/**
 * A meter, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Meter = Schema.Struct({
  id: Schema.String.annotateKey({ description: "Id of the meter, a ULID." }),
  slug: Schema.String.annotateKey({ description: "Slug of the meter, unique among the meters that are not deleted." }),
  name: nullish(Schema.String).annotateKey({ description: "Display name of the meter. Defaults to the slug." }),
  description: nullish(Schema.String).annotateKey({ description: "Description of the meter." }),
  aggregation: OpenEnum(MeterAggregation).annotateKey({
    description: "How the events of a window are aggregated into one value."
  }),
  eventType: Schema.String.annotateKey({ description: "Type of the events that the meter aggregates." }),
  eventFrom: nullish(Timestamp).annotateKey({
    description: "Time from which events count. If absent, all events count."
  }),
  valueProperty: nullish(Schema.String).annotateKey({
    description: "JSONPath of the value in an event's data, e.g. `$.tokens`. Absent for COUNT."
  }),
  groupBy: nullish(Schema.Record(Schema.String, Schema.String)).annotateKey({
    description: "JSONPaths of the group keys in an event's data, by name."
  }),
  metadata: nullish(Metadata).annotateKey({ description: "User-defined metadata." }),
  annotations: nullish(Annotations).annotateKey({ description: "Metadata attached by the server." }),
  createdAt: Timestamp.annotateKey({ description: "When the meter was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the meter was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the meter was deleted." })
}).annotate({ identifier: "Meter" })

/**
 * A meter, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface Meter extends Schema.Schema.Type<typeof Meter> {}

const name = optional(Schema.String.check(Schema.isBetweenLength(1, 256))).annotateKey({
  description: "Display name of the meter, 1 to 256 characters. Defaults to the slug."
})
const description = optional(Schema.String.check(Schema.isBetweenLength(1, 1024))).annotateKey({
  description: "Description of the meter, 1 to 1024 characters."
})
const metadata = optional(Schema.NullOr(Metadata)).annotateKey({
  description: "User-defined metadata: strings by name."
})

const GroupBy = Schema.Record(Schema.String, Schema.String).check(
  Schema.makeFilter(
    (groups) =>
      Object.keys(groups)
        .filter((key) => !/^[A-Za-z_][0-9A-Za-z_]*$/.test(key))
        .map((key) => ({
          path: [key],
          issue: "a group key must contain only letters, digits and underscores, and must not start with a digit"
        })),
    { expected: "JSONPaths by group key" }
  )
)

/**
 * Input for creating a meter.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterCreate = Schema.Struct({
  slug: Key.annotateKey({
    description: "Slug of the meter: 1 to 64 lowercase letters, digits and single underscores."
  }),
  name,
  description,
  aggregation: MeterAggregation.annotateKey({
    description: "How the events of a window are aggregated into one value."
  }),
  eventType: Schema.NonEmptyString.annotateKey({ description: "Type of the events that the meter aggregates." }),
  eventFrom: optional(TimestampInput).annotateKey({
    description: "Time from which events count. If omitted, all events count."
  }),
  valueProperty: optional(Schema.NonEmptyString).annotateKey({
    description:
      "JSONPath of the value in an event's data, e.g. `$.tokens`. Required except for COUNT, which does not allow it."
  }),
  groupBy: optional(GroupBy).annotateKey({
    description: "JSONPaths of the group keys in an event's data, by name."
  }),
  metadata
})
  .check(
    Schema.makeFilter((meter) =>
      (meter.aggregation === "COUNT") === (meter.valueProperty === undefined)
        ? undefined
        : {
            path: ["valueProperty"],
            issue:
              meter.aggregation === "COUNT"
                ? "must be omitted for COUNT"
                : `must be the JSONPath of a value for ${meter.aggregation}`
          }
    )
  )
  .annotate({ identifier: "MeterCreate" })

/**
 * Input for creating a meter.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterCreate extends Schema.Schema.Type<typeof MeterCreate> {}

/**
 * Input for updating a meter. Omitted fields return to their defaults, except the description, which keeps its value.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterUpdate = Schema.Struct({
  name,
  description,
  groupBy: optional(GroupBy).annotateKey({
    description: "JSONPaths of the group keys in an event's data, by name. If omitted, the meter has no groups."
  }),
  metadata
}).annotate({ identifier: "MeterUpdate" })

/**
 * Input for updating a meter.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterUpdate extends Schema.Schema.Type<typeof MeterUpdate> {}

/**
 * Query parameters for listing meters.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterListParams = Schema.Struct({
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description: "Whether to include deleted meters. Default: false."
  })
}).annotate({ identifier: "MeterListParams" })

/**
 * Query parameters for listing meters.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterListParams extends Schema.Schema.Type<typeof MeterListParams> {}

const range = {
  from: optional(TimestampInput).annotateKey({
    description: "Start of the time range, inclusive, truncated to the second. Default: the first event."
  }),
  to: optional(TimestampInput).annotateKey({
    description: "End of the time range, exclusive, truncated to the second. Default: the last event."
  })
}

const clientId = optional(Schema.String.check(Schema.isBetweenLength(1, 36))).annotateKey({
  description: "Your id for the query, 1 to 36 characters, under which its progress can be fetched."
})
const windowSize = optional(WindowSize).annotateKey({
  description: "Size of the windows. If omitted, the result is one value for the whole time range."
})
const windowTimeZone = optional(TimeZone).annotateKey({
  description: "IANA time zone to align windows to. Default: UTC."
})
const AtMost100 = Schema.Array(Schema.String).check(Schema.isMaxLength(100))
const advancedMeterGroupByFilters = Schema.Record(Schema.String, FilterString)

const filterCustomerId = optional(AtMost100).annotateKey({
  description: "Counts only the usage of these customers, given by at most 100 ids, with separate rows for each."
})
const subjectDescription = "Counts only the usage of these subjects, with separate rows for each."
const groupByDescription = "Groups rows by these keys: group keys of the meter, `subject` or `customer_id`."

/**
 * Query parameters of a meter query by GET.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterQueryParams = Schema.Struct({
  ...range,
  clientId,
  windowSize,
  windowTimeZone,
  subject: optional(Schema.Array(Schema.String)).annotateKey({ description: subjectDescription }),
  filterCustomerId,
  groupBy: optional(Schema.Array(Schema.String)).annotateKey({ description: groupByDescription }),
  filterGroupBy: optional(Schema.Record(Schema.String, Schema.String)).annotateKey({
    description: "Counts only events whose group keys have these values, one value per key."
  }),
  advancedMeterGroupByFilters: optional(Schema.fromJsonString(advancedMeterGroupByFilters)).annotateKey({
    description: "Counts only events whose group keys match these filters. Cannot be combined with `filterGroupBy`."
  })
}).annotate({ identifier: "MeterQueryParams" })

/**
 * Query parameters of a meter query by GET.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterQueryParams extends Schema.Schema.Type<typeof MeterQueryParams> {}

/**
 * Body of a meter query by POST, for filters that are too long for a URL.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterQueryRequest = Schema.Struct({
  ...range,
  clientId,
  windowSize,
  windowTimeZone,
  subject: optional(AtMost100).annotateKey({ description: `${subjectDescription} At most 100.` }),
  filterCustomerId,
  groupBy: optional(AtMost100).annotateKey({ description: `${groupByDescription} At most 100.` }),
  filterGroupBy: optional(Schema.Record(Schema.String, Schema.Array(Schema.String))).annotateKey({
    description: "Counts only events whose group keys have one of these values."
  }),
  advancedMeterGroupByFilters: optional(advancedMeterGroupByFilters).annotateKey({
    description: "Counts only events whose group keys match these filters. Cannot be combined with `filterGroupBy`."
  })
}).annotate({ identifier: "MeterQueryRequest" })

/**
 * Body of a meter query by POST, for filters that are too long for a URL.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterQueryRequest extends Schema.Schema.Type<typeof MeterQueryRequest> {}

/**
 * One value of a meter query.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterQueryRow = Schema.Struct({
  value: Schema.Number.annotateKey({ description: "Usage of the window and group." }),
  windowStart: Timestamp.annotateKey({ description: "Start of the window, inclusive." }),
  windowEnd: Timestamp.annotateKey({ description: "End of the window, exclusive." }),
  subject: nullish(Schema.String).annotateKey({ description: "Subject, if the query groups by it." }),
  customerId: nullish(Schema.String).annotateKey({
    description: "Id of the customer, if the query filters by customers."
  }),
  groupBy: Schema.Record(Schema.String, Schema.NullOr(Schema.String)).annotateKey({
    description: "Values of the requested group keys."
  })
}).annotate({ identifier: "MeterQueryRow" })

/**
 * One value of a meter query.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterQueryRow extends Schema.Schema.Type<typeof MeterQueryRow> {}

/**
 * Result of a meter query.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterQueryResult = Schema.Struct({
  from: nullish(Timestamp).annotateKey({ description: "Start of the time range, if given in the query." }),
  to: nullish(Timestamp).annotateKey({ description: "End of the time range, if given in the query." }),
  windowSize: nullish(OpenEnum(WindowSize)).annotateKey({
    description: "Size of the windows, if given in the query."
  }),
  data: Schema.Array(MeterQueryRow).annotateKey({ description: "Rows of the result, by window." })
}).annotate({ identifier: "MeterQueryResult" })

/**
 * Result of a meter query.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterQueryResult extends Schema.Schema.Type<typeof MeterQueryResult> {}

/**
 * Time range in which to look for subjects or for values of a group key.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterRangeParams = Schema.Struct(range).annotate({ identifier: "MeterRangeParams" })

/**
 * Time range in which to look for subjects or for values of a group key.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterRangeParams extends Schema.Schema.Type<typeof MeterRangeParams> {}
