/**
 * Entitlements of customers: lookups, removal, resets, and what their balances are calculated from.
 */
import type { Account } from "../entitlements/Account.ts"
import * as Engine from "../entitlements/engine.ts"
import {
  isActiveAt,
  type MeteredEntitlement,
  type StoredEntitlement,
  usagePeriodAt,
  usagePeriodsOf
} from "../entitlements/Entitlement.ts"
import { goTime } from "../entitlements/goTime.ts"
import type { StoredGrant } from "../entitlements/Grant.ts"
import * as Snapshot from "../entitlements/snapshot.ts"
import { anchorInForce, lastReset } from "../entitlements/usagePeriod.ts"
import { floorToMinute } from "../instant.ts"
import * as EventLog from "../metering/EventLog.ts"
import type { StoredMeter } from "../metering/Meter.ts"
import { usage, windowedUsage } from "../metering/usage.ts"
import { badRequest, internalError, notFoundText, validationError } from "../Refusal.ts"
import * as Customer from "./Customer.ts"
import type { StoredCustomer } from "./records.ts"
import type { StoredFeature } from "./records.ts"
import type { State } from "./State.ts"
import * as Table from "./Table.ts"
import { isUlid } from "./ulid.ts"

const keyOf = ({ customerId, featureKey }: { readonly customerId: string; readonly featureKey: string }): string =>
  `${customerId}/${featureKey}`

const notFound = (idOrFeatureKey: string) =>
  notFoundText(`entitlement not found ${idOrFeatureKey} in namespace default`)

/** Stores an entitlement. It holds the feature key of its customer unless it has ended. */
export const put = <A extends StoredEntitlement>(state: State, entitlement: A): A => {
  const ended = entitlement.deletedAt !== undefined || entitlement.activeTo !== undefined
  Table.put<StoredEntitlement>(state.entitlements, entitlement, ended ? undefined : keyOf(entitlement))
  return entitlement
}

/** The entitlement of an id; an unknown or deleted one is refused with 404. */
export const get = (state: State, id: string): StoredEntitlement => {
  const entitlement = state.entitlements.rows.get(id)
  if (entitlement === undefined || entitlement.deletedAt !== undefined) throw notFound(id)
  return entitlement
}

/** The entitlement that a customer has to a feature now and from now on, if it has one. */
export const holderOf = (state: State, customer: StoredCustomer, featureKey: string): StoredEntitlement | undefined =>
  Table.byKey(state.entitlements, keyOf({ customerId: customer.id, featureKey }))

/** The entitlement that a customer had or has to a feature at an instant, even if it was deleted since. */
const findByFeatureKey = (
  state: State,
  customer: StoredCustomer,
  featureKey: string,
  instant: number
): StoredEntitlement | undefined => {
  const holder = holderOf(state, customer, featureKey)
  if (holder !== undefined && isActiveAt(holder, instant)) return holder
  for (const entitlement of state.entitlements.rows.values()) {
    if (
      entitlement.customerId === customer.id &&
      entitlement.featureKey === featureKey &&
      isActiveAt(entitlement, instant)
    ) {
      return entitlement
    }
  }
  return undefined
}

const findByIdOrFeatureKey = (
  state: State,
  customer: StoredCustomer,
  idOrFeatureKey: string,
  instant: number
): StoredEntitlement | undefined =>
  isUlid(idOrFeatureKey)
    ? state.entitlements.rows.get(idOrFeatureKey)
    : findByFeatureKey(state, customer, idOrFeatureKey, instant)

// A deleted entitlement still answers by its feature for the time when it was active, unless it is metered.
const isGone = (entitlement: StoredEntitlement, idOrFeatureKey: string): boolean =>
  entitlement.deletedAt !== undefined && (entitlement.type === "metered" || entitlement.id === idOrFeatureKey)

/**
 * The entitlement of an id, whoever's it is, or else of a customer to a feature at an instant; `undefined` if there is
 * none that answers.
 */
export const findOfCustomer = (
  state: State,
  customer: StoredCustomer,
  idOrFeatureKey: string,
  instant: number
): StoredEntitlement | undefined => {
  const entitlement = findByIdOrFeatureKey(state, customer, idOrFeatureKey, instant)
  return entitlement !== undefined && isGone(entitlement, idOrFeatureKey) ? undefined : entitlement
}

/** Like `findOfCustomer`, but refused with 404 if there is none; a deleted one is named by its id. */
export const getOfCustomer = (
  state: State,
  customer: StoredCustomer,
  idOrFeatureKey: string,
  instant: number
): StoredEntitlement => {
  const entitlement = findByIdOrFeatureKey(state, customer, idOrFeatureKey, instant)
  if (entitlement === undefined) throw notFound(idOrFeatureKey)
  if (isGone(entitlement, idOrFeatureKey)) throw notFound(entitlement.id)
  return entitlement
}

/** The entitlements of a customer that are active at an instant. */
export const activeOf = (state: State, customer: StoredCustomer, instant: number): ReadonlyArray<StoredEntitlement> =>
  [...state.entitlements.rows.values()].filter(
    (entitlement) => entitlement.customerId === customer.id && isActiveAt(entitlement, instant)
  )

