/**
 * Entitlements of subjects, which give access to features.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { GrantPriority } from "./Grant.ts"
import { Key, Ulid } from "./Identifier.ts"
import { Annotations, Metadata } from "./Metadata.ts"
import { optional } from "./Optional.ts"
import { limitParams, orderParams, pageParams } from "./Paging.ts"
import { Period, RecurringPeriod, RecurringPeriodInput } from "./Period.ts"
import { nullish, UnknownMember } from "./Tolerant.ts"
import { Timestamp, TimestampInput } from "./Timestamp.ts"

/**
 * Types of entitlements: a balance that usage burns down, plain access, or a configuration.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementType = Schema.Literals(["metered", "boolean", "static"])

/**
 * Types of entitlements: a balance that usage burns down, plain access, or a configuration.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementType = typeof EntitlementType.Type

// -----------------------------------------------------------------------------
// responses
// -----------------------------------------------------------------------------

const no = Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))

/** Fields that identify an entitlement of any type. */
const identity = {
  id: Schema.String.annotateKey({ description: "Id of the entitlement, a ULID." }),
  featureKey: Schema.String.annotateKey({ description: "Key of the feature." }),
  featureId: Schema.String.annotateKey({ description: "Id of the feature." })
}

const common = {
  ...identity,
  subjectKey: Schema.String.annotateKey({
    description: "First subject key of the customer, in code point order. Empty if the customer has none."
  }),
  activeFrom: Timestamp.annotateKey({ description: "When the entitlement becomes active." }),
  activeTo: nullish(Timestamp).annotateKey({
    description: "When the entitlement ends, e.g. because another one overrides it. Absent if no end is known."
  }),
  metadata: nullish(Metadata).annotateKey({ description: "User-defined metadata." }),
  annotations: nullish(Annotations).annotateKey({
    description: "Metadata attached by the server. `subscription.id`: the subscription that manages the entitlement."
  }),
  createdAt: Timestamp.annotateKey({ description: "When the entitlement was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the entitlement was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the entitlement was deleted." })
}

const period = {
  usagePeriod: nullish(RecurringPeriod).annotateKey({
    description: "Usage period given when the entitlement was created."
  }),
  currentUsagePeriod: nullish(Period).annotateKey({ description: "Current usage period." })
}

/**
 * A metered entitlement: usage burns down a balance.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMetered = Schema.Struct({
  type: Schema.Literal("metered").annotateKey({ description: "`metered`: usage burns down a balance." }),
  isSoftLimit: no.annotateKey({ description: "Whether access continues after the balance is used up." }),
  preserveOverageAtReset: no.annotateKey({
    description: "Whether overage is carried over into the next usage period."
  }),
  issueAfterReset: Schema.Number.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))).annotateKey({
    description: "Amount granted automatically in each usage period, in the meter's unit. 0 if nothing is granted."
  }),
  issueAfterResetPriority: nullish(Schema.Number).annotateKey({
    description: "Burn-down priority of that grant. Grants with lower values burn down first. 1 if absent."
  }),
  lastReset: Timestamp.annotateKey({
    description: "When usage was last reset by a call. Initially `measureUsageFrom`."
  }),
  measureUsageFrom: Timestamp.annotateKey({ description: "When usage starts to count, on the minute." }),
  usagePeriod: RecurringPeriod.annotateKey({ description: "How often usage is reset automatically." }),
  currentUsagePeriod: Period.annotateKey({ description: "Current usage period." }),
  ...common,
  isUnlimited: nullish(Schema.Boolean).annotateKey({ description: "Unused: always false." })
}).annotate({ identifier: "EntitlementMetered" })

/**
 * A metered entitlement: usage burns down a balance.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementMetered extends Schema.Schema.Type<typeof EntitlementMetered> {}

/**
 * A static entitlement: access with a configuration.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementStatic = Schema.Struct({
  type: Schema.Literal("static").annotateKey({ description: "`static`: the entitlement has a configuration." }),
  config: Schema.String.annotateKey({
    description:
      "Configuration, as a JSON string. The server reformats it, so whitespace and the order of members may differ."
  }),
  ...period,
  ...common
}).annotate({ identifier: "EntitlementStatic" })

/**
 * A static entitlement: access with a configuration.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementStatic extends Schema.Schema.Type<typeof EntitlementStatic> {}

/**
 * A boolean entitlement: plain access.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementBoolean = Schema.Struct({
  type: Schema.Literal("boolean").annotateKey({ description: "`boolean`: the entitlement gives plain access." }),
  ...period,
  ...common
}).annotate({ identifier: "EntitlementBoolean" })

/**
 * A boolean entitlement: plain access.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementBoolean extends Schema.Schema.Type<typeof EntitlementBoolean> {}

/**
 * An entitlement of a type that this version does not know: its id, its feature, and its other fields as returned by
 * the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const UnknownEntitlement = UnknownMember(EntitlementType.literals, identity)

/**
 * An entitlement of a type that this version does not know: its id, its feature, and its other fields as returned by
 * the server.
 *
 * @example
 * ```ts
 * import type { Entitlement } from "@openmeter/sdk"
 *
 * const describe = (entitlement: Entitlement): string => {
 *   switch (entitlement.type) {
 *     case "metered":
 *       return `resets on ${entitlement.currentUsagePeriod.to.toISOString()}`
 *     case "static":
 *       return entitlement.config
 *     case "boolean":
 *       return "access"
 *     default:
 *       return `${entitlement.featureKey}: unknown type ${entitlement.type}`
 *   }
 * }
 * ```
 *
 * @since 2.0.0
 * @category models
 */
