/**
 * Instants on the wire: RFC 3339 texts to epoch milliseconds and back.
 */

/** The pattern that the server's request validation holds a `date-time` against. */
export const dateTimePattern =
  "^[0-9]{4}-(0[1-9]|10|11|12)-(0[1-9]|[12][0-9]|3[01])T([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|(\\+|-)[0-9]{2}:[0-9]{2})$"

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
