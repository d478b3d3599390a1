/**
 * Entitlements: what a subject, or the customer behind it, may use of a feature.
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
 * The kinds of entitlements: a balance that usage burns down, a configuration, or plain access.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementType = Schema.Literals(["metered", "boolean", "static"])

/**
 * The kinds of entitlements: a balance that usage burns down, a configuration, or plain access.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementType = typeof EntitlementType.Type

// -----------------------------------------------------------------------------
// answers
// -----------------------------------------------------------------------------

const no = Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(false)))

/** What names an entitlement, whatever its type. */
const identity = {
  id: Schema.String.annotateKey({ description: "The entitlement's id, a ULID." }),
  featureKey: Schema.String.annotateKey({ description: "The key of the feature." }),
  featureId: Schema.String.annotateKey({ description: "The id of the feature." })
}

const common = {
  ...identity,
  subjectKey: Schema.String.annotateKey({
    description: "The first subject key of the customer by code point. Empty when the customer has none."
  }),
  activeFrom: Timestamp.annotateKey({ description: "From when the entitlement holds." }),
  activeTo: nullish(Timestamp).annotateKey({
    description: "Until when the entitlement holds, e.g. because another overrides it. Absent: no end is known."
  }),
  metadata: nullish(Metadata).annotateKey({ description: "What the program attached." }),
  annotations: nullish(Annotations).annotateKey({
    description: "What the server attached. `subscription.id`: the subscription that manages the entitlement."
  }),
  createdAt: Timestamp.annotateKey({ description: "When the entitlement was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the entitlement was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the entitlement was deleted." })
}

const period = {
  usagePeriod: nullish(RecurringPeriod).annotateKey({ description: "The period that was given with the entitlement." }),
  currentUsagePeriod: nullish(Period).annotateKey({ description: "Where that period stands now." })
}

/**
 * An entitlement with a balance: usage burns down what is granted.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMetered = Schema.Struct({
  type: Schema.Literal("metered").annotateKey({ description: "`metered`: usage burns down a balance." }),
  isSoftLimit: no.annotateKey({ description: "Whether there is access even when the balance is used up." }),
  preserveOverageAtReset: no.annotateKey({
    description: "Whether usage beyond the balance is carried into the next usage period."
  }),
  issueAfterReset: Schema.Number.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))).annotateKey({
    description: "How much is granted anew in each usage period, in the unit of the meter. 0: nothing."
  }),
  issueAfterResetPriority: nullish(Schema.Number).annotateKey({
    description: "The rank of that grant in the order in which grants burn down. Absent: 1."
  }),
  lastReset: Timestamp.annotateKey({
    description: "When usage was last reset by a call; at first `measureUsageFrom`."
  }),
  measureUsageFrom: Timestamp.annotateKey({ description: "From when usage counts, on the minute." }),
  usagePeriod: RecurringPeriod.annotateKey({ description: "How often usage is reset by itself." }),
  currentUsagePeriod: Period.annotateKey({ description: "The usage period that runs now." }),
  ...common,
  isUnlimited: nullish(Schema.Boolean).annotateKey({ description: "Without meaning: always false." })
}).annotate({ identifier: "EntitlementMetered" })

/**
 * An entitlement with a balance: usage burns down what is granted.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementMetered extends Schema.Schema.Type<typeof EntitlementMetered> {}

/**
 * An entitlement with a configuration.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementStatic = Schema.Struct({
  type: Schema.Literal("static").annotateKey({ description: "`static`: the entitlement holds a configuration." }),
  config: Schema.String.annotateKey({
    description: "The configuration, a JSON text. The server writes it anew: order of members and spaces may differ."
  }),
  ...period,
  ...common
}).annotate({ identifier: "EntitlementStatic" })

/**
 * An entitlement with a configuration.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementStatic extends Schema.Schema.Type<typeof EntitlementStatic> {}

/**
 * An entitlement that is plain access.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementBoolean = Schema.Struct({
  type: Schema.Literal("boolean").annotateKey({ description: "`boolean`: the feature may be used." }),
  ...period,
  ...common
}).annotate({ identifier: "EntitlementBoolean" })

/**
 * An entitlement that is plain access.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementBoolean extends Schema.Schema.Type<typeof EntitlementBoolean> {}

/**
 * An entitlement of a type that this version does not know: its id, its feature, and whatever else the server said.
 *
 * @since 2.0.0
 * @category schemas
 */
