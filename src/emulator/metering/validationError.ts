/**
 * What the event list finds wrong with an event: no meter, no usable value.
 */
import type { Json, StoredEvent } from "./EventLog.ts"
import * as JsonPath from "./JsonPath.ts"
import type { Metering } from "./Meter.ts"

// This check parses numbers more leniently than queries do: `1_000` passes it and still has no value.
const decimal = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i
const hexadecimal = /^[+-]?0x_?(?:[\da-f_]+\.?[\da-f_]*|\.[\da-f_]+)p[+-]?\d+$/i

const textFault = (text: string): string | undefined => {
  if (/^nan$/i.test(text)) return "value cannot be NaN"
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return "value cannot be infinity"
  const isNumber = decimal.test(text) ? Number.isFinite(Number(text.replaceAll("_", ""))) : hexadecimal.test(text)
  return isNumber ? undefined : `value cannot be parsed as float64: ${text}`
}

const unsupported = (type: string): string => `unsupported value property type: ${type}`

const numberFault = (value: Json): string | undefined => {
  if (typeof value === "number") return undefined
  if (typeof value === "string") return textFault(value)
  if (typeof value === "boolean") return unsupported("bool")
  return unsupported(Array.isArray(value) ? "[]interface {}" : "map[string]interface {}")
}

const valueFault = (meter: Metering, data: Json | undefined): string | undefined => {
  if (meter.valueProperty === undefined) return undefined
  if (data === undefined || data === null) return "null and missing value property"
  const path = JsonPath.parse(meter.valueProperty) ?? []
  const found = JsonPath.select(path, data)
  const value = JsonPath.isMultiple(path) ? found : found[0]
  if (value === undefined) return `missing value property: ${JSON.stringify(meter.valueProperty)}`
  if (value === null) return "value cannot be null"
  return meter.aggregation === "UNIQUE_COUNT" ? undefined : numberFault(value)
}

/** What is wrong with an event for the meters of its type. */
export const eventFaults = (meters: ReadonlyArray<Metering>, event: StoredEvent): ReadonlyArray<string> =>
  meters.length === 0
    ? [`no meter found for event type: ${event.type}`]
    : meters.flatMap((meter) => {
        const fault = valueFault(meter, event.data)
        return fault === undefined ? [] : [`invalid event: ${fault}`]
      })
