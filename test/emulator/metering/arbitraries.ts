/**
 * What the property tests of metering are fed with.
 */
import * as Schema from "effect/Schema"
import * as EventLog from "../../../src/emulator/metering/EventLog.ts"
import type { Metering } from "../../../src/emulator/metering/Meter.ts"

export const int = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/** Instants from 1971 to 2035, in whole seconds. */
export const Instant = int(1, 64 * 365 * 24 * 60 * 60)

/** Zones with every kind of oddity: summer time, half and quarter hours, changes at midnight. */
export const zoneNames = [
  "UTC",
  "America/New_York",
  "America/Sao_Paulo",
  "America/Havana",
  "America/St_Johns",
  "Europe/Budapest",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Asia/Beirut",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham"
] as const

export const ZoneName = Schema.Literals(zoneNames)

const Event = Schema.Struct({
  /** Minutes of three days: events come often in one window. */
  minute: int(1, 3 * 24 * 60),
  value: int(-1000, 1000),
  subject: Schema.Literals(["a", "b", "c"]),
  model: Schema.Literals(["x", "y", ""])
})

/** Some events of one type; the first of March 2025 is their day one. */
export const Events = Schema.Array(Event)
export type Events = typeof Events.Type

export const dayOne = Date.UTC(2025, 2, 1)
const minuteMillis = 60_000

export const logOf = (events: Events): EventLog.EventLog => {
  const log = EventLog.make()
  events.forEach(({ minute, model, subject, value }, i) => {
    EventLog.append(log, {
      id: String(i),
      source: "test",
      type: "t",
      subject,
      time: dayOne + minute * minuteMillis,
      data: { value, model },
      ingestedAt: dayOne
    })
  })
  return log
}

export const meterOf = (aggregation: Metering["aggregation"]): Metering => ({
  eventType: "t",
  eventFrom: undefined,
  aggregation,
  valueProperty: aggregation === "COUNT" ? undefined : "$.value",
  groupBy: { model: "$.model" }
})
