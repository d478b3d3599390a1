/**
 * Instants as the answers of meter queries write them: with the offset of a zone, or as they were sent.
 */
import { formatInstant } from "../instant.ts"
import type { TimeZone } from "./TimeZone.ts"

const digits = (value: number): string => String(value).padStart(2, "0")

/** The RFC 3339 text of an instant on the clock of a zone. */
export const formatIn = (zone: TimeZone, instant: number): string => {
  const offset = zone.offsetAt(instant)
  if (offset === 0) return formatInstant(instant)
  const minutes = Math.floor(Math.abs(offset) / 60_000)
  const sign = offset < 0 ? "-" : "+"
  return formatInstant(instant + offset).replace(
    "Z",
    `${sign}${digits(Math.floor(minutes / 60))}:${digits(minutes % 60)}`
  )
}

const parts = /^(.*?)(\.\d+)?(Z|[+-]\d\d:\d\d)$/

/** An RFC 3339 text as the server returns it: fraction and offset stay, but for trailing zeros and a zero offset. */
export const asSent = (text: string): string => {
  const [, time = text, fraction = "", offset = ""] = parts.exec(text) ?? []
  return time + fraction.replace(/\.?0+$/, "") + offset.replace(/^[+-]00:00$/, "Z")
}

/** The same text without its fraction. */
export const withoutFraction = (text: string): string => text.replace(/\.\d+/, "")
