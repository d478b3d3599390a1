/**
 * Grants of metered entitlements: creation, voiding, lookups.
 */
import { approximate } from "../entitlements/duration.ts"
import { type MeteredEntitlement, usagePeriodAt } from "../entitlements/Entitlement.ts"
import { goTime } from "../entitlements/goTime.ts"
import { type Expiration, expiryOf, type StoredGrant } from "../entitlements/Grant.ts"
import type { Interval } from "../entitlements/interval.ts"
import * as Snapshot from "../entitlements/snapshot.ts"
import { floorToMinute } from "../instant.ts"
import { notFoundText, Refusal, validationError } from "../Refusal.ts"
import * as Entitlement from "./Entitlement.ts"
import type { State } from "./State.ts"
import * as Table from "./Table.ts"
import { nextUlid } from "./ulid.ts"

/** A grant that is to be created. */
export interface GrantDraft {
  readonly amount: number
  readonly priority: number
  readonly effectiveAt: number
  readonly expiration: Expiration | undefined
  readonly minRolloverAmount: number
  readonly maxRolloverAmount: number
  /** The anchor defaults to when the grant becomes effective. */
  readonly recurrence: { readonly anchor: number | undefined; readonly interval: Interval } | undefined
  readonly metadata: Readonly<Record<string, string>> | undefined
  readonly annotations: Readonly<Record<string, unknown>> | undefined
}

const refuse = (entitlement: MeteredEntitlement, draft: GrantDraft, effectiveAt: number, now: number): void => {
  if (draft.amount <= 0) {
    const issue = {
      amount: draft.amount,
      code: "grant_amount_must_be_positive",
      field: "$.amount",
      message: "amount must be positive",
      severity: "critical"
    }
    throw new Refusal(400, { extensions: { validationErrors: [issue] } })
  }
  // The server would accept it and never finish calculating the balance.
  if (draft.recurrence !== undefined && approximate(draft.recurrence.interval.duration) <= 0) {
    throw validationError("recurrence interval must be longer than zero")
  }
  const period = usagePeriodAt(entitlement, now)
  if (effectiveAt < period.from) {
    throw validationError(
      `grant effective date ${goTime(effectiveAt)} is before the current usage period ${goTime(period.from)}`
    )
  }
}

/** Makes the grant of a draft, without storing it; one that the entitlement cannot have is refused. */
export const make = (state: State, now: number, entitlement: MeteredEntitlement, draft: GrantDraft): StoredGrant => {
  const { expiration, recurrence, ...rest } = draft
  const effectiveAt = floorToMinute(draft.effectiveAt)
  refuse(entitlement, draft, effectiveAt, now)
  return {
    ...rest,
    id: nextUlid(state, now),
    entitlementId: entitlement.id,
    effectiveAt,
    expiration,
    expiresAt: expiration && expiryOf(effectiveAt, expiration),
    recurrence: recurrence && {
      anchor: floorToMinute(recurrence.anchor ?? effectiveAt),
      interval: recurrence.interval
    },
    voidedAt: undefined,
    createdAt: now,
    updatedAt: now,
    deletedAt: undefined
  }
}

/** Stores a new grant. What was remembered of the time after it becomes effective is forgotten. */
export const add = (state: State, entitlement: MeteredEntitlement, grant: StoredGrant): MeteredEntitlement => {
  Table.put(state.grants, grant, undefined)
  return Entitlement.put(state, {
    ...entitlement,
    grantIds: [...entitlement.grantIds, grant.id],
    remembered: Snapshot.forgetAfter(entitlement.remembered, grant.effectiveAt)
  })
}

/** Voids a grant from an instant on, which is cut to the minute. */
export const voidAt = (state: State, now: number, id: string, instant: number): void => {
  const grant = state.grants.rows.get(id)
  if (grant === undefined || grant.deletedAt !== undefined) throw notFoundText(`grant not found: ${id}`)
  if (grant.voidedAt !== undefined) throw validationError("grant already voided")
  if (instant > now) throw validationError(`void time ${goTime(instant)} must not be in the future`)
  const voidedAt = floorToMinute(instant)
  const entitlement = Entitlement.metered(Entitlement.get(state, grant.entitlementId))
  const period = usagePeriodAt(entitlement, now)
  if (voidedAt < period.from) {
    throw validationError(
      `void time ${goTime(voidedAt)} is before the current usage period start ${goTime(period.from)}`
    )
  }
  Table.put(state.grants, { ...grant, voidedAt, updatedAt: now }, undefined)
  Entitlement.put(state, { ...entitlement, remembered: Snapshot.forgetAfter(entitlement.remembered, voidedAt) })
}
