/**
 * Aggregations: one number from the data of many events.
 */
import type { Json } from "./EventLog.ts"
import * as JsonPath from "./JsonPath.ts"
import type { Aggregation, Metering } from "./Meter.ts"

/** Takes the data of events one by one, in the order of their time. */
export interface Accumulator {
  readonly add: (data: Json | undefined) => void
  /** The number so far, or `undefined` while nothing that was added has a value. */
  readonly value: () => number | undefined
}

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** The number that a text stands for; blanks, separators, other bases and non-finite numbers stand for none. */
export const parseNumber = (text: string): number | undefined => {
  if (!numeric.test(text)) return undefined
  const number = Number(text)
  return Number.isFinite(number) ? number : undefined
}

const count = (): Accumulator => {
  let n = 0
  return { add: () => void n++, value: () => n }
}

const uniqueCount = (path: JsonPath.JsonPath): Accumulator => {
  const texts = new Set<string>()
  let n = 0
  return {
    add: (data) => {
      const text = JsonPath.text(path, data)
      n++
      // A null is read as this text and then left out.
      if (text !== "null") texts.add(text)
    },
    value: () => texts.size
  }
}

const fold = (
  path: JsonPath.JsonPath,
  combine: (total: number, value: number) => number,
  finish: (total: number, count: number) => number = (total) => total
): Accumulator => {
  let total: number | undefined
  let n = 0
  return {
    add: (data) => {
      const value = parseNumber(JsonPath.text(path, data))
      if (value === undefined) return
      total = total === undefined ? value : combine(total, value)
      n++
    },
    value: () => (total === undefined ? undefined : finish(total, n))
  }
}

const sum = (a: number, b: number): number => a + b

const accumulators: Readonly<Record<Aggregation, (path: JsonPath.JsonPath) => Accumulator>> = {
  COUNT: count,
  UNIQUE_COUNT: uniqueCount,
  SUM: (path) => fold(path, sum),
  AVG: (path) => fold(path, sum, (total, n) => total / n),
  MIN: (path) => fold(path, Math.min),
  MAX: (path) => fold(path, Math.max),
  LATEST: (path) => fold(path, (_, value) => value)
}

/** Makes the accumulators of a meter. */
export const accumulatorOf = (meter: Pick<Metering, "aggregation" | "valueProperty">): (() => Accumulator) => {
  const path = (meter.valueProperty === undefined ? undefined : JsonPath.parse(meter.valueProperty)) ?? []
  const make = accumulators[meter.aggregation]
  return () => make(path)
}
