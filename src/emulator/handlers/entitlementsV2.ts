/**
 * Entitlements in v2: those of customers, and lists of all.
 */
import { empty, json } from "../http/Handler.ts"
import { jsonBody, operation } from "../http/operation.ts"
import { offsetParams, order, page, pageParams, sortedBy } from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { badRequest } from "../Refusal.ts"
import * as Customer from "../store/Customer.ts"
import * as Entitlement from "../store/Entitlement.ts"
import * as Creation from "../store/entitlementCreation.ts"
import { historyAnswer, historyParams, historyZone } from "./balanceHistory.ts"
import { encodeEntitlementV2, encodeValueV2, noAccess, valueAt } from "./entitlementAnswers.ts"
import { entitlementDraftV2 } from "./entitlementDrafts.ts"
import { EntitlementV2CreateInputs, ResetEntitlementUsageInput } from "./entitlementInputs.ts"
import { listEntitlements, listParams, resetUsage, ulidOrFeatureKey } from "./entitlementOperations.ts"

const ofCustomer = { customerIdOrKey: Wire.ulidOrExternalKey }
const byIdOrFeatureKey = { ...ofCustomer, entitlementIdOrFeatureKey: ulidOrFeatureKey }

const createCustomerEntitlementV2 = operation(
  { path: ofCustomer, body: jsonBody(EntitlementV2CreateInputs) },
  ({ body, now, path, state }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const entitlement = Creation.create(state, now, customer, entitlementDraftV2(body))
    return json(201, encodeEntitlementV2(entitlement, customer, now))
  }
)

const listCustomerEntitlementsV2 = operation(
  {
    path: ofCustomer,
    query: {
      includeDeleted: Param.boolean,
      ...pageParams,
      orderBy: Param.string(Wire.literals("createdAt", "updatedAt")),
      order
    }
  },
  ({ now, path, query, state }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const { orderBy = "createdAt" } = query
    const active = sortedBy(
      Entitlement.activeOf(state, customer, now),
      (entitlement) => entitlement[orderBy],
      query.order
    )
    const encoded = active.map((entitlement) => encodeEntitlementV2(entitlement, customer, now))
    return json(200, page(encoded, query))
  }
)

const getCustomerEntitlementV2 = operation({ path: byIdOrFeatureKey }, ({ now, path, state }) => {
  const customer = Customer.getLive(state, path.customerIdOrKey)
  const entitlement = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now)
  return json(200, encodeEntitlementV2(entitlement, customer, now))
})

const deleteCustomerEntitlementV2 = operation({ path: byIdOrFeatureKey }, ({ now, path, state }) => {
  const customer = Customer.getLive(state, path.customerIdOrKey)
  Entitlement.remove(state, now, Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now))
  return empty(204)
})

const overrideCustomerEntitlementV2 = operation(
  {
    path: { ...ofCustomer, entitlementIdOrFeatureKey: Wire.ulidOrExternalKey },
    body: jsonBody(EntitlementV2CreateInputs)
  },
  ({ body, now, path, state }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const draft = entitlementDraftV2(body)
    const old = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now)
    return json(201, encodeEntitlementV2(Creation.override(state, now, customer, old, draft), customer, now))
  }
)

const getCustomerEntitlementValueV2 = operation(
  { path: byIdOrFeatureKey, query: { time: Param.dateTime } },
  ({ now, path, query, state }) => {
    const instant = query.time?.instant ?? now
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const entitlement = Entitlement.findOfCustomer(state, customer, path.entitlementIdOrFeatureKey, instant)
    return json(200, encodeValueV2(entitlement === undefined ? noAccess : valueAt(state, entitlement, instant, now)))
  }
)

const getCustomerEntitlementHistoryV2 = operation(
  { path: byIdOrFeatureKey, query: historyParams },
  ({ now, path, query, state }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const zone = historyZone(query.windowTimeZone, (name) => badRequest(`unknown time zone ${name}`))
    const entitlement = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now)
    return json(200, historyAnswer(state, now, Entitlement.metered(entitlement), query, zone))
  }
)

const resetCustomerEntitlementUsageV2 = operation(
  { path: byIdOrFeatureKey, body: jsonBody(ResetEntitlementUsageInput) },
  ({ body, now, path, state }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const entitlement = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now)
    resetUsage(state, now, entitlement, body)
    return empty(204)
  }
)

const listEntitlementsV2 = operation(
  { query: { ...listParams, ...offsetParams, customerIds: Param.array(), customerKeys: Param.array() } },
  ({ now, query, state }) => {
    const { customerIds, customerKeys } = query
    const found = listEntitlements(
      state,
      now,
      query,
      ({ id, key }) =>
        (customerIds?.includes(id) ?? true) && (customerKeys === undefined || customerKeys.some((one) => one === key))
    )
    const encoded = found.map((entitlement) =>
      encodeEntitlementV2(entitlement, Entitlement.customerOf(state, entitlement), now)
    )
    return json(200, page(encoded, query))
  }
)

const getEntitlementByIdV2 = operation({ path: { entitlementId: Wire.ulid } }, ({ now, path, state }) => {
  const entitlement = Entitlement.get(state, path.entitlementId)
  return json(200, encodeEntitlementV2(entitlement, Entitlement.customerOf(state, entitlement), now))
})

/** The handlers of entitlements in v2. */
export const entitlementsV2 = {
  createCustomerEntitlementV2,
  listCustomerEntitlementsV2,
  getCustomerEntitlementV2,
  deleteCustomerEntitlementV2,
  overrideCustomerEntitlementV2,
  getCustomerEntitlementValueV2,
  getCustomerEntitlementHistoryV2,
  resetCustomerEntitlementUsageV2,
  listEntitlementsV2,
  getEntitlementByIdV2
} satisfies Handlers
