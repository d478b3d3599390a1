/**
 * Grants in v1 and v2, of an entitlement and of all.
 */
import { addMonthsOverflowing } from "../entitlements/calendar.ts"
import type { StoredEntitlement } from "../entitlements/Entitlement.ts"
import { nextRecurrence, type StoredGrant } from "../entitlements/Grant.ts"
import type { Call } from "../http/Handler.ts"
import { empty, json } from "../http/Handler.ts"
import { jsonBody, operation } from "../http/operation.ts"
import {
  asksForPage,
  type OffsetQuery,
  offsetParams,
  order,
  page,
  pageParams,
  sortedBy,
  stretch
} from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { formatInstant, formatOptional } from "../instant.ts"
import { internalError } from "../Refusal.ts"
import * as Customer from "../store/Customer.ts"
import * as Entitlement from "../store/Entitlement.ts"
import * as Grant from "../store/Grant.ts"
import type { StoredCustomer } from "../store/records.ts"
import type { State } from "../store/State.ts"
import { encodeRecurringPeriod } from "./entitlementAnswers.ts"
import { grantDraft, grantDraftV2 } from "./entitlementDrafts.ts"
import { GrantCreateInput, GrantCreateInputV2 } from "./entitlementInputs.ts"
import { customerOfSubject, ulidOrFeatureKey } from "./entitlementOperations.ts"

const encodeGrantV2 = (grant: StoredGrant, now: number) => ({
  id: grant.id,
  entitlementId: grant.entitlementId,
  amount: grant.amount,
  priority: grant.priority,
  effectiveAt: formatInstant(grant.effectiveAt),
  expiration: grant.expiration,
  expiresAt: formatOptional(grant.expiresAt),
  minRolloverAmount: grant.minRolloverAmount,
  maxRolloverAmount: grant.maxRolloverAmount,
  recurrence: grant.recurrence && encodeRecurringPeriod(grant.recurrence),
  nextRecurrence: formatOptional(nextRecurrence(grant, now)),
  metadata: grant.metadata,
  annotations: grant.annotations,
  voidedAt: formatOptional(grant.voidedAt),
  createdAt: formatInstant(grant.createdAt),
  updatedAt: formatInstant(grant.updatedAt),
  deletedAt: formatOptional(grant.deletedAt)
})

// In v1 every grant expires: one that does not is shown to expire in a hundred years.
const encodeGrant = (grant: StoredGrant, now: number) => ({
  ...encodeGrantV2(grant, now),
  expiration: grant.expiration ?? { duration: "YEAR", count: 100 },
  expiresAt: formatInstant(grant.expiresAt ?? addMonthsOverflowing(now, 1200))
})

const bySubject = { subjectIdOrKey: Wire.string(), entitlementIdOrFeatureKey: Wire.string() }
const byCustomer = { customerIdOrKey: Wire.ulidOrExternalKey, entitlementIdOrFeatureKey: ulidOrFeatureKey }

const grantTo = (
  { now, state }: Call,
  customer: StoredCustomer,
  entitlementIdOrFeatureKey: string,
  draft: Grant.GrantDraft
): StoredGrant => {
  const entitlement = Entitlement.metered(Entitlement.getOfCustomer(state, customer, entitlementIdOrFeatureKey, now))
  const grant = Grant.make(state, now, entitlement, draft)
  Grant.add(state, entitlement, grant)
  return grant
}

const createGrant = operation({ path: bySubject, body: jsonBody(GrantCreateInput) }, (call) => {
  const { body, now, path, state } = call
  const customer = customerOfSubject(state, path.subjectIdOrKey)
  return json(201, encodeGrant(grantTo(call, customer, path.entitlementIdOrFeatureKey, grantDraft(body)), now))
})

const createCustomerEntitlementGrantV2 = operation({ path: byCustomer, body: jsonBody(GrantCreateInputV2) }, (call) => {
  const { body, now, path, state } = call
  const customer = Customer.getLive(state, path.customerIdOrKey)
  return json(201, encodeGrantV2(grantTo(call, customer, path.entitlementIdOrFeatureKey, grantDraftV2(body)), now))
})

const orderBy = Wire.literals("id", "createdAt", "updatedAt")

const grantsOf = (state: State, entitlement: StoredEntitlement): ReadonlyArray<StoredGrant> =>
  entitlement.type === "metered" ? Entitlement.grantsOf(state, entitlement) : []

