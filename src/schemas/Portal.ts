/**
 * Portal tokens, which let a browser read the usage of one subject.
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
 * Input for creating a portal token.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalTokenCreate = Schema.Struct({
  subject: Schema.NonEmptyString.annotateKey({ description: "Key of the subject whose usage the token can read." }),
  allowedMeterSlugs: optional(Schema.Array(Schema.NonEmptyString).check(Schema.isMinLength(1))).annotateKey({
    description:
      "Slugs of the meters that the token can query, at least one. If omitted, the token can query all meters."
  }),
  expiresAt: optional(TimestampInput).annotateKey({
    description: "When the token expires, in the future. Default: in an hour."
  })
}).annotate({ identifier: "PortalTokenCreate" })

/**
 * Input for creating a portal token.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalTokenCreate extends Schema.Schema.Type<typeof PortalTokenCreate> {}

/**
 * A portal token, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalToken = Schema.Struct({
  id: nullish(Schema.String).annotateKey({ description: "Id of the token, a UUID." }),
  subject: Schema.String.annotateKey({ description: "Key of the subject whose usage the token can read." }),
  allowedMeterSlugs: nullish(Schema.Array(Schema.String)).annotateKey({
    description: "Slugs of the meters that the token can query. If empty, the token can query all meters."
  }),
  expiresAt: nullish(Timestamp).annotateKey({ description: "When the token expires." }),
  expired: nullish(Schema.Boolean).annotateKey({ description: "Whether the token has expired." }),
  createdAt: nullish(Timestamp).annotateKey({ description: "When the token was created." }),
  token: nullish(Schema.RedactedFromValue(Schema.String)).annotateKey({
    description: "Secret of the token. Returned only once, when the token is created."
  })
}).annotate({ identifier: "PortalToken" })

/**
 * A portal token, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalToken extends Schema.Schema.Type<typeof PortalToken> {}

/**
 * Query parameters for listing portal tokens.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalTokenListParams = Schema.Struct({
  limit: optional(Limit100).annotateKey({ description: "Maximum number of tokens to return, 1 to 100. Default: 25." })
}).annotate({ identifier: "PortalTokenListParams" })

/**
 * Query parameters for listing portal tokens.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalTokenListParams extends Schema.Schema.Type<typeof PortalTokenListParams> {}

/**
 * Selects the portal tokens to invalidate.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalTokenInvalidation = Schema.Struct({
  id: optional(Schema.NonEmptyString).annotateKey({ description: "Invalidates the token with this id." }),
  subject: optional(Schema.NonEmptyString).annotateKey({ description: "Invalidates all tokens of this subject." })
}).annotate({ identifier: "PortalTokenInvalidation" })

/**
 * Selects the portal tokens to invalidate.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalTokenInvalidation extends Schema.Schema.Type<typeof PortalTokenInvalidation> {}

const { subject: _subject, ...queryFields } = MeterQueryParams.fields

/**
 * A meter query with a portal token. The subject is that of the token.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PortalQueryParams = Schema.Struct(queryFields).annotate({ identifier: "PortalQueryParams" })

/**
 * A meter query with a portal token. The subject is that of the token.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalQueryParams extends Schema.Schema.Type<typeof PortalQueryParams> {}
