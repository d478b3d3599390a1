/**
 * What the balances of a metered entitlement follow from.
 */
import type { Grant } from "./Grant.ts"
import type { UsagePeriods } from "./usagePeriod.ts"

/** The aggregations that can stand behind a metered entitlement. */
export type EntitlementAggregation = "SUM" | "COUNT" | "UNIQUE_COUNT" | "LATEST"

/** Where usage comes from. */
export interface UsageSource {
  readonly aggregation: EntitlementAggregation
  /** What the meter shows for `from` (included) to `to` (not included). */
  readonly between: (from: number, to: number) => number
}

/** All that the balances of a metered entitlement follow from. */
export interface Account {
  readonly periods: UsagePeriods
  readonly preserveOverageAtReset: boolean
  readonly grants: ReadonlyArray<Grant>
  readonly usage: UsageSource
}
