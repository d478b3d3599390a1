/**
 * What the balances of a metered entitlement follow from.
 */
import type { Aggregation } from "../metering/Meter.ts"
import type { Grant } from "./Grant.ts"
import type { UsagePeriods } from "./usagePeriod.ts"

/** Where usage comes from. */
export interface UsageSource {
  readonly aggregation: Aggregation
  /** What the meter shows for `from` (included) to `to` (not included). */
  readonly between: (from: number, to: number) => number
  /** There is no usage after this instant; `undefined` if there is none at all. */
  readonly last: number | undefined
}

/** All that the balances of a metered entitlement follow from. */
export interface Account {
  readonly periods: UsagePeriods
  readonly preserveOverageAtReset: boolean
  readonly grants: ReadonlyArray<Grant>
  readonly usage: UsageSource
}
