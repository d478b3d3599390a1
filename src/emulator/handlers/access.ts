/**
 * What a customer has access to, in v1.
 */
import { json } from "../http/Handler.ts"
import { operation } from "../http/operation.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import * as Customer from "../store/Customer.ts"
import * as Entitlement from "../store/Entitlement.ts"
import { encodeValue, encodeValueV2, noAccess, valueAt } from "./entitlementAnswers.ts"

const ofCustomer = { customerIdOrKey: Wire.ulidOrExternalKey }

const getCustomerAccess = operation({ path: ofCustomer }, ({ now, path, state }) => {
  const active = Entitlement.activeOf(state, Customer.getLive(state, path.customerIdOrKey), now)
  const values = active.map((entitlement) => [
    entitlement.featureKey,
    encodeValueV2(valueAt(state, entitlement, now, now))
  ])
  return json(200, { entitlements: Object.fromEntries(values) })
})

const getCustomerEntitlementValue = operation(
  // The server accepts a time, but always answers for now.
  { path: { ...ofCustomer, featureKey: Wire.key }, query: { time: Param.dateTime } },
  ({ now, path, state }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    const entitlement = Entitlement.findOfCustomer(state, customer, path.featureKey, now)
    return json(200, encodeValue(entitlement === undefined ? noAccess : valueAt(state, entitlement, now, now)))
  }
)

/** The handlers of what customers have access to. */
export const access = { getCustomerAccess, getCustomerEntitlementValue } satisfies Handlers
