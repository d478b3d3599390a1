/**
 * CSV as the server writes it.
 */

const needsQuotes = /[",\r\n]|^\s|^\\\.$/u

const field = (text: string): string => (needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** Lines of comma separated fields, each ended by a newline. */
export const csv = (lines: ReadonlyArray<ReadonlyArray<string>>): string =>
  lines.map((fields) => `${fields.map(field).join(",")}\n`).join("")

/** A number with six decimals and never with an exponent. */
export const decimal = (value: number): string => {
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf"
  // Beyond this size `toFixed` gives up.
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`
}