export interface UnknownEntitlement extends Schema.Schema.Type<typeof UnknownEntitlement> {}

/**
 * An entitlement of a subject, discriminated by `type`.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Entitlement = Schema.Union([
  EntitlementMetered,
  EntitlementStatic,
  EntitlementBoolean,
  UnknownEntitlement
]).annotate({ identifier: "Entitlement" })

/**
 * An entitlement of a subject, discriminated by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type Entitlement = EntitlementMetered | EntitlementStatic | EntitlementBoolean | UnknownEntitlement

// -----------------------------------------------------------------------------
// requests
// -----------------------------------------------------------------------------

/**
 * When usage starts to count: the start of the current usage period, now, or a given time.
 *
 * @since 2.0.0
 * @category models
 */
export type MeasureUsageFrom = "CURRENT_PERIOD_START" | "NOW" | Exclude<TimestampInput, string> | (string & {})

/**
 * Schema of {@link MeasureUsageFrom}.
 *
 * @since 2.0.0
 * @category schemas
 */
export const MeasureUsageFrom: Schema.Codec<MeasureUsageFrom, string> = Schema.Union([
  Schema.Literals(["CURRENT_PERIOD_START", "NOW"]),
  TimestampInput
])

const feature = {
  featureKey: optional(Key).annotateKey({
    description: "Key of the feature. Either this or `featureId` is required; the id takes precedence."
  }),
  featureId: optional(Ulid).annotateKey({
    description: "Id of the feature. Either this or `featureKey` is required; the id takes precedence."
  })
}

const hasFeature = Schema.makeFilter(
  (input: { readonly featureKey?: string | undefined; readonly featureId?: string | undefined }) =>
    input.featureKey === undefined && input.featureId === undefined
      ? { path: ["featureKey"], issue: "either featureKey or featureId is required" }
      : undefined
)

const metadata = optional(Metadata).annotateKey({ description: "User-defined metadata: strings by name." })

const usagePeriod = optional(RecurringPeriodInput).annotateKey({
  description: "Period to show with the entitlement. It does not reset anything."
})

