/**
 * What the operations of v1 and v2 on entitlements have in common.
 */
import { ceilToMinute, floorToMinute } from "../entitlements/calendar.ts"
import { unit } from "../entitlements/duration.ts"
import {
  isActiveAt,
  type MeteredEntitlement,
  type StoredEntitlement,
  usagePeriodsOf
} from "../entitlements/Entitlement.ts"
import { historyOf } from "../entitlements/history.ts"
import { lastReset } from "../entitlements/usagePeriod.ts"
import type { WindowSize } from "../entitlements/window.ts"
import { order, pageParams, sortedBy } from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import { preconditionFailed, type Refusal, validationError } from "../http/Problem.ts"
import { formatInstant } from "../http/time.ts"
import * as Wire from "../http/Wire.ts"
import * as TimeZone from "../metering/TimeZone.ts"
import type { StoredCustomer } from "../store/Customer.ts"
import * as Customer from "../store/Customer.ts"
import * as Entitlement from "../store/Entitlement.ts"
import type { State } from "../store/State.ts"
import * as Subject from "../store/Subject.ts"
import { encodeHistory } from "./entitlementAnswers.ts"
import { parseOptional, type ResetEntitlementUsageInput } from "./entitlementInputs.ts"

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

/** The parameters of a balance history. */
export const historyParams = {
  from: Param.dateTime,
  to: Param.dateTime,
  windowSize: Param.required(Param.string(Wire.literals("MINUTE", "HOUR", "DAY", "MONTH"))),
  windowTimeZone: Param.string()
}

interface HistoryQuery {
  readonly from: Param.DateTime | undefined
  readonly to: Param.DateTime | undefined
  readonly windowSize: WindowSize
}

/** The zone of a history; an unknown one is refused with what the version of the API answers. */
export const historyZone = (name: string | undefined, unknown: (name: string) => Refusal): TimeZone.TimeZone => {
  const zone = TimeZone.make(name ?? "UTC")
  if (zone === undefined) throw unknown(name ?? "UTC")
  return zone
}

// The offset that an instant was written with.
const offsetOf = (text: string): number => {
  const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? []
  return (sign === "-" ? -1 : 1) * (Number(hours) * unit.hour + Number(minutes) * unit.minute)
}

/** The balance history of an entitlement as a request asks for it. */
export const historyAnswer = (
  state: State,
  now: number,
  entitlement: MeteredEntitlement,
  query: HistoryQuery,
  timeZone: TimeZone.TimeZone
) => {
  const { measureUsageFrom } = entitlement
  if (query.from !== undefined && query.from.instant < measureUsageFrom) {
    throw validationError(
      `from ${formatInstant(query.from.instant)} cannot be before ${formatInstant(measureUsageFrom)}`
    )
  }
  const from = floorToMinute(query.from?.instant ?? lastReset(usagePeriodsOf(entitlement)))
  const to = ceilToMinute(query.to?.instant ?? now)
  if (from > to) throw validationError("from must be before to")
  const { windowSize } = query
  const usages = Entitlement.windowedUsageOf(state, entitlement, { from, to, windowSize, timeZone })
  return encodeHistory(
    historyOf(
      Entitlement.accountOf(state, entitlement),
      entitlement.remembered,
      { from, to, windowSize, offset: query.from === undefined ? 0 : offsetOf(query.from.text) },
      usages.map(({ end, start, value }) => ({ from: start, to: end, usage: value }))
    )
  )
}
