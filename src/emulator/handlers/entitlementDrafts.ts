/**
 * What entitlements and grants are created from, from requests that are well-formed.
 */
import type { Interval } from "../entitlements/interval.ts"
import * as Intervals from "../entitlements/interval.ts"
import { isJson, rewrite } from "../entitlements/jsonb.ts"
import { bodyInstant } from "../http/operation.ts"
import type * as Wire from "../http/Wire.ts"
import { internalError, validationError } from "../Refusal.ts"
import type { EntitlementDraft } from "../store/entitlementCreation.ts"
import type { GrantDraft } from "../store/Grant.ts"
import type {
  BooleanCreateInputs,
  EntitlementCreateInputs,
  EntitlementV2CreateInputs,
  GrantCreateInput,
  GrantCreateInputV2,
  MeteredCreateInputs,
  recurringPeriod,
  StaticCreateInputs
} from "./entitlementInputs.ts"

/** The instant of a member that may be absent. */
export const parseOptional = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : bodyInstant(text)

interface RecurringPeriod {
  readonly anchor: number | undefined
  readonly interval: Interval
}

const recurringPeriodOf = (period: Wire.Type<typeof recurringPeriod>): RecurringPeriod => {
  const interval = Intervals.parse(period.interval)
  // `P` passes the schema, and fails inside the server.
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
        : bodyInstant(measureUsageFrom),
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
  effectiveAt: bodyInstant(input.effectiveAt),
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