/**
 * Input for creating a metered entitlement of a subject.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMeteredCreateInputs = Schema.Struct({
  type: Schema.Literal("metered").annotateKey({ description: "`metered`: usage burns down a balance." }),
  ...feature,
  usagePeriod: RecurringPeriodInput.annotateKey({ description: "How often usage is reset automatically." }),
  isSoftLimit: optional(Schema.Boolean).annotateKey({
    description: "Whether access continues after the balance is used up. Default: false."
  }),
  measureUsageFrom: optional(MeasureUsageFrom).annotateKey({
    description:
      "When usage starts to count: CURRENT_PERIOD_START, NOW, or a time, truncated to the minute. Default: NOW."
  }),
  preserveOverageAtReset: optional(Schema.Boolean).annotateKey({
    description: "Whether overage is carried over into the next usage period. Default: false."
  }),
  issueAfterReset: optional(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))).annotateKey({
    description:
      "Amount to grant automatically in each usage period, at least 0, in the meter's unit. Default: 0, which grants nothing."
  }),
  issueAfterResetPriority: optional(GrantPriority).annotateKey({
    description:
      "Burn-down priority of that grant, 1 to 255. Grants with lower values burn down first. Requires `issueAfterReset`. Default: 1."
  }),
  metadata,
  isUnlimited: optional(Schema.Boolean).annotateKey({
    description: "Has no effect. For access beyond the balance, use `isSoftLimit`."
  })
})
  .check(hasFeature)
  .annotate({ identifier: "EntitlementMeteredCreateInputs" })

/**
 * Input for creating a metered entitlement of a subject.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementMeteredCreateInputs extends Schema.Schema.Type<typeof EntitlementMeteredCreateInputs> {}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Input for creating a static entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementStaticCreateInputs = Schema.Struct({
  type: Schema.Literal("static").annotateKey({ description: "`static`: the entitlement has a configuration." }),
  ...feature,
  config: Schema.String.check(
    Schema.makeFilter(isJson, { expected: 'a JSON text, such as "{\\"seats\\":5}": JSON.stringify makes one' })
  ).annotateKey({ description: "Configuration, as a JSON string. Returned with the value of the entitlement." }),
  usagePeriod,
  metadata
})
  .check(hasFeature)
  .annotate({ identifier: "EntitlementStaticCreateInputs" })

/**
 * Input for creating a static entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementStaticCreateInputs extends Schema.Schema.Type<typeof EntitlementStaticCreateInputs> {}

/**
 * Input for creating a boolean entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementBooleanCreateInputs = Schema.Struct({
  type: Schema.Literal("boolean").annotateKey({ description: "`boolean`: the entitlement gives plain access." }),
  ...feature,
  usagePeriod,
  metadata
})
  .check(hasFeature)
  .annotate({ identifier: "EntitlementBooleanCreateInputs" })

/**
 * Input for creating a boolean entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementBooleanCreateInputs extends Schema.Schema.Type<typeof EntitlementBooleanCreateInputs> {}

/**
 * Input for creating an entitlement of a subject, discriminated by `type`.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementCreateInputs = Schema.Union([
  EntitlementMeteredCreateInputs,
  EntitlementStaticCreateInputs,
  EntitlementBooleanCreateInputs
]).annotate({
  identifier: "EntitlementCreateInputs",
  message: "Expected an object whose type is metered, static or boolean"
})

/**
 * Input for creating an entitlement of a subject, discriminated by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementCreateInputs =
  | EntitlementMeteredCreateInputs
  | EntitlementStaticCreateInputs
  | EntitlementBooleanCreateInputs

/**
 * Input for resetting the usage of an entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ResetEntitlementUsageInput = Schema.Struct({
  effectiveAt: optional(TimestampInput).annotateKey({
    description:
      "Time of the reset, truncated to the minute. Must be within the current usage period and after the last reset. Default: now."
  }),
  retainAnchor: optional(Schema.Boolean).annotateKey({
    description: "Whether usage periods keep their anchor instead of restarting at the reset. Default: false."
  }),
  preserveOverage: optional(Schema.Boolean).annotateKey({
    description: "Whether overage is carried over. Defaults to the setting of the entitlement."
  })
}).annotate({ identifier: "ResetEntitlementUsageInput" })

/**
 * Input for resetting the usage of an entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface ResetEntitlementUsageInput extends Schema.Schema.Type<typeof ResetEntitlementUsageInput> {}

// -----------------------------------------------------------------------------
// lists
// -----------------------------------------------------------------------------

/**
 * Query parameters for listing the entitlements of a subject.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SubjectEntitlementListParams = Schema.Struct({
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description:
      "Whether to include deleted entitlements. Current servers return only active ones nevertheless. Default: false."
  })
}).annotate({ identifier: "SubjectEntitlementListParams" })

/**
 * Query parameters for listing the entitlements of a subject.
 *
 * @since 2.0.0
 * @category models
 */
export interface SubjectEntitlementListParams extends Schema.Schema.Type<typeof SubjectEntitlementListParams> {}

/**
 * Fields by which entitlements can be sorted.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementOrderBy = Schema.Literals(["createdAt", "updatedAt"])

/**
 * Fields by which entitlements can be sorted.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementOrderBy = typeof EntitlementOrderBy.Type

const filterParams = {
  subject: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Returns only entitlements of these subjects, given by key."
  }),
  feature: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Returns only entitlements to these features, given by key or id."
  }),
  entitlementType: optional(Schema.Array(EntitlementType)).annotateKey({
    description: "Returns only entitlements of these types."
  }),
  excludeInactive: optional(Schema.Boolean).annotateKey({
    description: "Whether to exclude entitlements that have been overridden. Default: false."
  }),
  ...orderParams(EntitlementOrderBy)
}

/**
 * Query parameters for listing the entitlements of all subjects by limit and offset. The result is an array.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementListParams = Schema.Struct({
  ...filterParams,
  ...limitParams
}).annotate({ identifier: "EntitlementListParams" })

/**
 * Query parameters for listing the entitlements of all subjects by limit and offset. The result is an array.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementListParams extends Schema.Schema.Type<typeof EntitlementListParams> {}

/**
 * Query parameters for listing the entitlements of all subjects by page.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementPageParams = Schema.Struct({
  ...filterParams,
  ...pageParams
}).annotate({ identifier: "EntitlementPageParams" })

/**
 * Query parameters for listing the entitlements of all subjects by page.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementPageParams extends Schema.Schema.Type<typeof EntitlementPageParams> {}
