/**
 * What entitlements and grants are created from on the wire.
 */
import { isJson, rewrite } from "../entitlements/jsonb.ts"
import type { Interval } from "../entitlements/interval.ts"
import * as Intervals from "../entitlements/interval.ts"
import { badRequest, internalError, validationError } from "../http/Problem.ts"
import { parseInstant } from "../http/time.ts"
import * as Wire from "../http/Wire.ts"
import type { EntitlementDraft } from "../store/entitlementCreation.ts"
import type { GrantDraft } from "../store/Grant.ts"

const interval = Wire.anyOf(
  Wire.string({
    pattern:
      "^P(?:\\d+(?:\\.\\d+)?Y)?(?:\\d+(?:\\.\\d+)?M)?(?:\\d+(?:\\.\\d+)?W)?(?:\\d+(?:\\.\\d+)?D)?(?:T(?:\\d+(?:\\.\\d+)?H)?(?:\\d+(?:\\.\\d+)?M)?(?:\\d+(?:\\.\\d+)?S)?)?$"
  }),
  Wire.literals("DAY", "WEEK", "MONTH", "YEAR")
)

const recurringPeriod = Wire.struct({ interval: Wire.allOf(interval), anchor: Wire.optional(Wire.dateTime) })
const priority = Wire.integer({ minimum: 1, maximum: 255 })

const common = {
  featureKey: Wire.optional(Wire.key),
  featureId: Wire.optional(Wire.ulid),
  metadata: Wire.optional(Wire.allOf(Wire.metadata))
}

const metered = {
  ...common,
  type: Wire.literals("metered"),
  isSoftLimit: Wire.optional(Wire.boolean),
  usagePeriod: Wire.allOf(recurringPeriod),
  measureUsageFrom: Wire.optional(Wire.allOf(Wire.anyOf(Wire.literals("CURRENT_PERIOD_START", "NOW"), Wire.dateTime))),
  issueAfterReset: Wire.optional(Wire.number({ minimum: 0 })),
  issueAfterResetPriority: Wire.optional(priority),
  preserveOverageAtReset: Wire.optional(Wire.boolean)
}

const MeteredCreateInputs = Wire.struct({ ...metered, isUnlimited: Wire.optional(Wire.boolean) })

const StaticCreateInputs = Wire.struct({
  ...common,
  type: Wire.literals("static"),
  config: Wire.string(),
  usagePeriod: Wire.optional(Wire.allOf(recurringPeriod))
})

const BooleanCreateInputs = Wire.struct({
  ...common,
  type: Wire.literals("boolean"),
  usagePeriod: Wire.optional(Wire.allOf(recurringPeriod))
})

/** What an entitlement is created from in v1. */
export const EntitlementCreateInputs = Wire.component(
  "EntitlementCreateInputs",
  Wire.discriminated("type", {
    metered: MeteredCreateInputs,
    static: StaticCreateInputs,
    boolean: BooleanCreateInputs
  })
)

const grant = {
  amount: Wire.number({ minimum: 0 }),
  priority: Wire.optional(priority),
  effectiveAt: Wire.dateTime,
  minRolloverAmount: Wire.optional(Wire.number()),
  maxRolloverAmount: Wire.optional(Wire.number()),
  metadata: Wire.optional(Wire.allOf(Wire.metadata)),
  recurrence: Wire.optional(Wire.allOf(recurringPeriod))
}

const expirationPeriod = Wire.struct({
  duration: Wire.allOf(Wire.literals("HOUR", "DAY", "WEEK", "MONTH", "YEAR")),
  count: Wire.integer({ minimum: 1, maximum: 1000 })
})

/** What a grant is created from in v1. */
export const GrantCreateInput = Wire.component(
  "EntitlementGrantCreateInput",
  Wire.struct({ ...grant, expiration: Wire.allOf(expirationPeriod) })
)

/** What a grant is created from in v2. */
export const GrantCreateInputV2 = Wire.component(
  "EntitlementGrantCreateInputV2",
  Wire.struct({
    ...grant,
    expiration: Wire.optional(Wire.allOf(expirationPeriod)),
    annotations: Wire.optional(Wire.allOf(Wire.record(Wire.unknown)))
  })
)

const issueAfterReset = Wire.struct({
  amount: Wire.number({ minimum: 0 }),
  priority: Wire.optional(priority)
})

const MeteredV2CreateInputs = Wire.struct({
  ...metered,
  issue: Wire.optional(Wire.allOf(issueAfterReset)),
  grants: Wire.optional(Wire.array(GrantCreateInputV2))
})

/** What an entitlement is created from in v2. */
export const EntitlementV2CreateInputs = Wire.component(
  "EntitlementV2CreateInputs",
  Wire.discriminated("type", {
    metered: MeteredV2CreateInputs,
    static: StaticCreateInputs,
    boolean: BooleanCreateInputs
  })
)

