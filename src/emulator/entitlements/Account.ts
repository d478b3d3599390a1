/**
 * The account of a metered entitlement: everything that determines its balances.
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

/** Everything that determines the balances of a metered entitlement. */
export interface Account {
  readonly periods: UsagePeriods
  readonly preserveOverageAtReset: boolean
  readonly grants: ReadonlyArray<Grant>
  readonly usage: UsageSource
}
