/**
 * Subjects: who or what uses the product, the name that events are counted under.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { JsonObjectWithoutNulls } from "./Json.ts"
import { optional } from "./Optional.ts"
import { nullish } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * A subject, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Subject = Schema.Struct({
  id: Schema.String.annotateKey({ description: "The subject's id, a ULID." }),
  key: Schema.String.annotateKey({
    description: "The name that events carry as their subject, unique among the subjects not deleted."
  }),
  displayName: nullish(Schema.String).annotateKey({ description: "The subject's name for people." }),
  metadata: nullish(Schema.Record(Schema.String, Schema.Unknown)).annotateKey({
    description: "What the program attached, by name: any JSON."
  }),
  currentPeriodStart: nullish(Timestamp).annotateKey({
    description: "Deprecated: the server keeps no billing period of a subject."
  }),
  currentPeriodEnd: nullish(Timestamp).annotateKey({
    description: "Deprecated: the server keeps no billing period of a subject."
  }),
  stripeCustomerId: nullish(Schema.String).annotateKey({
    description: "Deprecated: the subject's customer id in Stripe, which begins with `cus_`."
  }),
  createdAt: Timestamp.annotateKey({ description: "When the subject was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the subject was last upserted or deleted." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the subject was deleted." })
}).annotate({ identifier: "Subject" })

/**
 * A subject, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface Subject extends Schema.Schema.Type<typeof Subject> {}

const StripeCustomerId = Schema.String.check(Schema.isStartingWith("cus_"))

/**
 * What a subject is created from or changed by: what is left out stays as it is, `null` clears it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SubjectUpsert = Schema.Struct({
  key: Schema.NonEmptyString.annotateKey({
    description: "The name that events carry as their subject: any characters, compared as they are."
  }),
  displayName: optional(Schema.NullOr(Schema.String)).annotateKey({
    description: "The subject's name for people."
  }),
  metadata: optional(Schema.NullOr(JsonObjectWithoutNulls)).annotateKey({
    description: "What to attach, by name: any JSON, but no `null` directly inside. It replaces all that was there."
  }),
  currentPeriodStart: optional(TimestampInput).annotateKey({
    description: "Deprecated: the server does not keep it."
  }),
  currentPeriodEnd: optional(TimestampInput).annotateKey({
    description: "Deprecated: the server does not keep it."
  }),
  stripeCustomerId: optional(Schema.NullOr(StripeCustomerId)).annotateKey({
    description: "Deprecated: the subject's customer id in Stripe, which begins with `cus_`."
  })
}).annotate({ identifier: "SubjectUpsert" })

/**
 * What a subject is created from or changed by: what is left out stays as it is, `null` clears it.
 *
 * @since 2.0.0
 * @category models
 */
export interface SubjectUpsert extends Schema.Schema.Type<typeof SubjectUpsert> {}
