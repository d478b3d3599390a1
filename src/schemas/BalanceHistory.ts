/**
 * Balance history of metered entitlements, by window and by grant.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { optional } from "./Optional.ts"
import { Period } from "./Period.ts"
import { TimestampInput } from "./Timestamp.ts"
import { TimeZone, WindowSize } from "./Window.ts"

/**
 * Usage and balance of one window.
 *
 * @since 2.0.0
 * @category schemas
 */
export const BalanceHistoryWindow = Schema.Struct({
  period: Period.annotateKey({ description: "Window, of the requested size." }),
  usage: Schema.Number.annotateKey({ description: "Usage in the window, in the meter's unit." }),
  balanceAtStart: Schema.Number.annotateKey({
    description: "Balance at the start of the window, in the meter's unit."
  })
}).annotate({ identifier: "BalanceHistoryWindow" })

/**
 * Usage and balance of one window.
 *
 * @since 2.0.0
 * @category models
 */
export interface BalanceHistoryWindow extends Schema.Schema.Type<typeof BalanceHistoryWindow> {}

/**
 * Usage that one segment burned down from one grant.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantUsageRecord = Schema.Struct({
  grantId: Schema.String.annotateKey({ description: "Id of the grant." }),
  usage: Schema.Number.annotateKey({ description: "Usage burned down from the grant, in the meter's unit." })
}).annotate({ identifier: "GrantUsageRecord" })

/**
 * Usage that one segment burned down from one grant.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantUsageRecord extends Schema.Schema.Type<typeof GrantUsageRecord> {}

const grantBalances = Schema.Record(Schema.String, Schema.Number)

/**
 * A stretch of time in which the same grants were active. A new segment starts where a grant starts, ends or recurs,
 * and where usage is reset. A reset is itself a segment of zero length.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantBurnDownHistorySegment = Schema.Struct({
  period: Period.annotateKey({ description: "The segment." }),
  usage: Schema.Number.annotateKey({ description: "Usage in the segment, in the meter's unit." }),
  overage: Schema.Number.annotateKey({
    description: "Usage not covered by any grant, at least 0. Carried into the next segment."
  }),
  balanceAtStart: Schema.Number.annotateKey({ description: "Balance at the start of the segment." }),
  grantBalancesAtStart: grantBalances.annotateKey({
    description: "Balance of each grant at the start of the segment, by grant id."
  }),
  balanceAtEnd: Schema.Number.annotateKey({ description: "Balance at the end of the segment." }),
  grantBalancesAtEnd: grantBalances.annotateKey({
    description: "Balance of each grant at the end of the segment, by grant id."
  }),
  grantUsages: Schema.Array(GrantUsageRecord).annotateKey({
    description: "Usage burned down from each grant, in burn-down order."
  })
}).annotate({ identifier: "GrantBurnDownHistorySegment" })

/**
 * A stretch of time in which the same grants were active.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantBurnDownHistorySegment extends Schema.Schema.Type<typeof GrantBurnDownHistorySegment> {}

/**
 * Balance history of a metered entitlement.
 *
 * @since 2.0.0
 * @category schemas
 */
export const WindowedBalanceHistory = Schema.Struct({
  windowedHistory: Schema.Array(BalanceHistoryWindow).annotateKey({
    description:
      "Usage and balance by window, oldest first. Includes windows without usage, but none that start before usage counts."
  }),
  burndownHistory: Schema.Array(GrantBurnDownHistorySegment).annotateKey({
    description: "Burn-down of the grants by segment, oldest first."
  })
}).annotate({ identifier: "WindowedBalanceHistory" })

/**
 * Balance history of a metered entitlement.
 *
 * @since 2.0.0
 * @category models
 */
export interface WindowedBalanceHistory extends Schema.Schema.Type<typeof WindowedBalanceHistory> {}

/**
 * Query parameters for a balance history.
 *
 * @since 2.0.0
 * @category schemas
 */
export const BalanceHistoryParams = Schema.Struct({
  from: optional(TimestampInput).annotateKey({
    description:
      "Start of the history, truncated to the minute. Must not be before the start of usage measurement. Default: the last reset."
  }),
  to: optional(TimestampInput).annotateKey({
    description: "End of the history, rounded up to the minute. Default: now."
  }),
  windowSize: WindowSize.annotateKey({ description: "Size of the windows." }),
  windowTimeZone: optional(TimeZone).annotateKey({
    description: "IANA time zone to align windows to. `from` must be given with its offset. Default: UTC."
  })
}).annotate({ identifier: "BalanceHistoryParams" })

/**
 * Query parameters for a balance history.
 *
 * @since 2.0.0
 * @category models
 */
export interface BalanceHistoryParams extends Schema.Schema.Type<typeof BalanceHistoryParams> {}

/**
 * Query parameters for a balance history, with daily windows by default.
 *
 * @since 2.0.0
 * @category models
 */
export interface BalanceHistoryQuery extends Omit<BalanceHistoryParams, "windowSize"> {
  /** Size of the windows. Default: DAY. */
  readonly windowSize?: WindowSize | undefined
}
