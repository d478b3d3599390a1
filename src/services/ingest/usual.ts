/**
 * The quick way through the checks of an event, for an event as most are.
 *
 * @since 2.0.0
 */
import { findJsonFault, isPlain } from "../../schemas/Json.ts"
import type { SentEvent } from "../../schemas/Event.ts"
import { formatTimestamp, isTimestampInput } from "../../schemas/Timestamp.ts"

/**
 * The source of events that do not name one.
 *
 * @since 2.0.0
 * @category constants
 */
export const DEFAULT_SOURCE = "@openmeter/sdk"

const isText = (value: unknown): value is string => typeof value === "string" && value !== "" && value.isWellFormed()

const isData = (value: object): boolean => {
  if (!isPlain(value)) return false
  for (const name in value) if ((value as Record<string, unknown>)[name] === null) return false
  return findJsonFault(value) === undefined
}

/** A burst of events has one time: formatting it is a good part of the work. */
let lastMillis = Number.NaN
let lastText = ""

const formatNow = (now: number): string => {
  if (now !== lastMillis) {
    lastMillis = now
    lastText = new Date(now).toISOString()
  }
  return lastText
}

/**
 * The event as it travels, if it is a plain object with the common attributes and nothing is wrong with it; `undefined`
 * for every other one, which the schema is to judge. What it gives is what the schema would.
 *
 * A schema takes several times as long, and an event in a burst has a few microseconds.
 *
 * @param now - the time of an event that has none, in milliseconds since 1970
 * @internal
 */
export const usual = (event: unknown, now: number): SentEvent | undefined => {
  if (typeof event !== "object" || event === null || !isPlain(event)) return undefined
  const sent: { -readonly [K in keyof SentEvent]?: SentEvent[K] | undefined } = {
    id: undefined,
    source: DEFAULT_SOURCE,
    specversion: "1.0",
    type: undefined,
    subject: undefined,
    time: undefined
  }
  for (const [name, value] of Object.entries(event)) {
    if (value === undefined || value === null) continue
    switch (name) {
      case "id":
      case "source":
      case "type":
      case "subject":
        if (!isText(value)) return undefined
        sent[name] = value
        break
      case "specversion":
        if (value !== "1.0" && value !== "0.3") return undefined
        sent.specversion = value
        break
      case "time":
        if (!isTimestampInput(value)) return undefined
        sent.time = formatTimestamp(value)
        break
      case "data":
        if (typeof value !== "object" || !isData(value)) return undefined
        sent.data = value
        break
      default:
        return undefined
    }
  }
  if (sent.type === undefined || sent.subject === undefined) return undefined
  sent.id ??= crypto.randomUUID()
  sent.time ??= formatNow(now)
  // The first second of 1970 and what is before it has a rule of its own.
  if (!(Date.parse(sent.time) >= 1000)) return undefined
  // Every attribute that an event must have is there now.
  return sent as SentEvent
}
