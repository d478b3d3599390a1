/**
 * The creation of entitlements, on their own or in place of another one.
 */
import { approximate } from "../entitlements/duration.ts"
import {
  isActiveAt,
  type MeteredEntitlement,
  type StoredEntitlement,
  usagePeriodAt
} from "../entitlements/Entitlement.ts"
import type { StoredGrant } from "../entitlements/Grant.ts"
import type { Interval } from "../entitlements/interval.ts"
import * as Recurrence from "../entitlements/recurrence.ts"
import { floorToMinute, unit } from "../instant.ts"
import { badRequest, conflictText, validationError } from "../Refusal.ts"
import * as Entitlement from "./Entitlement.ts"
import * as Feature from "./Feature.ts"
import * as Grant from "./Grant.ts"
import type { StoredCustomer } from "./records.ts"
import type { StoredFeature } from "./records.ts"
import type { State } from "./State.ts"
import { nextUlid } from "./ulid.ts"

interface UsagePeriodDraft {
  /** Default: now. */
  readonly anchor: number | undefined
  readonly interval: Interval
}

interface CommonDraft {
  readonly featureId: string | undefined
  readonly featureKey: string | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
}

/** A metered entitlement that is to be created. */
export interface MeteredDraft extends CommonDraft {
  readonly type: "metered"
  readonly usagePeriod: UsagePeriodDraft
  readonly measureUsageFrom: "NOW" | "CURRENT_PERIOD_START" | number
  readonly isSoftLimit: boolean
  readonly preserveOverageAtReset: boolean
  readonly issueAfterReset: number | undefined
  readonly issueAfterResetPriority: number | undefined
  readonly grants: ReadonlyArray<Grant.GrantDraft>
}

/** An entitlement that is to be created. */
export type EntitlementDraft =
  | MeteredDraft
  | (CommonDraft & {
      readonly type: "static"
      readonly config: string
      readonly usagePeriod: UsagePeriodDraft | undefined
    })
  | (CommonDraft & { readonly type: "boolean"; readonly usagePeriod: UsagePeriodDraft | undefined })

const refusePeriod = ({ usagePeriod }: EntitlementDraft): void => {
  if (usagePeriod !== undefined && approximate(usagePeriod.interval.duration) < unit.hour) {
    throw validationError("UsagePeriod must be at least 1 hour")
  }
}

const refuseMetered = (state: State, feature: StoredFeature, draft: MeteredDraft): void => {
  Entitlement.meterOf(state, feature)
  if (draft.issueAfterResetPriority !== undefined && draft.issueAfterReset === undefined) {
    throw badRequest("invalid entitlement value for type metered: IssueAfterResetPriority requires IssueAfterReset")
  }
}

const measureUsageFrom = (draft: MeteredDraft, anchor: number, now: number): number => {
  if (draft.measureUsageFrom === "NOW") return floorToMinute(now)
  if (draft.measureUsageFrom === "CURRENT_PERIOD_START") {
    return Recurrence.atOrBefore({ anchor, interval: draft.usagePeriod.interval.duration }, now)
  }
  return floorToMinute(draft.measureUsageFrom)
}

const make = (
  state: State,
  now: number,
  customer: StoredCustomer,
  feature: StoredFeature,
  draft: EntitlementDraft
): StoredEntitlement => {
  const common = {
    id: nextUlid(state, now),
    customerId: customer.id,
    featureId: feature.id,
    featureKey: feature.key,
    metadata: draft.metadata,
    annotations: undefined,
    activeFrom: now,
    activeTo: undefined,
    createdAt: now,
    updatedAt: now,
    deletedAt: undefined
  }
  if (draft.type === "metered") {
    const anchor = floorToMinute(draft.usagePeriod.anchor ?? now)
    return {
      ...common,
      type: "metered",
      usagePeriod: { anchor, interval: draft.usagePeriod.interval },
      measureUsageFrom: measureUsageFrom(draft, anchor, now),
      manualResets: [],
      isSoftLimit: draft.isSoftLimit,
      preserveOverageAtReset: draft.preserveOverageAtReset,
      issueAfterReset: draft.issueAfterReset ?? 0,
      issueAfterResetPriority: draft.issueAfterResetPriority,
      grantIds: [],
      remembered: []
    }
  }
  // Only metered entitlements are truncated to the minute.
  const usagePeriod = draft.usagePeriod && { ...draft.usagePeriod, anchor: draft.usagePeriod.anchor ?? now }
  return draft.type === "static"
    ? { ...common, type: "static", config: draft.config, usagePeriod }
    : { ...common, type: "boolean", usagePeriod }
}

