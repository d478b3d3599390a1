/**
 * Entitlements, their values and histories in responses.
 */
import type { Balance } from "../entitlements/balance.ts"
import { balanceAt } from "../entitlements/balance.ts"
import {
  currentUsagePeriod,
  isActiveAt,
  type StoredEntitlement,
  type UsagePeriod,
  usagePeriodsOf
} from "../entitlements/Entitlement.ts"
import type { History } from "../entitlements/history.ts"
import { nameOf } from "../entitlements/interval.ts"
import { lastReset, type Period } from "../entitlements/usagePeriod.ts"
import { formatInstant, formatOptional } from "../instant.ts"
import { internalError } from "../Refusal.ts"
import * as Entitlement from "../store/Entitlement.ts"
import type { StoredCustomer } from "../store/records.ts"
import type { State } from "../store/State.ts"

const encodePeriod = ({ from, to }: Period) => ({ from: formatInstant(from), to: formatInstant(to) })

const encodeCommon = (entitlement: StoredEntitlement, now: number) => {
  const period = currentUsagePeriod(entitlement, now)
  return {
    type: entitlement.type,
    id: entitlement.id,
    featureId: entitlement.featureId,
    featureKey: entitlement.featureKey,
    metadata: entitlement.metadata,
    annotations: entitlement.annotations,
    activeFrom: formatInstant(entitlement.activeFrom),
    activeTo: formatOptional(entitlement.activeTo),
    createdAt: formatInstant(entitlement.createdAt),
    updatedAt: formatInstant(entitlement.updatedAt),
    usagePeriod: entitlement.usagePeriod && encodeRecurringPeriod(entitlement.usagePeriod),
    currentUsagePeriod: period && encodePeriod(period)
  }
}

/** A recurring period, with its interval by name and as it was given. */
export const encodeRecurringPeriod = ({ anchor, interval }: UsagePeriod) => ({
  anchor: formatInstant(anchor),
  interval: nameOf(interval),
  intervalISO: interval.text
})

const encodeDetails = (entitlement: StoredEntitlement) => {
  if (entitlement.type === "boolean") return {}
  if (entitlement.type === "static") return { config: entitlement.config }
  return {
    isSoftLimit: entitlement.isSoftLimit,
    preserveOverageAtReset: entitlement.preserveOverageAtReset,
    issueAfterReset: entitlement.issueAfterReset,
    issueAfterResetPriority: entitlement.issueAfterResetPriority,
    measureUsageFrom: formatInstant(entitlement.measureUsageFrom),
    lastReset: formatInstant(lastReset(usagePeriodsOf(entitlement)))
  }
}

/** An entitlement as v1 shows it: as one of a subject, the first of its customer. */
export const encodeEntitlement = (state: State, entitlement: StoredEntitlement, now: number) => ({
  ...encodeCommon(entitlement, now),
  ...encodeDetails(entitlement),
  ...(entitlement.type === "metered" ? { isUnlimited: false } : {}),
  subjectKey: Entitlement.customerOf(state, entitlement).subjectKeys[0] ?? ""
})

/** An entitlement as v2 shows it: as one of a customer, by the key of the given one. */
export const encodeEntitlementV2 = (entitlement: StoredEntitlement, customer: StoredCustomer, now: number) => ({
  ...encodeCommon(entitlement, now),
  ...encodeDetails(entitlement),
  ...(entitlement.type === "boolean" ? { metadata: undefined } : {}),
  ...(entitlement.type === "metered"
    ? { issue: { amount: entitlement.issueAfterReset, priority: entitlement.issueAfterResetPriority } }
    : {}),
  customerId: entitlement.customerId,
  customerKey: customer.key
})

/** What an entitlement gives access to. */
export interface EntitlementValue extends Partial<Balance> {
  readonly hasAccess: boolean
  readonly config?: string
}

/** The value without an entitlement. */
export const noAccess: EntitlementValue = { hasAccess: false }

/** The value of an entitlement at an instant; a metered one remembers what was calculated. */
export const valueAt = (
  state: State,
  entitlement: StoredEntitlement,
  instant: number,
  now: number
): EntitlementValue => {
  if (!isActiveAt(entitlement, instant)) return noAccess
  if (entitlement.type === "boolean") return { hasAccess: true }
  if (entitlement.type === "static") return { hasAccess: true, config: entitlement.config }
  const result = balanceAt(Entitlement.accountOf(state, entitlement), entitlement.remembered, instant, now)
  // The server has no balance before measurement begins.
  if (result === undefined) throw internalError()
  if (result.remembered !== entitlement.remembered) {
    Entitlement.put(state, { ...entitlement, remembered: result.remembered })
  }
  return { ...result.balance, hasAccess: entitlement.isSoftLimit || result.balance.balance > 0 }
}

/** A value as v1 shows it, without the balances of grants. */
export const encodeValue = (value: EntitlementValue) => ({ ...value, grantBalances: undefined })

/** A value as v2 shows it, without `hasAccess` where there is none. */
export const encodeValueV2 = ({ hasAccess, ...value }: EntitlementValue) =>
  hasAccess ? { ...value, hasAccess } : value

/** A balance history. */
export const encodeHistory = (history: History) => ({
  burndownHistory: history.burndownHistory.map((segment) => ({ ...segment, period: encodePeriod(segment.period) })),
  windowedHistory: history.windowedHistory.map((window) => ({ ...window, period: encodePeriod(window.period) }))
})
