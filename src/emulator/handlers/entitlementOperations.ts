/**
 * What the operations of v1 and v2 on entitlements have in common.
 */
import { isActiveAt, type StoredEntitlement } from "../entitlements/Entitlement.ts"
import { order, pageParams, sortedBy } from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import * as Wire from "../http/Wire.ts"
import { preconditionFailed } from "../Refusal.ts"
import * as Customer from "../store/Customer.ts"
import * as Entitlement from "../store/Entitlement.ts"
import type { StoredCustomer } from "../store/records.ts"
import type { State } from "../store/State.ts"
import * as Subject from "../store/Subject.ts"
import { parseOptional } from "./entitlementDrafts.ts"
import type { ResetEntitlementUsageInput } from "./entitlementInputs.ts"

/** The customer of a subject, by the subject's key or id. */
export const customerOfSubject = (state: State, subjectIdOrKey: string): StoredCustomer => {
  const subject = Subject.get(state, subjectIdOrKey)
  if (subject.deletedAt !== undefined) {
    throw preconditionFailed(`subject is deleted [namespace: default, subject: ${subject.id}]`)
  }
  return Customer.ofSubject(state, subject.key)
}

/** The path parameter of v2 that names an entitlement. */
export const ulidOrFeatureKey = Wire.string({
  minLength: 1,
  maxLength: 64,
  pattern: `${Wire.keyPattern}|${Wire.ulidPattern}`
})

/** The parameters that lists of all entitlements share. */
export const listParams = {
  feature: Param.array(),
  entitlementType: Param.array(Wire.literals("metered", "boolean", "static")),
  excludeInactive: Param.boolean,
  ...pageParams,
  orderBy: Param.string(Wire.literals("createdAt", "updatedAt")),
  order
}

interface ListQuery {
  readonly feature?: ReadonlyArray<string> | undefined
  readonly entitlementType?: ReadonlyArray<string> | undefined
  readonly excludeInactive?: boolean | undefined
  readonly orderBy?: "createdAt" | "updatedAt" | undefined
  readonly order?: "ASC" | "DESC" | undefined
}

/** The entitlements that are not deleted and match a query; features match by key or id. */
export const listEntitlements = (
  state: State,
  now: number,
  query: ListQuery,
  isOfCustomer: (customer: StoredCustomer) => boolean
): ReadonlyArray<StoredEntitlement> => {
  const { entitlementType, excludeInactive = false, feature, orderBy = "createdAt" } = query
  const found = [...state.entitlements.rows.values()].filter(
    (entitlement) =>
      entitlement.deletedAt === undefined &&
      (feature?.some((one) => one === entitlement.featureKey || one === entitlement.featureId) ?? true) &&
      (entitlementType?.includes(entitlement.type) ?? true) &&
      (!excludeInactive || isActiveAt(entitlement, now)) &&
      isOfCustomer(Entitlement.customerOf(state, entitlement))
  )
  return sortedBy(found, (entitlement) => entitlement[orderBy], query.order)
}

/** Resets the usage of an entitlement as a request asks for it. */
export const resetUsage = (
  state: State,
  now: number,
  entitlement: StoredEntitlement,
  input: Wire.Type<typeof ResetEntitlementUsageInput>
): void =>
  Entitlement.reset(state, now, Entitlement.metered(entitlement), {
    effectiveAt: parseOptional(input.effectiveAt),
    retainAnchor: input.retainAnchor ?? false,
    preserveOverage: input.preserveOverage
  })