/** How the usage of an entitlement is reset. */
export const ResetEntitlementUsageInput = Wire.component(
  "ResetEntitlementUsageInput",
  Wire.struct({
    effectiveAt: Wire.optional(Wire.dateTime),
    retainAnchor: Wire.optional(Wire.boolean),
    preserveOverage: Wire.optional(Wire.boolean)
  })
)

// The validation knows the form of an instant, but not the length of a month.
const instantOf = (text: string): number => {
  const instant = parseInstant(text)
  if (instant === undefined) throw badRequest(`parsing time ${JSON.stringify(text)}: day out of range`)
  return instant
}

/** The instant of a member that may be absent. */
export const parseOptional = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : instantOf(text)

interface RecurringPeriod {
  readonly anchor: number | undefined
  readonly interval: Interval
}

const recurringPeriodOf = (period: Wire.Type<typeof recurringPeriod>): RecurringPeriod => {
  const interval = Intervals.parse(period.interval)
  // `P` meets the schema, and fails inside the server.
  if (interval === undefined) throw internalError()
  return { anchor: parseOptional(period.anchor), interval }
}

const nonEmpty = <A extends object>(record: A | undefined): A | undefined =>
  record === undefined || Object.keys(record).length === 0 ? undefined : record

const configOf = (config: string): string => {
  if (!isJson(config)) throw validationError("invalid JSON config")
  const rewritten = rewrite(config)
  if (rewritten === undefined) throw internalError()
  return rewritten
}

const commonOf = (input: Wire.Type<typeof StaticCreateInputs> | Wire.Type<typeof BooleanCreateInputs>) => ({
  featureId: input.featureId,
  featureKey: input.featureKey,
  metadata: nonEmpty(input.metadata),
  usagePeriod: input.usagePeriod && recurringPeriodOf(input.usagePeriod)
})

const unmeteredOf = (
  input: Wire.Type<typeof StaticCreateInputs> | Wire.Type<typeof BooleanCreateInputs>
): EntitlementDraft =>
  input.type === "static"
    ? { ...commonOf(input), type: "static", config: configOf(input.config) }
    : { ...commonOf(input), type: "boolean" }

const meteredOf = (input: Wire.Type<typeof MeteredCreateInputs>) => {
  const { measureUsageFrom = "NOW" } = input
  return {
    type: "metered",
    featureId: input.featureId,
    featureKey: input.featureKey,
    metadata: nonEmpty(input.metadata),
    usagePeriod: recurringPeriodOf(input.usagePeriod),
    measureUsageFrom:
      measureUsageFrom === "NOW" || measureUsageFrom === "CURRENT_PERIOD_START"
        ? measureUsageFrom
        : instantOf(measureUsageFrom),
    isSoftLimit: input.isSoftLimit ?? false,
    preserveOverageAtReset: input.preserveOverageAtReset ?? false,
    issueAfterReset: input.issueAfterReset,
    issueAfterResetPriority: input.issueAfterResetPriority,
    grants: []
  } as const satisfies EntitlementDraft
}

/** The entitlement that a v1 input asks for. */
export const entitlementDraft = (input: Wire.Type<typeof EntitlementCreateInputs>): EntitlementDraft =>
  input.type === "metered" ? meteredOf(input) : unmeteredOf(input)

const grantOf = (input: Wire.Type<typeof GrantCreateInputV2>, maxRolloverAmount: number): GrantDraft => ({
  amount: input.amount,
  priority: input.priority ?? 0,
  effectiveAt: instantOf(input.effectiveAt),
  expiration: input.expiration,
  minRolloverAmount: input.minRolloverAmount ?? 0,
  maxRolloverAmount: input.maxRolloverAmount ?? maxRolloverAmount,
  recurrence: input.recurrence && recurringPeriodOf(input.recurrence),
  metadata: nonEmpty(input.metadata),
  annotations: nonEmpty(input.annotations)
})

/** The grant that a v1 input asks for: nothing rolls over unless it says so. */
export const grantDraft = (input: Wire.Type<typeof GrantCreateInput>): GrantDraft => ({
  ...grantOf(input, 0),
  annotations: undefined
})

/** The grant that a v2 input asks for: all of it rolls over unless it says otherwise. */
export const grantDraftV2 = (input: Wire.Type<typeof GrantCreateInputV2>): GrantDraft => grantOf(input, input.amount)

/** The entitlement that a v2 input asks for. */
export const entitlementDraftV2 = (input: Wire.Type<typeof EntitlementV2CreateInputs>): EntitlementDraft => {
  if (input.type !== "metered") return unmeteredOf(input)
  const grants = input.grants ?? []
  if (grants.length > 0 && (input.issue !== undefined || input.issueAfterReset !== undefined)) {
    throw validationError("issueAfterReset and grants cannot be used together")
  }
  const { amount: issueAfterReset, priority: issueAfterResetPriority } = input.issue ?? {
    amount: input.issueAfterReset,
    priority: input.issueAfterResetPriority
  }
  return { ...meteredOf(input), issueAfterReset, issueAfterResetPriority, grants: grants.map(grantDraftV2) }
}