/** The same entitlement, if it is metered; any other is refused with 400. */
export const metered = (entitlement: StoredEntitlement): MeteredEntitlement => {
  if (entitlement.type !== "metered") {
    throw badRequest(`expected entitlement type metered but got ${entitlement.type}`)
  }
  return entitlement
}

/** The customer of an entitlement. */
export const customerOf = (state: State, entitlement: StoredEntitlement): StoredCustomer => {
  const customer = state.customers.rows.get(entitlement.customerId)
  // Unreachable: customers are never taken out of their table.
  if (customer === undefined) throw internalError()
  return customer
}

/** The grants of a metered entitlement, in the order of their creation. */
export const grantsOf = (state: State, entitlement: MeteredEntitlement): ReadonlyArray<StoredGrant> =>
  entitlement.grantIds.flatMap((id) => state.grants.rows.get(id) ?? [])

/** The meter behind a feature; a feature without one cannot have metered entitlements. */
export const meterOf = (state: State, feature: StoredFeature): StoredMeter => {
  const meter = feature.meterId === undefined ? undefined : state.meters.rows.get(feature.meterId)
  if (meter === undefined) throw badRequest(`invalid feature ${feature.id}: Feature has no meter`)
  return meter
}

interface Measured {
  readonly meter: StoredMeter
  readonly subjects: ReadonlyArray<string>
  readonly groupByFilters: StoredFeature["meterGroupByFilters"]
}

const measuredOf = (state: State, entitlement: MeteredEntitlement): Measured => {
  const feature = state.features.rows.get(entitlement.featureId)
  // Unreachable: features are archived, but never taken out of their table.
  if (feature === undefined) throw internalError()
  return {
    meter: meterOf(state, feature),
    subjects: Customer.usageSubjects(customerOf(state, entitlement)),
    groupByFilters: feature.meterGroupByFilters
  }
}

/** What the balances of a metered entitlement follow from. */
export const accountOf = (state: State, entitlement: MeteredEntitlement): Account => {
  const { meter, ...query } = measuredOf(state, entitlement)
  return {
    periods: usagePeriodsOf(entitlement),
    preserveOverageAtReset: entitlement.preserveOverageAtReset,
    grants: grantsOf(state, entitlement),
    usage: {
      aggregation: meter.aggregation,
      between: (from, to) => usage(state.events, meter, { ...query, from, to }),
      last: EventLog.lastOf(state.events, meter.eventType)
    }
  }
}

/** What the meter behind a metered entitlement shows for a range, in windows. */
export const windowedUsageOf = (
  state: State,
  entitlement: MeteredEntitlement,
  range: Pick<Parameters<typeof windowedUsage>[2], "from" | "to" | "windowSize" | "timeZone">
): ReturnType<typeof windowedUsage> => {
  const { meter, ...query } = measuredOf(state, entitlement)
  return windowedUsage(state.events, meter, { ...query, ...range })
}

/** Deletes an entitlement and its grants, which frees the feature for another one. */
export const remove = (state: State, now: number, entitlement: StoredEntitlement): void => {
  put(state, { ...entitlement, updatedAt: now, deletedAt: now })
  if (entitlement.type !== "metered") return
  for (const grant of grantsOf(state, entitlement)) {
    Table.put(state.grants, { ...grant, updatedAt: now, deletedAt: now }, undefined)
  }
}

/** How usage is to be reset. */
export interface ResetOptions {
  /** Default: now. */
  readonly effectiveAt: number | undefined
  /** Whether the boundaries of the following periods stay where they are. */
  readonly retainAnchor: boolean
  /** Default: what the entitlement says. */
  readonly preserveOverage: boolean | undefined
}

/** Resets the usage of a metered entitlement, which begins a new usage period. */
export const reset = (state: State, now: number, entitlement: MeteredEntitlement, options: ResetOptions): void => {
  const effectiveAt = options.effectiveAt ?? now
  if (effectiveAt > now) throw validationError(`cannot reset at ${goTime(effectiveAt)} in the future`)
  const at = floorToMinute(effectiveAt)
  const periods = usagePeriodsOf(entitlement)
  const period = usagePeriodAt(entitlement, now)
  if (at < period.from) {
    throw validationError(`reset at ${goTime(at)} is before current usage period start ${goTime(period.from)}`)
  }
  if (at <= lastReset(periods)) {
    throw validationError(`reset at ${goTime(at)} must be after last reset at ${goTime(lastReset(periods))}`)
  }
  const account = accountOf(state, entitlement)
  const start = Engine.startingPoint(account, entitlement.remembered, at)
  const preserveOverage = options.preserveOverage ?? entitlement.preserveOverageAtReset
  const snapshot = Engine.resetManually(account, start, at, preserveOverage)
  put(state, {
    ...entitlement,
    updatedAt: now,
    manualResets: [...entitlement.manualResets, { at, anchor: options.retainAnchor ? anchorInForce(periods) : at }],
    remembered: Snapshot.remember(Snapshot.forgetAfter(entitlement.remembered, at), snapshot)
  })
}
