/**
 * Portal tokens: what lets a browser read the usage of one subject.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { MeterQueryParams } from "./Meter.ts"
import { optional } from "./Optional.ts"
import { Limit100 } from "./Paging.ts"
import { nullish } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * What a portal token is made for.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalTokenCreate = Schema.Struct({
  subject: Schema.NonEmptyString.annotateKey({ description: "The key of the subject whose usage may be read." }),
  allowedMeterSlugs: optional(Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))).annotateKey({
    description: "The slugs of the meters that may be queried, at least one. Left out: all meters."
  }),
  expiresAt: optional(TimestampInput).annotateKey({
    description: "When the token ends, an instant in the future. Default: in an hour."
  })
}).annotate({ identifier: "PortalTokenCreate" })

/**
 * What a portal token is made for.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalTokenCreate extends Schema.Schema.Type<typeof PortalTokenCreate> {}

/**
 * A portal token, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalToken = Schema.Struct({
  id: nullish(Schema.String).annotateKey({ description: "The token's id, a UUID." }),
  subject: Schema.String.annotateKey({ description: "The key of the subject whose usage may be read." }),
  allowedMeterSlugs: nullish(Schema.Array(Schema.String)).annotateKey({
    description: "The slugs of the meters that may be queried. Empty: all meters."
  }),
  expiresAt: nullish(Timestamp).annotateKey({ description: "When the token ends." }),
  expired: nullish(Schema.Boolean).annotateKey({ description: "Whether the token has ended." }),
  createdAt: nullish(Timestamp).annotateKey({ description: "When the token was made." }),
  token: nullish(Schema.RedactedFromValue(Schema.String)).annotateKey({
    description: "The secret itself. It is answered once, when the token is made."
  })
}).annotate({ identifier: "PortalToken" })

/**
 * A portal token, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalToken extends Schema.Schema.Type<typeof PortalToken> {}

/**
 * How many portal tokens are listed.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalTokenListParams = Schema.Struct({
  limit: optional(Limit100).annotateKey({ description: "How many tokens to answer, 1 to 100. Default: 25." })
}).annotate({ identifier: "PortalTokenListParams" })

/**
 * How many portal tokens are listed.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalTokenListParams extends Schema.Schema.Type<typeof PortalTokenListParams> {}

/**
 * Which portal tokens are ended before their time.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalTokenInvalidation = Schema.Struct({
  id: optional(Schema.NonEmptyString).annotateKey({ description: "The token of this id." }),
  subject: optional(Schema.NonEmptyString).annotateKey({ description: "All tokens of this subject." })
}).annotate({ identifier: "PortalTokenInvalidation" })

/**
 * Which portal tokens are ended before their time.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalTokenInvalidation extends Schema.Schema.Type<typeof PortalTokenInvalidation> {}

const { subject: _subject, ...queryFields } = MeterQueryParams.fields

/**
 * A meter query with a portal token: the subject is the token's.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalQueryParams = Schema.Struct(queryFields).annotate({ identifier: "PortalQueryParams" })

/**
 * A meter query with a portal token: the subject is the token's.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalQueryParams extends Schema.Schema.Type<typeof PortalQueryParams> {}