// A grant that every reset tops up.
const defaultGrant = (entitlement: MeteredEntitlement, now: number): ReadonlyArray<Grant.GrantDraft> => {
  const { issueAfterReset: amount, issueAfterResetPriority: priority = 1 } = entitlement
  if (amount === 0) return []
  return [
    {
      amount,
      priority,
      effectiveAt: usagePeriodAt(entitlement, now).from,
      expiration: undefined,
      minRolloverAmount: amount,
      maxRolloverAmount: amount,
      recurrence: undefined,
      metadata: undefined,
      annotations: { issueAfterReset: true }
    }
  ]
}

// Every grant is checked before anything is stored: one bad grant undoes the whole creation.
const grantsFor = (
  state: State,
  now: number,
  entitlement: StoredEntitlement,
  draft: EntitlementDraft
): ReadonlyArray<StoredGrant> =>
  entitlement.type === "metered" && draft.type === "metered"
    ? [...defaultGrant(entitlement, now), ...draft.grants].map((grant) => Grant.make(state, now, entitlement, grant))
    : []

const store = (state: State, entitlement: StoredEntitlement, grants: ReadonlyArray<StoredGrant>): StoredEntitlement => {
  Entitlement.put(state, entitlement)
  if (entitlement.type !== "metered") return entitlement
  return grants.reduce((stored, grant) => Grant.add(state, stored, grant), entitlement)
}

/** Creates an entitlement of a customer to a feature that it has no entitlement to. */
export const create = (
  state: State,
  now: number,
  customer: StoredCustomer,
  draft: EntitlementDraft
): StoredEntitlement => {
  const idOrKey = draft.featureId ?? draft.featureKey
  if (idOrKey === undefined) throw validationError("feature id or key must be set")
  refusePeriod(draft)
  const feature = Feature.get(state, idOrKey)
  const holder = Entitlement.holderOf(state, customer, feature.key)
  if (holder !== undefined) {
    throw conflictText(
      `entitlement with id ${holder.id} already exists for feature ${holder.featureId} and customer ${customer.id}`,
      { conflictingEntityId: holder.id }
    )
  }
  if (draft.type === "metered") refuseMetered(state, feature, draft)
  const entitlement = make(state, now, customer, feature, draft)
  return store(state, entitlement, grantsFor(state, now, entitlement, draft))
}

/** Ends an entitlement now and puts another one in its place, which inherits nothing from it. */
export const override = (
  state: State,
  now: number,
  customer: StoredCustomer,
  old: StoredEntitlement,
  draft: EntitlementDraft
): StoredEntitlement => {
  const idOrKey = draft.featureId ?? draft.featureKey
  if (idOrKey === undefined) throw validationError("feature ID or Key is required")
  const feature = Feature.get(state, idOrKey)
  if (feature.id !== old.featureId) throw validationError("old and new entitlements belong to different features")
  if (customer.id !== old.customerId) throw validationError("old and new entitlements belong to different customers")
  if (now === old.activeFrom) throw validationError("new entitlement must be active after the old one")
  if (!isActiveAt(old, now)) throw validationError("new entitlement must be active before the old one ends")
  refusePeriod(draft)
  if (draft.type === "metered") refuseMetered(state, feature, draft)
  const entitlement = make(state, now, customer, feature, draft)
  const grants = grantsFor(state, now, entitlement, draft)
  Entitlement.put(state, { ...old, activeTo: now, updatedAt: now })
  return store(state, entitlement, grants)
}
