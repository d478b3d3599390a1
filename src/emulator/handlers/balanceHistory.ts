/**
 * The balance history of an entitlement, as requested in v1 and v2.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import { approximate, meanMonth } from "../entitlements/duration.ts"
import { type MeteredEntitlement, usagePeriodsOf } from "../entitlements/Entitlement.ts"
import { historyOf } from "../entitlements/history.ts"
import { lastReset } from "../entitlements/usagePeriod.ts"
import * as Param from "../http/Param.ts"
import * as Wire from "../http/Wire.ts"
import { ceilToMinute, floorToMinute, formatInstant, unit } from "../instant.ts"
import * as TimeZone from "../metering/TimeZone.ts"
import { type Refusal, validationError } from "../Refusal.ts"
import * as Entitlement from "../store/Entitlement.ts"
import type { State } from "../store/State.ts"
import { encodeHistory } from "./entitlementAnswers.ts"

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

/** The time zone of a history; an unknown one is refused in the way of the API's version. */
export const historyZone = (name: string | undefined, unknown: (name: string) => Refusal): TimeZone.TimeZone => {
  const zone = TimeZone.byName(name ?? "UTC")
  if (zone === undefined) throw unknown(name ?? "UTC")
  return zone
}

// A history must fit in memory, and its response in a string.
const mostParts = 1_000_000

const windowLength = { MINUTE: unit.minute, HOUR: unit.hour, DAY: unit.day, MONTH: meanMonth } as const

// The offset that an instant was written with.
const offsetOf = (text: string): number => {
  const [, sign, hours = 0, minutes = 0] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? []
  return (sign === "-" ? -1 : 1) * (Number(hours) * unit.hour + Number(minutes) * unit.minute)
}

/** The balance history of an entitlement, as requested. */
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
  const shortest = Math.min(windowLength[windowSize], approximate(entitlement.usagePeriod.interval.duration))
  if ((to - from) / shortest > mostParts) {
    throw validationError(`the emulator divides a history into at most ${mostParts} windows or usage periods`)
  }
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
