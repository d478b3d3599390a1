/**
 * Subjects: the users or things whose usage events report.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { JsonObjectWithoutNulls } from "./Json.ts"
import { optional } from "./Optional.ts"
import { nullish } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * A subject, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Subject = Schema.Struct({
  id: Schema.String.annotateKey({ description: "Id of the subject, a ULID." }),
  key: Schema.String.annotateKey({
    description: "Key of the subject, used as the subject of events. Unique among the subjects that are not deleted."
  }),
  displayName: nullish(Schema.String).annotateKey({ description: "Display name of the subject." }),
  metadata: nullish(Schema.Record(Schema.String, Schema.Unknown)).annotateKey({
    description: "User-defined metadata: any JSON values by name."
  }),
  currentPeriodStart: nullish(Timestamp).annotateKey({
    description: "Deprecated: the server does not keep a subject's billing period."
  }),
  currentPeriodEnd: nullish(Timestamp).annotateKey({
    description: "Deprecated: the server does not keep a subject's billing period."
  }),
  stripeCustomerId: nullish(Schema.String).annotateKey({
    description: "Deprecated: Stripe customer id of the subject, which starts with `cus_`."
  }),
  createdAt: Timestamp.annotateKey({ description: "When the subject was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the subject was last upserted or deleted." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the subject was deleted." })
}).annotate({ identifier: "Subject" })

/**
 * A subject, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface Subject extends Schema.Schema.Type<typeof Subject> {}

const StripeCustomerId = Schema.String.check(Schema.isStartingWith("cus_"))

/**
 * Input for creating or updating a subject. Omitted fields keep their values; `null` clears a field.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SubjectUpsert = Schema.Struct({
  key: Schema.NonEmptyString.annotateKey({
    description:
      "Key of the subject, used as the subject of events. Any characters are allowed, compared without normalization."
  }),
  displayName: optional(Schema.NullOr(Schema.String)).annotateKey({
    description: "Display name of the subject."
  }),
  metadata: optional(Schema.NullOr(JsonObjectWithoutNulls)).annotateKey({
    description:
      "User-defined metadata: any JSON values except `null` by name; nested values may contain `null`. Replaces all previous metadata."
  }),
  currentPeriodStart: optional(TimestampInput).annotateKey({
    description: "Deprecated: the server does not keep it."
  }),
  currentPeriodEnd: optional(TimestampInput).annotateKey({
    description: "Deprecated: the server does not keep it."
  }),
  stripeCustomerId: optional(Schema.NullOr(StripeCustomerId)).annotateKey({
    description: "Deprecated: Stripe customer id of the subject, which starts with `cus_`."
  })
}).annotate({ identifier: "SubjectUpsert" })

/**
 * Input for creating or updating a subject. Omitted fields keep their values; `null` clears a field.
 *
 * @since 2.0.0
 * @category models
 */
export interface SubjectUpsert extends Schema.Schema.Type<typeof SubjectUpsert> {}