export const UnknownEntitlement = UnknownMember(EntitlementType.literals, identity)

/**
 * An entitlement of a type that this version does not know: its id, its feature, and whatever else the server said.
 *
 * @since 2.0.0
 * @category models
 */
export interface UnknownEntitlement extends Schema.Schema.Type<typeof UnknownEntitlement> {}

/**
 * An entitlement of a subject, told apart by `type`.
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
 * An entitlement of a subject, told apart by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type Entitlement = EntitlementMetered | EntitlementStatic | EntitlementBoolean | UnknownEntitlement

// -----------------------------------------------------------------------------
// requests
// -----------------------------------------------------------------------------

/**
 * From when usage counts: the start of the current usage period, now, or an instant.
 *
 * @since 2.0.0
 * @category models
 */
export type MeasureUsageFrom = "CURRENT_PERIOD_START" | "NOW" | Exclude<TimestampInput, string> | (string & {})

/**
 * The schema of {@link MeasureUsageFrom}.
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
    description: "The key of the feature. Either this or `featureId` is needed; the id wins."
  }),
  featureId: optional(Ulid).annotateKey({
    description: "The id of the feature. Either this or `featureKey` is needed; the id wins."
  })
}

const hasFeature = Schema.makeFilter(
  (input: { readonly featureKey?: string | undefined; readonly featureId?: string | undefined }) =>
    input.featureKey === undefined && input.featureId === undefined
      ? { path: ["featureKey"], issue: "either featureKey or featureId is needed" }
      : undefined
)

const metadata = optional(Metadata).annotateKey({ description: "Texts to attach, by name." })

const usagePeriod = optional(RecurringPeriodInput).annotateKey({
  description: "A period to show with the entitlement. It resets nothing."
})

/**
 * What a metered entitlement of a subject is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementMeteredCreateInputs = Schema.Struct({
  type: Schema.Literal("metered").annotateKey({ description: "`metered`: usage burns down a balance." }),
  ...feature,
  usagePeriod: RecurringPeriodInput.annotateKey({ description: "How often usage is reset by itself." }),
  isSoftLimit: optional(Schema.Boolean).annotateKey({
    description: "Whether there is access even when the balance is used up. Default: false."
  }),
  measureUsageFrom: optional(MeasureUsageFrom).annotateKey({
    description: "From when usage counts: CURRENT_PERIOD_START, NOW, or an instant, cut to the minute. Default: NOW."
  }),
  preserveOverageAtReset: optional(Schema.Boolean).annotateKey({
    description: "Whether usage beyond the balance is carried into the next usage period. Default: false."
  }),
  issueAfterReset: optional(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))).annotateKey({
    description: "How much to grant anew in each usage period, from 0, in the unit of the meter. Default: 0, nothing."
  }),
  issueAfterResetPriority: optional(GrantPriority).annotateKey({
    description:
      "The rank of that grant in the order in which grants burn down, 1 to 255, the lowest first. Only together with `issueAfterReset`. Default: 1."
  }),
  metadata,
  isUnlimited: optional(Schema.Boolean).annotateKey({
    description: "Without effect. Give `isSoftLimit` for access beyond the balance."
  })
})
  .check(hasFeature)
  .annotate({ identifier: "EntitlementMeteredCreateInputs" })

/**
 * What a metered entitlement of a subject is created from.
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
 * What a static entitlement is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementStaticCreateInputs = Schema.Struct({
  type: Schema.Literal("static").annotateKey({ description: "`static`: the entitlement holds a configuration." }),
  ...feature,
  config: Schema.String.check(
    Schema.makeFilter(isJson, { expected: 'a JSON text, such as "{\\"seats\\":5}": JSON.stringify makes one' })
  ).annotateKey({ description: "The configuration, a JSON text. It is answered with the value of the entitlement." }),
  usagePeriod,
  metadata
})
  .check(hasFeature)
  .annotate({ identifier: "EntitlementStaticCreateInputs" })

/**
 * What a static entitlement is created from.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementStaticCreateInputs extends Schema.Schema.Type<typeof EntitlementStaticCreateInputs> {}

/**
 * What a boolean entitlement is created from.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementBooleanCreateInputs = Schema.Struct({
  type: Schema.Literal("boolean").annotateKey({ description: "`boolean`: the feature may be used." }),
  ...feature,
  usagePeriod,
  metadata
})
  .check(hasFeature)
  .annotate({ identifier: "EntitlementBooleanCreateInputs" })

/**
 * What a boolean entitlement is created from.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementBooleanCreateInputs extends Schema.Schema.Type<typeof EntitlementBooleanCreateInputs> {}

/**
 * What an entitlement of a subject is created from, told apart by `type`.
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
 * What an entitlement of a subject is created from, told apart by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementCreateInputs =
  | EntitlementMeteredCreateInputs
  | EntitlementStaticCreateInputs
  | EntitlementBooleanCreateInputs

/**
 * How usage is reset.
 *
 * @since 2.0.0
 * @category schemas
 */
