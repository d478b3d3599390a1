/**
 * Usage events, as CloudEvents.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { extensionIssue } from "./extension.ts"
import { type JsonObjectInput, JsonObjectWithoutNulls } from "./Json.ts"
import { TimestampInput } from "./Timestamp.ts"

/**
 * An event to send: a CloudEvent, of which only type and subject are required.
 *
 * Extension attributes (a string, a number or a boolean under a name of letters and digits) are sent too, but the
 * server does not keep them. A name that looks like a misspelled attribute is rejected.
 *
 * @since 2.0.0
 * @category models
 */
export interface Event {
  /**
   * Identifies the event within its source. The server drops an event with an id and source that it has already seen.
   * Default: a random UUID.
   */
  readonly id?: string | null | undefined
  /** Source of the event, a URI reference. Default: `@openmeter/sdk`. */
  readonly source?: string | null | undefined
  /** CloudEvents version. Default: `1.0`. */
  readonly specversion?: "1.0" | "0.3" | null | undefined
  /** Type of the event, e.g. `prompt`. Meters select events by type. */
  readonly type: string
  /** Subject of the usage: the key of a subject or customer. */
  readonly subject: string
  /** Time of the event, kept to the second. Default: now. */
  readonly time?: TimestampInput | null | undefined
  /**
   * Data from which meters read values and groups: an object that can be expressed as JSON, without fields that are
   * `null`. Nested values may contain `null`.
   */
  readonly data?: JsonObjectInput | null | undefined
  /** Content type of the data. */
  readonly datacontenttype?: "application/json" | null | undefined
  /** URI of the schema of the data. The server does not keep it. */
  readonly dataschema?: string | null | undefined
}

/**
 * An event as sent, with every default filled in.
 *
 * @since 2.0.0
 * @category models
 */
export interface SentEvent extends Event {
  readonly id: string
  readonly source: string
  readonly specversion: "1.0" | "0.3"
  /** Time of the event, as an RFC 3339 string. */
  readonly time: string
}

/** The server replaces lone surrogates, which would change the id or the subject. */
const Text = Schema.NonEmptyString.check(
  Schema.makeFilter((text) => text.isWellFormed(), { expected: "a string without lone surrogates" })
)

const Attributes = Schema.Struct({
  id: Text.annotateKey({
    description:
      "Identifies the event within its source. The server drops an event with an id and source that it has already seen."
  }),
  source: Text.annotateKey({ description: "Source of the event, a URI reference." }),
  specversion: Schema.Literals(["1.0", "0.3"]).annotateKey({ description: "CloudEvents version." }),
  type: Text.annotateKey({ description: "Type of the event, e.g. `prompt`. Meters select events by type." }),
  subject: Text.annotateKey({ description: "Subject of the usage: the key of a subject or customer." }),
  time: TimestampInput.annotateKey({ description: "Time of the event, kept to the second." }),
  // Not `optional`, which would check the data of every event twice: ingestion writes its JSON itself.
  data: Schema.optional(Schema.NullOr(JsonObjectWithoutNulls)).annotateKey({
    description: "Data from which meters read values and groups: an object that can be expressed as JSON."
  }),
  datacontenttype: Schema.optional(Schema.NullOr(Schema.Literal("application/json"))).annotateKey({
    description: "Content type of the data: always JSON."
  }),
  dataschema: Schema.optional(Schema.NullOr(Text)).annotateKey({
    description: "URI of the schema of the data. The server does not keep it."
  })
})

/**
 * Schema of an event as sent.
 *
 * Used by the contract only. `services/ingest/complete.ts` validates the events of programs, and a test keeps the two
 * consistent.
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
