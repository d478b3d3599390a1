/**
 * Entitlements as they are stored: what a customer may use of a feature.
 */
import type { Interval } from "./interval.ts"
import * as Recurrence from "./recurrence.ts"
import type { Remembered } from "./snapshot.ts"
import * as UsagePeriods from "./usagePeriod.ts"

/** The recurring period of an entitlement, as requested. */
export interface UsagePeriod {
  readonly anchor: number
  readonly interval: Interval
}

interface Common {
  readonly id: string
  readonly customerId: string
  readonly featureId: string
  readonly featureKey: string
  readonly metadata: Readonly<Record<string, string>> | undefined
  readonly annotations: Readonly<Record<string, unknown>> | undefined
  readonly activeFrom: number
  /** Set when another entitlement replaces it. */
  readonly activeTo: number | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | undefined
}

/** An entitlement to as much usage as its grants give. */
export interface MeteredEntitlement extends Common {
  readonly type: "metered"
  readonly usagePeriod: UsagePeriod
  readonly measureUsageFrom: number
  readonly manualResets: ReadonlyArray<UsagePeriods.ManualReset>
  readonly isSoftLimit: boolean
  readonly preserveOverageAtReset: boolean
  readonly issueAfterReset: number
  readonly issueAfterResetPriority: number | undefined
  /** In order of creation. */
  readonly grantIds: ReadonlyArray<string>
  readonly remembered: Remembered
}

/** An entitlement to a configuration. */
export interface StaticEntitlement extends Common {
  readonly type: "static"
  /** JSON. */
  readonly config: string
  readonly usagePeriod: UsagePeriod | undefined
}

/** An entitlement to a feature without limits. */
export interface BooleanEntitlement extends Common {
  readonly type: "boolean"
  readonly usagePeriod: UsagePeriod | undefined
}

/** An entitlement as it is stored. */
export type StoredEntitlement = MeteredEntitlement | StaticEntitlement | BooleanEntitlement

/** Whether an entitlement gives access at an instant; an inactive one gives none. */
export const isActiveAt = (entitlement: StoredEntitlement, instant: number): boolean =>
  entitlement.activeFrom <= instant &&
  instant < (entitlement.activeTo ?? Number.POSITIVE_INFINITY) &&
  instant < (entitlement.deletedAt ?? Number.POSITIVE_INFINITY)

/** What determines the usage periods of a metered entitlement. */
export const usagePeriodsOf = (entitlement: MeteredEntitlement): UsagePeriods.UsagePeriods => ({
  measureUsageFrom: entitlement.measureUsageFrom,
  anchor: entitlement.usagePeriod.anchor,
  interval: entitlement.usagePeriod.interval.duration,
  manualResets: entitlement.manualResets
})

/** The usage period of a metered entitlement at an instant; before measurement begins, the first one. */
export const usagePeriodAt = (entitlement: MeteredEntitlement, instant: number): UsagePeriods.Period =>
  UsagePeriods.periodAt(usagePeriodsOf(entitlement), instant)

/**
 * The usage period of any entitlement that runs at an instant, if it has one. That of an entitlement which measures
 * nothing begins at its anchor at the earliest.
 */
export const currentUsagePeriod = (
  entitlement: StoredEntitlement,
  instant: number
): UsagePeriods.Period | undefined => {
  if (entitlement.type === "metered") return usagePeriodAt(entitlement, instant)
  if (entitlement.usagePeriod === undefined) return undefined
  const { anchor, interval } = entitlement.usagePeriod
  const recurrence = { anchor, interval: interval.duration }
  const at = Math.max(anchor, instant)
  return { from: Recurrence.atOrBefore(recurrence, at), to: Recurrence.after(recurrence, at) }
}
