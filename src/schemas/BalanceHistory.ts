/**
 * How the balance of a metered entitlement went: window by window, and grant by grant.
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
  period: Period.annotateKey({ description: "The window, as long as was asked for." }),
  usage: Schema.Number.annotateKey({ description: "The usage within the window, in the unit of the meter." }),
  balanceAtStart: Schema.Number.annotateKey({
    description: "The balance with which the window began, in the unit of the meter."
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
 * What a segment burnt down of one grant.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantUsageRecord = Schema.Struct({
  grantId: Schema.String.annotateKey({ description: "The grant's id." }),
  usage: Schema.Number.annotateKey({ description: "How much was burnt down of it, in the unit of the meter." })
}).annotate({ identifier: "GrantUsageRecord" })

/**
 * What a segment burnt down of one grant.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantUsageRecord extends Schema.Schema.Type<typeof GrantUsageRecord> {}

const grantBalances = Schema.Record(Schema.String, Schema.Number)

/**
 * A time within which the same grants were active: a new segment begins where a grant begins, ends or recurs, and where
 * usage is reset. A reset is itself a segment, without length.
 *
 * @since 2.0.0
 * @category schemas
 */
export const GrantBurnDownHistorySegment = Schema.Struct({
  period: Period.annotateKey({ description: "The segment." }),
  usage: Schema.Number.annotateKey({ description: "The usage within the segment, in the unit of the meter." }),
  overage: Schema.Number.annotateKey({
    description: "The usage that no grant covered, from 0. The next segment begins with it."
  }),
  balanceAtStart: Schema.Number.annotateKey({ description: "The balance with which the segment began." }),
  grantBalancesAtStart: grantBalances.annotateKey({
    description: "What each grant still held when the segment began, by the grant's id."
  }),
  balanceAtEnd: Schema.Number.annotateKey({ description: "The balance with which the segment ended." }),
  grantBalancesAtEnd: grantBalances.annotateKey({
    description: "What each grant still held when the segment ended, by the grant's id."
  }),
  grantUsages: Schema.Array(GrantUsageRecord).annotateKey({
    description: "What was burnt down of each grant, in the order in which grants burn down."
  })
}).annotate({ identifier: "GrantBurnDownHistorySegment" })

/**
 * A time within which the same grants were active.
 *
 * @since 2.0.0
 * @category models
 */
export interface GrantBurnDownHistorySegment extends Schema.Schema.Type<typeof GrantBurnDownHistorySegment> {}

/**
 * How the balance of a metered entitlement went.
 *
 * @since 2.0.0
 * @category schemas
 */
export const WindowedBalanceHistory = Schema.Struct({
  windowedHistory: Schema.Array(BalanceHistoryWindow).annotateKey({
    description:
      "Usage and balance by window, oldest first, those without usage too, but none that begins before usage counts."
  }),
  burndownHistory: Schema.Array(GrantBurnDownHistorySegment).annotateKey({
    description: "How the grants burnt down, segment by segment, oldest first."
  })
}).annotate({ identifier: "WindowedBalanceHistory" })

/**
 * How the balance of a metered entitlement went.
 *
 * @since 2.0.0
 * @category models
 */
export interface WindowedBalanceHistory extends Schema.Schema.Type<typeof WindowedBalanceHistory> {}

/**
 * Which part of a balance history is asked for.
 *
 * @since 2.0.0
 * @category schemas
 */
export const BalanceHistoryParams = Schema.Struct({
  from: optional(TimestampInput).annotateKey({
    description: "Where the history begins, cut to the minute, not before usage was measured. Default: the last reset."
  }),
  to: optional(TimestampInput).annotateKey({
    description: "Where the history ends, rounded up to the minute. Default: now."
  }),
  windowSize: WindowSize.annotateKey({ description: "The length of the windows." }),
  windowTimeZone: optional(TimeZone).annotateKey({
    description:
      "The IANA time zone by which usage is put into windows. `from` must be written with its offset. Default: UTC."
  })
}).annotate({ identifier: "BalanceHistoryParams" })

/**
 * Which part of a balance history is asked for.
 *
 * @since 2.0.0
 * @category models
 */
export interface BalanceHistoryParams extends Schema.Schema.Type<typeof BalanceHistoryParams> {}

/**
 * Which part of a balance history a program asks for: windows are days when it does not say.
 *
 * @since 2.0.0
 * @category models
 */
export interface BalanceHistoryQuery extends Omit<BalanceHistoryParams, "windowSize"> {
  /** The length of the windows. Default: DAY. */
  readonly windowSize?: WindowSize | undefined
}