export const ResetEntitlementUsageInput = Schema.Struct({
  effectiveAt: optional(TimestampInput).annotateKey({
    description:
      "When usage is reset, cut to the minute, within the current usage period and after the last reset. Default: now."
  }),
  retainAnchor: optional(Schema.Boolean).annotateKey({
    description: "Whether usage periods go on as before, instead of beginning anew at the reset. Default: false."
  }),
  preserveOverage: optional(Schema.Boolean).annotateKey({
    description: "Whether usage beyond the balance is carried over. Default: as the entitlement says."
  })
}).annotate({ identifier: "ResetEntitlementUsageInput" })

/**
 * How usage is reset.
 *
 * @since 2.0.0
 * @category models
 */
export interface ResetEntitlementUsageInput extends Schema.Schema.Type<typeof ResetEntitlementUsageInput> {}

// -----------------------------------------------------------------------------
// lists
// -----------------------------------------------------------------------------

/**
 * How the entitlements of a subject are listed.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SubjectEntitlementListParams = Schema.Struct({
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description:
      "Whether deleted entitlements are wanted too; servers list the active ones all the same. Default: false."
  })
}).annotate({ identifier: "SubjectEntitlementListParams" })

/**
 * How the entitlements of a subject are listed.
 *
 * @since 2.0.0
 * @category models
 */
export interface SubjectEntitlementListParams extends Schema.Schema.Type<typeof SubjectEntitlementListParams> {}

/**
 * The fields by which entitlements are sorted.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementOrderBy = Schema.Literals(["createdAt", "updatedAt"])

/**
 * The fields by which entitlements are sorted.
 *
 * @since 2.0.0
 * @category models
 */
export type EntitlementOrderBy = typeof EntitlementOrderBy.Type

const filterParams = {
  subject: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Lists only entitlements of these subjects, by keys."
  }),
  feature: optional(Schema.Array(Schema.String)).annotateKey({
    description: "Lists only entitlements to these features, by keys or ids."
  }),
  entitlementType: optional(Schema.Array(EntitlementType)).annotateKey({
    description: "Lists only entitlements of these kinds."
  }),
  excludeInactive: optional(Schema.Boolean).annotateKey({
    description: "Whether entitlements that another has overridden are left out. Default: false."
  }),
  ...orderParams(EntitlementOrderBy)
}

/**
 * How the entitlements of all subjects are listed, as an array.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementListParams = Schema.Struct({
  ...filterParams,
  ...limitParams
}).annotate({ identifier: "EntitlementListParams" })

/**
 * How the entitlements of all subjects are listed, as an array.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementListParams extends Schema.Schema.Type<typeof EntitlementListParams> {}

/**
 * How the entitlements of all subjects are listed, by page.
 *
 * @since 2.0.0
 * @category schemas
 */
export const EntitlementPageParams = Schema.Struct({
  ...filterParams,
  ...pageParams
}).annotate({ identifier: "EntitlementPageParams" })

/**
 * How the entitlements of all subjects are listed, by page.
 *
 * @since 2.0.0
 * @category models
 */
export interface EntitlementPageParams extends Schema.Schema.Type<typeof EntitlementPageParams> {}
