/**
 * The windows that a balance history is divided into.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import { unit } from "../instant.ts"
import { addMonths } from "./calendar.ts"
import type { Period } from "./usagePeriod.ts"

const fixedSize = { MINUTE: unit.minute, HOUR: unit.hour, DAY: unit.day } as const

const startOf = (size: WindowSize, instant: number): number => {
  const length = fixedSize[size === "MONTH" ? "DAY" : size]
  const start = Math.floor(instant / length) * length
  return size === "MONTH" ? new Date(start).setUTCDate(1) : start
}

const endOf = (size: WindowSize, start: number): number =>
  size === "MONTH" ? addMonths(start, 1) : start + fixedSize[size]

/**
 * The whole windows from the one that holds `from` to the last one that begins before `to`, laid at an offset from
 * UTC (in milliseconds); none for an empty range.
 */
export const windowsOf = (size: WindowSize, offset: number, from: number, to: number): ReadonlyArray<Period> => {
  const windows: Array<Period> = []
  if (from >= to) return windows
  for (let start = startOf(size, from + offset); start < to + offset; start = endOf(size, start)) {
    windows.push({ from: start - offset, to: endOf(size, start) - offset })
  }
  return windows
}
