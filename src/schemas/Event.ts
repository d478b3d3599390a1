/**
 * Events: what a program meters, as CloudEvents.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { extensionIssue } from "./extension.ts"
import { type JsonObjectInput, JsonObjectWithoutNulls } from "./Json.ts"
import { TimestampInput } from "./Timestamp.ts"

/**
 * An event that a program gives: a CloudEvent, of which type and subject are required.
 *
 * Extension attributes (a string, a number or a boolean under a name of letters and digits) travel too; the server does
 * not keep them. A name that looks like a misspelt attribute is refused.
 *
 * @since 2.0.0
 * @category models
 */
export interface Event {
  /**
   * Tells the event apart within its source: one that comes again with the same id and source is dropped by the
   * server. Default: a random UUID.
   */
  readonly id?: string | null | undefined
  /** Where the event comes from, a URI reference. Default: `@openmeter/sdk`. */
  readonly source?: string | null | undefined
  /** The version of CloudEvents. Default: `1.0`. */
  readonly specversion?: "1.0" | "0.3" | null | undefined
  /** What happened, e.g. `prompt`. Meters take events by type. */
  readonly type: string
  /** Who used it: the key of a subject or customer. */
  readonly subject: string
  /** When it happened, kept to the second. Default: now. */
  readonly time?: TimestampInput | null | undefined
  /** What meters read values and groups from: an object that JSON can express, without `null` directly inside it. */
  readonly data?: JsonObjectInput | null | undefined
  /** The content type of the data. */
  readonly datacontenttype?: "application/json" | null | undefined
  /** The URI of the schema that the data follows. The server does not keep it. */
  readonly dataschema?: string | null | undefined
}

/**
 * An event as it travels: every default is filled in.
 *
 * @since 2.0.0
 * @category models
 */
export interface SentEvent extends Event {
  readonly id: string
  readonly source: string
  readonly specversion: "1.0" | "0.3"
  /** RFC 3339 text. */
  readonly time: string
}

/** The server puts another character where half of a surrogate pair was: the event would get another id or subject. */
const Text = Schema.NonEmptyString.check(
  Schema.makeFilter((text) => text.isWellFormed(), { expected: "a string without lone surrogates" })
)

const Attributes = Schema.Struct({
  id: Text.annotateKey({
    description: "Tells the event apart within its source: one that comes again with the same id and source is dropped."
  }),
  source: Text.annotateKey({ description: "Where the event comes from, a URI reference." }),
  specversion: Schema.Literals(["1.0", "0.3"]).annotateKey({ description: "The version of CloudEvents." }),
  type: Text.annotateKey({ description: "What happened, e.g. `prompt`. Meters take events by type." }),
  subject: Text.annotateKey({ description: "Who used it: the key of a subject or customer." }),
  time: TimestampInput.annotateKey({ description: "When it happened, kept to the second." }),
  // Not `optional`, which would check the data of every event twice: ingestion writes its JSON itself.
  data: Schema.optional(Schema.NullOr(JsonObjectWithoutNulls)).annotateKey({
    description: "What meters read values and groups from: an object that JSON can express."
  }),
  datacontenttype: Schema.optional(Schema.NullOr(Schema.Literal("application/json"))).annotateKey({
    description: "The content type of the data: JSON, always."
  }),
  dataschema: Schema.optional(Schema.NullOr(Text)).annotateKey({
    description: "The URI of the schema that the data follows. The server does not keep it."
  })
})

/**
 * The schema of an event as it travels.
 *
 * The contract's word on events. What programs give is checked by `services/ingest/complete.ts`, which a test holds to it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SentEvent = Schema.StructWithRest(Attributes, [Schema.Record(Schema.String, Schema.Unknown)])
  .check(
    Schema.makeFilter((event) =>
      Object.entries(event)
        .filter(([name]) => !Object.hasOwn(Attributes.fields, name))
        .flatMap(([name, value]) => {
          const issue = extensionIssue(name, value)
          return issue === undefined ? [] : [{ path: [name], issue }]
        })
    )
  )
  .annotate({ identifier: "Event" })
