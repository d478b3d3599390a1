/**
 * Grants: the amounts of usage that make up an entitlement.
 */
import { unit } from "../instant.ts"
import { addMonthsOverflowing } from "./calendar.ts"
import type { Interval } from "./interval.ts"
import * as Recurrence from "./recurrence.ts"

/** The units of a grant's expiration. */
export type ExpirationUnit = "HOUR" | "DAY" | "WEEK" | "MONTH" | "YEAR"

/** How long after becoming effective a grant expires. */
export interface Expiration {
  readonly duration: ExpirationUnit
  readonly count: number
}

/** What a balance is calculated from. */
export interface Grant {
  readonly id: string
  readonly amount: number
  /** Lower numbers are burnt down first. */
  readonly priority: number
  readonly effectiveAt: number
  readonly expiresAt: number | undefined
  readonly voidedAt: number | undefined
  readonly minRolloverAmount: number
  readonly maxRolloverAmount: number
  /** When the balance is topped up to the amount. */
  readonly recurrence: { readonly anchor: number; readonly interval: Interval } | undefined
  readonly createdAt: number
}

/** A grant as it is stored. */
export interface StoredGrant extends Grant {
  readonly entitlementId: string
  readonly expiration: Expiration | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
  readonly annotations: Readonly<Record<string, unknown>> | undefined
  readonly updatedAt: number
  readonly deletedAt: number | undefined
}

/** When a grant expires. Months and years overflow, unlike those of a period: 31 January and a month is 3 March. */
export const expiryOf = (effectiveAt: number, { count, duration }: Expiration): number => {
  switch (duration) {
    case "HOUR":
      return effectiveAt + count * unit.hour
    case "DAY":
      return effectiveAt + count * unit.day
    case "WEEK":
      return effectiveAt + count * unit.week
    case "MONTH":
      return addMonthsOverflowing(effectiveAt, count)
    case "YEAR":
      return addMonthsOverflowing(effectiveAt, count * 12)
  }
}

/** When a grant ends, by expiring or being voided; infinity if it does not. */
export const endOf = (grant: Grant): number =>
  Math.min(grant.expiresAt ?? Number.POSITIVE_INFINITY, grant.voidedAt ?? Number.POSITIVE_INFINITY)

/** Whether a grant gives usage at an instant. */
export const isActiveAt = (grant: Grant, instant: number): boolean =>
  grant.effectiveAt <= instant && instant < endOf(grant)

/** Whether a grant is active at any instant of a span, both ends included. */
export const isActiveWithin = (grant: Grant, from: number, to: number): boolean =>
  grant.effectiveAt <= to && from < endOf(grant) && grant.effectiveAt < endOf(grant)

/** Whether a reset rolls over a grant. One voided exactly at the reset still rolls over; one that expires does not. */
export const isRolledOverAt = (grant: Grant, reset: number): boolean =>
  grant.effectiveAt <= reset &&
  reset < (grant.expiresAt ?? Number.POSITIVE_INFINITY) &&
  reset <= (grant.voidedAt ?? Number.POSITIVE_INFINITY)

/** The balance after a reset. If the minimum exceeds the maximum, the maximum wins. */
export const rollOver = (grant: Grant, balance: number): number =>
  Math.min(grant.maxRolloverAmount, Math.max(grant.minRolloverAmount, balance))

const recurrenceOf = (grant: Grant): Recurrence.Recurrence | undefined =>
  grant.recurrence && { anchor: grant.recurrence.anchor, interval: grant.recurrence.interval.duration }

/** When a grant recurs next, at or after an instant, whether it is active then or not. */
export const nextRecurrence = (grant: Grant, instant: number): number | undefined => {
  const recurrence = recurrenceOf(grant)
  return recurrence && Recurrence.atOrAfter(recurrence, instant)
}

/** When an active grant recurs after `from` and up to `to`, which is included. */
export const recurrencesBetween = (grant: Grant, from: number, to: number): ReadonlyArray<number> => {
  const recurrence = recurrenceOf(grant)
  return recurrence === undefined
    ? []
    : Recurrence.between(recurrence, from, to).filter((instant) => isActiveAt(grant, instant))
}

/** Whether a grant has its full amount at an instant because it begins or recurs then. */
export const isWholeAt = (grant: Grant, instant: number): boolean => {
  if (grant.effectiveAt === instant) return true
  const recurrence = recurrenceOf(grant)
  return recurrence !== undefined && Recurrence.fallsOn(recurrence, instant)
}

const expiryOrder = (grant: Grant): number => grant.expiresAt ?? Number.POSITIVE_INFINITY

/** The order of burn-down: by priority, then by expiry (grants that never expire come last), then by creation. */
export const burnOrder = (self: Grant, that: Grant): number => {
  if (self.priority !== that.priority) return self.priority - that.priority
  const [a, b] = [expiryOrder(self), expiryOrder(that)]
  if (a !== b) return a < b ? -1 : 1
  return self.createdAt - that.createdAt
}
