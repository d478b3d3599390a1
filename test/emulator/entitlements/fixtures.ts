/**
 * What the tests of entitlements are made of: accounts that hold little, and arbitrary ones.
 */
import { assert } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Account } from "../../../src/emulator/entitlements/Account.ts"
import type { Aggregation } from "../../../src/emulator/metering/Meter.ts"
import { unit } from "../../../src/emulator/instant.ts"
import * as Engine from "../../../src/emulator/entitlements/engine.ts"
import type { Grant } from "../../../src/emulator/entitlements/Grant.ts"
import type { Interval } from "../../../src/emulator/entitlements/interval.ts"
import * as Intervals from "../../../src/emulator/entitlements/interval.ts"
import type { UsagePeriods } from "../../../src/emulator/entitlements/usagePeriod.ts"

/** An instant: `2025-01-31` or `2025-01-31T12:30`, in UTC. */
export const at = (text: string): number => Date.parse(text.includes("T") ? `${text}Z` : `${text}T00:00:00Z`)

export const text = (instant: number): string => new Date(instant).toISOString().replace(":00.000Z", "")

export const interval = (name: string): Interval => {
  const found = Intervals.parse(name)
  assert.isDefined(found, name)
  return found
}

/** Months from the first of January 2025. */
export const monthly = (overrides: Partial<UsagePeriods> = {}): UsagePeriods => ({
  measureUsageFrom: at("2025-01-01"),
  anchor: at("2025-01-01"),
  interval: interval("MONTH").duration,
  manualResets: [],
  ...overrides
})

/** A grant of 100 from the first of January 2025 that never ends and rolls over whole. */
export const grant = (id: string, overrides: Partial<Grant> = {}): Grant => ({
  id,
  amount: 100,
  priority: 1,
  effectiveAt: at("2025-01-01"),
  expiresAt: undefined,
  voidedAt: undefined,
  minRolloverAmount: 0,
  maxRolloverAmount: Number.POSITIVE_INFINITY,
  recurrence: undefined,
  createdAt: 0,
  ...overrides
})

export type Usage = ReadonlyArray<readonly [instant: number, value: number]>

/** The aggregations that a feature takes. */
type EntitlementAggregation = Exclude<Aggregation, "AVG" | "MIN" | "MAX">

const aggregate = (aggregation: EntitlementAggregation, values: ReadonlyArray<number>): number => {
  switch (aggregation) {
    case "SUM":
      return values.reduce((total, value) => total + value, 0)
    case "COUNT":
      return values.length
    case "UNIQUE_COUNT":
      return new Set(values).size
    case "LATEST":
      return values.at(-1) ?? 0
  }
}

export const account = (
  grants: ReadonlyArray<Grant>,
  usage: Usage,
  overrides: Partial<Omit<Account, "usage">> & { readonly aggregation?: EntitlementAggregation } = {}
): Account => ({
  periods: monthly(),
  preserveOverageAtReset: false,
  grants,
  ...overrides,
  usage: {
    aggregation: overrides.aggregation ?? "SUM",
    between: (from, to) =>
      aggregate(
        overrides.aggregation ?? "SUM",
        usage.flatMap(([instant, value]) => (from <= instant && instant < to ? [value] : []))
      ),
    last: usage.length === 0 ? undefined : Math.max(...usage.map(([instant]) => instant))
  }
})

/** Calculates an account from where its measurement begins. */
export const run = (account: Account, until: number): Engine.Run =>
  Engine.run(account, Engine.startingPoint(account, [], until), until)

export const int = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** The hours that arbitrary accounts live for: two weeks, in usage periods of five days. */
export const hours = 14 * 24

const Hour = int(0, hours)

const ArbitraryGrant = Schema.Struct({
  amount: int(1, 60),
  priority: int(0, 2),
  from: Hour,
  lasts: Schema.UndefinedOr(int(1, hours)),
  voidedAfter: Schema.UndefinedOr(Hour),
  min: int(0, 40),
  max: int(0, 80),
  every: Schema.UndefinedOr(int(6, 90))
})

/** An account in hours: some grants, some usage, now and then a manual reset. */
export const ArbitraryAccount = Schema.Struct({
  grants: Schema.Array(ArbitraryGrant).check(Schema.isMaxLength(5)),
  usage: Schema.Array(Schema.Tuple([Hour, int(0, 50)])).check(Schema.isMaxLength(25)),
  resets: Schema.Array(int(1, hours)).check(Schema.isMaxLength(3)),
  retainAnchor: Schema.Boolean,
  preserveOverageAtReset: Schema.Boolean
})

export const start = at("2025-03-01")

/** The instant of an hour of an arbitrary account. */
export const hour = (n: number): number => start + n * unit.hour

/** The account that was described arbitrarily. */
export const accountOf = (
  description: typeof ArbitraryAccount.Type,
  aggregation: EntitlementAggregation = "SUM"
): Account =>
  account(
    description.grants.map(({ every, from, lasts, voidedAfter, ...rest }, i) =>
      grant(`g${i}`, {
        amount: rest.amount,
        priority: rest.priority,
        effectiveAt: hour(from),
        expiresAt: lasts === undefined ? undefined : hour(from + lasts),
        voidedAt: voidedAfter === undefined ? undefined : hour(from + voidedAfter),
        minRolloverAmount: rest.min,
        maxRolloverAmount: rest.max,
        recurrence: every === undefined ? undefined : { anchor: hour(from), interval: interval(`PT${every}H`) },
        createdAt: i
      })
    ),
    description.usage.map(([n, value]) => [hour(n), value]),
    {
      aggregation,
      preserveOverageAtReset: description.preserveOverageAtReset,
      periods: {
        measureUsageFrom: start,
        anchor: start,
        interval: interval("P5D").duration,
        manualResets: [...new Set(description.resets)]
          .sort((a, b) => a - b)
          .map((n) => ({ at: hour(n), anchor: description.retainAnchor ? start : hour(n) }))
      }
    }
  )
