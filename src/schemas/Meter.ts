/**
 * Meters: how usage is aggregated from events.
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
 * How a meter makes one number of the events of a window.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterAggregation = Schema.Literals(["SUM", "COUNT", "UNIQUE_COUNT", "AVG", "MIN", "MAX", "LATEST"])

/**
 * How a meter makes one number of the events of a window.
 *
 * @since 2.0.0
 * @category models
 */
export type MeterAggregation = typeof MeterAggregation.Type

/**
 * A meter, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Meter = Schema.Struct({
  id: Schema.String.annotateKey({ description: "The meter's id, a ULID." }),
  slug: Schema.String.annotateKey({ description: "The meter's name in paths, unique among the meters not deleted." }),
  name: nullish(Schema.String).annotateKey({ description: "The meter's name for people. Default: the slug." }),
  description: nullish(Schema.String).annotateKey({ description: "What the meter measures." }),
  aggregation: OpenEnum(MeterAggregation).annotateKey({
    description: "How one number is made of the events of a window."
  }),
  eventType: Schema.String.annotateKey({ description: "The type of the events that the meter takes." }),
  eventFrom: nullish(Timestamp).annotateKey({ description: "The instant from which events count. Absent: all count." }),
  valueProperty: nullish(Schema.String).annotateKey({
    description: "The JSONPath of the value within an event's data, e.g. `$.tokens`. Absent for COUNT."
  }),
  groupBy: nullish(Schema.Record(Schema.String, Schema.String)).annotateKey({
    description: "The JSONPaths of the group keys within an event's data, by name."
  }),
  metadata: nullish(Metadata).annotateKey({ description: "What the program attached." }),
  annotations: nullish(Annotations).annotateKey({ description: "What the server attached." }),
  createdAt: Timestamp.annotateKey({ description: "When the meter was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the meter was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the meter was deleted." })
}).annotate({ identifier: "Meter" })

/**
 * A meter, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface Meter extends Schema.Schema.Type<typeof Meter> {}

const name = optional(Schema.String.check(Schema.isBetweenLength(1, 256))).annotateKey({
  description: "The meter's name for people, 1 to 256 characters. Default: the slug."
})
const description = optional(Schema.String.check(Schema.isBetweenLength(1, 1024))).annotateKey({
  description: "What the meter measures, 1 to 1024 characters."
})
const metadata = optional(Schema.NullOr(Metadata)).annotateKey({ description: "Texts to attach, by name." })

const GroupBy = Schema.Record(Schema.String, Schema.String).check(
  Schema.makeFilter(
    (groups) =>
      Object.keys(groups)
        .filter((key) => !/^[A-Za-z_][0-9A-Za-z_]*$/.test(key))
        .map((key) => ({
          path: [key],
          issue: "a group key holds letters, digits and underscores, and begins with no digit"
        })),
    { expected: "JSONPaths by group key" }
  )
)

/**
 * What a meter is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterCreate = Schema.Struct({
  slug: Key.annotateKey({
    description: "The meter's name in paths: 1 to 64 lower-case letters, digits and single underscores."
  }),
  name,
  description,
  aggregation: MeterAggregation.annotateKey({ description: "How one number is made of the events of a window." }),
  eventType: Schema.NonEmptyString.annotateKey({ description: "The type of the events that the meter takes." }),
  eventFrom: optional(TimestampInput).annotateKey({
    description: "The instant from which events count. Default: all count."
  }),
  valueProperty: optional(Schema.NonEmptyString).annotateKey({
    description:
      "The JSONPath of the value within an event's data, e.g. `$.tokens`. Required, but for COUNT, which has none."
  }),
  groupBy: optional(GroupBy).annotateKey({
    description: "The JSONPaths of the group keys within an event's data, by name."
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
                ? "COUNT has no value"
                : `${meter.aggregation} needs the JSONPath of a value`
          }
    )
  )
  .annotate({ identifier: "MeterCreate" })

/**
 * What a meter is created from.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterCreate extends Schema.Schema.Type<typeof MeterCreate> {}

/**
 * What replaces the changeable parts of a meter: a part left out goes back to its default, but the description stays.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterUpdate = Schema.Struct({
  name,
  description,
  groupBy: optional(GroupBy).annotateKey({
    description: "The JSONPaths of the group keys within an event's data, by name. Left out: no groups."
  }),
  metadata
}).annotate({ identifier: "MeterUpdate" })

/**
 * What replaces the changeable parts of a meter.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterUpdate extends Schema.Schema.Type<typeof MeterUpdate> {}

/**
 * How meters are listed.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterListParams = Schema.Struct({
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description: "Whether deleted meters are listed too. Default: false."
  })
}).annotate({ identifier: "MeterListParams" })

/**
 * How meters are listed.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterListParams extends Schema.Schema.Type<typeof MeterListParams> {}

const range = {
  from: optional(TimestampInput).annotateKey({
    description: "From when usage counts, inclusive, cut to the second. Default: the first event."
  }),
  to: optional(TimestampInput).annotateKey({
    description: "Until when usage counts, exclusive, cut to the second. Default: the last event."
  })
}

const clientId = optional(Schema.String.check(Schema.isBetweenLength(1, 36))).annotateKey({
  description: "A name of yours for the query, 1 to 36 characters, under which its progress can be read."
})
const windowSize = optional(WindowSize).annotateKey({
  description: "The length of the windows. Left out: one value for the whole time."
})
const windowTimeZone = optional(TimeZone).annotateKey({
  description: "The IANA time zone to whose clock windows are aligned. Default: UTC."
})
const AtMost100 = Schema.Array(Schema.String).check(Schema.isMaxLength(100))
const advancedMeterGroupByFilters = Schema.Record(Schema.String, FilterString)

const filterCustomerId = optional(AtMost100).annotateKey({
  description: "Counts only these customers, at most 100 ids, and gives each its own rows."
})
const subjectDescription = "Counts only these subjects, and gives each its own rows."
const groupByDescription = "Gives each value of these group keys of the meter, `subject` or `customer_id` its own rows."

/**
 * A meter query by GET.
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
    description: "Counts only events whose group key has this value: one value a key."
  }),
  advancedMeterGroupByFilters: optional(Schema.fromJsonString(advancedMeterGroupByFilters)).annotateKey({
    description: "Counts only events whose group keys match these filters. Not together with `filterGroupBy`."
  })
}).annotate({ identifier: "MeterQueryParams" })

/**
 * A meter query by GET.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterQueryParams extends Schema.Schema.Type<typeof MeterQueryParams> {}

/**
 * A meter query by POST, for filters too long for a URL.
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
    description: "Counts only events whose group key has one of these values."
  }),
  advancedMeterGroupByFilters: optional(advancedMeterGroupByFilters).annotateKey({
    description: "Counts only events whose group keys match these filters. Not together with `filterGroupBy`."
  })
}).annotate({ identifier: "MeterQueryRequest" })

/**
 * A meter query by POST, for filters too long for a URL.
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
  value: Schema.Number.annotateKey({ description: "The usage of the window and group." }),
  windowStart: Timestamp.annotateKey({ description: "Where the window begins; it belongs to it." }),
  windowEnd: Timestamp.annotateKey({ description: "Where the window ends; it does not belong to it." }),
  subject: nullish(Schema.String).annotateKey({ description: "The subject, when the query groups by it." }),
  customerId: nullish(Schema.String).annotateKey({ description: "The customer, when the query filters by customers." }),
  groupBy: Schema.Record(Schema.String, Schema.NullOr(Schema.String)).annotateKey({
    description: "The values of the group keys that were asked for."
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
 * The answer to a meter query.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterQueryResult = Schema.Struct({
  from: nullish(Timestamp).annotateKey({ description: "From when usage counts, when the query said so." }),
  to: nullish(Timestamp).annotateKey({ description: "Until when usage counts, when the query said so." }),
  windowSize: nullish(OpenEnum(WindowSize)).annotateKey({
    description: "The length of the windows, when the query said so."
  }),
  data: Schema.Array(MeterQueryRow).annotateKey({ description: "The values, by window." })
}).annotate({ identifier: "MeterQueryResult" })

/**
 * The answer to a meter query.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterQueryResult extends Schema.Schema.Type<typeof MeterQueryResult> {}

/**
 * The time within which subjects, or values of a group key, are looked for.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeterRangeParams = Schema.Struct(range).annotate({ identifier: "MeterRangeParams" })

/**
 * The time within which subjects, or values of a group key, are looked for.
 *
 * @since 2.0.0
 * @category models
 */
export interface MeterRangeParams extends Schema.Schema.Type<typeof MeterRangeParams> {}
