/**
 * Entitlements in v1: those of subjects, and lists of all.
 */
import { empty, json } from "../http/Handler.ts"
import { jsonBody, operation } from "../http/operation.ts"
import { offsetParams, pageOrArray } from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { internalError } from "../Refusal.ts"
import * as Entitlement from "../store/Entitlement.ts"
import * as Creation from "../store/entitlementCreation.ts"
import { historyAnswer, historyParams, historyZone } from "./balanceHistory.ts"
import { encodeEntitlement, encodeValue, valueAt } from "./entitlementAnswers.ts"
import { entitlementDraft } from "./entitlementDrafts.ts"
import { EntitlementCreateInputs, ResetEntitlementUsageInput } from "./entitlementInputs.ts"
import { customerOfSubject, listEntitlements as list, listParams, resetUsage } from "./entitlementOperations.ts"

const ofSubject = { subjectIdOrKey: Wire.string() }
const byId = { ...ofSubject, entitlementId: Wire.string() }
const byIdOrFeatureKey = { ...ofSubject, entitlementIdOrFeatureKey: Wire.string() }

const createEntitlement = operation(
  { path: ofSubject, body: jsonBody(EntitlementCreateInputs) },
  ({ body, now, path, state }) => {
    const customer = customerOfSubject(state, path.subjectIdOrKey)
    const entitlement = Creation.create(state, now, customer, entitlementDraft(body))
    return json(201, encodeEntitlement(state, entitlement, now))
  }
)

const listSubjectEntitlements = operation(
  { path: ofSubject, query: { includeDeleted: Param.boolean } },
  ({ now, path, state }) => {
    const entitlements = Entitlement.activeOf(state, customerOfSubject(state, path.subjectIdOrKey), now)
    return json(
      200,
      entitlements.map((entitlement) => encodeEntitlement(state, entitlement, now))
    )
  }
)

// Like the server, by the id alone: the subject is ignored.
const getEntitlement = operation({ path: byId }, ({ now, path, state }) =>
  json(200, encodeEntitlement(state, Entitlement.get(state, path.entitlementId), now))
)

const deleteEntitlement = operation({ path: byId }, ({ now, path, state }) => {
  Entitlement.remove(state, now, Entitlement.get(state, path.entitlementId))
  return empty(204)
})

const overrideEntitlement = operation(
  { path: byIdOrFeatureKey, body: jsonBody(EntitlementCreateInputs) },
  ({ body, now, path, state }) => {
    const customer = customerOfSubject(state, path.subjectIdOrKey)
    const draft = entitlementDraft(body)
    const old = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, now)
    return json(201, encodeEntitlement(state, Creation.override(state, now, customer, old, draft), now))
  }
)

const getEntitlementValue = operation(
  { path: byIdOrFeatureKey, query: { time: Param.dateTime } },
  ({ now, path, query, state }) => {
    const instant = query.time?.instant ?? now
    const customer = customerOfSubject(state, path.subjectIdOrKey)
    const entitlement = Entitlement.getOfCustomer(state, customer, path.entitlementIdOrFeatureKey, instant)
    return json(200, encodeValue(valueAt(state, entitlement, instant, now)))
  }
)

const getEntitlementHistory = operation({ path: byId, query: historyParams }, ({ now, path, query, state }) => {
  const zone = historyZone(query.windowTimeZone, internalError)
  const entitlement = Entitlement.metered(Entitlement.get(state, path.entitlementId))
  return json(200, historyAnswer(state, now, entitlement, query, zone))
})

const resetEntitlementUsage = operation(
  { path: byId, body: jsonBody(ResetEntitlementUsageInput) },
  ({ body, now, path, state }) => {
    resetUsage(state, now, Entitlement.get(state, path.entitlementId), body)
    return empty(204)
  }
)

const listEntitlements = operation(
  { query: { ...listParams, ...offsetParams, subject: Param.array() } },
  ({ now, query, state }) => {
    const { subject } = query
    const found = list(
      state,
      now,
      query,
      (customer) => subject?.some((key) => customer.subjectKeys.includes(key)) ?? true
    )
    const encoded = found.map((entitlement) => encodeEntitlement(state, entitlement, now))
    return json(200, pageOrArray(encoded, query))
  }
)

const getEntitlementById = operation({ path: { entitlementId: Wire.ulid } }, ({ now, path, state }) =>
  json(200, encodeEntitlement(state, Entitlement.get(state, path.entitlementId), now))
)

/** The handlers of entitlements in v1. */
export const entitlements = {
  createEntitlement,
  listSubjectEntitlements,
  getEntitlement,
  deleteEntitlement,
  overrideEntitlement,
  getEntitlementValue,
  getEntitlementHistory,
  resetEntitlementUsage,
  listEntitlements,
  getEntitlementById
} satisfies Handlers
