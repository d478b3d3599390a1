/**
 * Instants: epoch milliseconds here, RFC 3339 texts on the wire.
 */

/** How long a unit of fixed length lasts, in milliseconds. */
export const unit = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000
} as const

/** The start of the second that holds an instant. */
export const floorToSecond = (instant: number): number => Math.floor(instant / unit.second) * unit.second

/** The start of the minute that holds an instant. */
export const floorToMinute = (instant: number): number => Math.floor(instant / unit.minute) * unit.minute

/** The first full minute at or after an instant. */
export const ceilToMinute = (instant: number): number => Math.ceil(instant / unit.minute) * unit.minute

/** 0001-01-01T00:00:00Z, which the server treats as no time. */
export const zeroInstant = -62_135_596_800_000

const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/

/** Epoch milliseconds of an RFC 3339 text (finer fractions are cut), or `undefined` where no such instant exists. */
export const parseInstant = (text: string): number | undefined => {
  const match = parts.exec(text)
  if (match === null) return undefined
  const number = (group: number): number => Number(match[group] ?? "0")
  const [year, month, day, hour, minute, second] = [number(1), number(2), number(3), number(4), number(5), number(6)]
  if (hour > 23 || minute > 59 || second > 59 || number(9) > 23 || number(10) > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined
  const offset = (match[8] === "-" ? -1 : 1) * (number(9) * 60 + number(10))
  const millis = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"))
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + millis
}

/** The RFC 3339 text of an instant, in UTC and without trailing zeros of the fraction. */
export const formatInstant = (instant: number): string =>
  new Date(instant).toISOString().replace(/\.(\d*?)0+Z$/, (_, digits: string) => (digits === "" ? "Z" : `.${digits}Z`))

/** The same for an instant that may be absent. */
export const formatOptional = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : formatInstant(instant)