const listEntitlementGrants = operation(
  // Both parameters are validated and ignored.
  { path: bySubject, query: { includeDeleted: Param.boolean, orderBy: Param.string(Wire.allOf(orderBy)) } },
  ({ now, path, state }) => {
    const customer = customerOfSubject(state, path.subjectIdOrKey)
    const entitlement = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now)
    return json(
      200,
      grantsOf(state, entitlement).map((grant) => encodeGrant(grant, now))
    )
  }
)

const listParams = {
  includeDeleted: Param.boolean,
  ...pageParams,
  ...offsetParams,
  orderBy: Param.string(orderBy),
  order
}

// Without a page the figures of the page are 0, and offset and limit cut the list.
const unpaged = <A>(items: ReadonlyArray<A>, query: OffsetQuery) => ({
  items: stretch(items, query),
  page: 0,
  pageSize: 0,
  totalCount: items.length
})

const asksForStretch = (query: OffsetQuery): boolean => query.limit !== undefined || query.offset !== undefined

const listCustomerEntitlementGrantsV2 = operation(
  { path: byCustomer, query: listParams },
  ({ now, path, query, state }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const entitlement = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now)
    const { orderBy = "createdAt" } = query
    const sorted = sortedBy(grantsOf(state, entitlement), (grant) => grant[orderBy], query.order)
    const encoded = sorted.map((grant) => encodeGrantV2(grant, now))
    return json(200, asksForStretch(query) && !asksForPage(query) ? unpaged(encoded, query) : page(encoded, query))
  }
)

interface ListQuery {
  readonly feature?: ReadonlyArray<string> | undefined
  readonly includeDeleted?: boolean | undefined
  readonly orderBy?: "id" | "createdAt" | "updatedAt" | undefined
  readonly order?: "ASC" | "DESC" | undefined
}

// Features match by key or id. Grants are deleted with their entitlement.
const findGrants = (
  state: State,
  query: ListQuery,
  isOf: (entitlement: StoredEntitlement) => boolean
): ReadonlyArray<StoredGrant> => {
  const { feature, includeDeleted = false, orderBy = "effectiveAt" } = query
  const found = [...state.entitlements.rows.values()]
    .filter(
      (entitlement) =>
        (includeDeleted || entitlement.deletedAt === undefined) &&
        (feature?.some((one) => one === entitlement.featureKey || one === entitlement.featureId) ?? true) &&
        isOf(entitlement)
    )
    .flatMap((entitlement) => grantsOf(state, entitlement))
  return sortedBy(
    sortedBy(found, (grant) => grant.id),
    (grant) => grant[orderBy],
    query.order
  )
}

const listGrants = operation(
  { query: { ...listParams, feature: Param.array(), subject: Param.array() } },
  ({ now, query, state }) => {
    const { page: number, pageSize, subject } = query
    const found = findGrants(
      state,
      query,
      (entitlement) =>
        subject?.some((key) => Entitlement.customerOf(state, entitlement).subjectKeys.includes(key)) ?? true
    ).map((grant) => encodeGrant(grant, now))
    if (number === undefined) {
      // The server fails on a size without a page.
      if (pageSize !== undefined) throw internalError()
      return json(200, stretch(found, query))
    }
    return json(
      200,
      pageSize === undefined ? { ...unpaged(found, {}), page: number } : page(found, { page: number, pageSize })
    )
  }
)

const listGrantsV2 = operation(
  { query: { ...listParams, feature: Param.array(), customer: Param.array(Wire.ulidOrExternalKey) } },
  ({ now, query, state }) => {
    const customers = query.customer?.map((idOrKey) => Customer.get(state, idOrKey).id)
    const found = findGrants(
      state,
      query,
      ({ customerId, deletedAt }) =>
        customers === undefined || (customers.includes(customerId) && deletedAt === undefined)
    ).map((grant) => encodeGrantV2(grant, now))
    return json(200, asksForPage(query) ? page(found, query) : unpaged(found, query))
  }
)

const voidGrant = operation(
  { path: { grantId: Wire.string() }, query: { at: Param.dateTime } },
  ({ now, path, query, state }) => {
    Grant.voidAt(state, now, path.grantId, query.at?.instant ?? now)
    return empty(204)
  }
)

/** The handlers of grants. */
export const grants = {
  createGrant,
  createCustomerEntitlementGrantV2,
  listEntitlementGrants,
  listCustomerEntitlementGrantsV2,
  listGrants,
  listGrantsV2,
  voidGrant
} satisfies Handlers
