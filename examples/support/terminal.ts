/**
 * Terminal output: a table, bars, columns, and progress.
 */

/** Where text goes: `process.stdout`, or a replacement. */
export interface Terminal {
  readonly write: (text: string) => unknown
  /** Whether this is an interactive terminal, where a line can be overwritten. */
  readonly isTTY?: boolean
}

/** A whole number, with digits grouped by three. */
export const count = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 })

/** A share of a whole, in percent. */
export const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`

/** A bar whose length is a share of a whole. */
export const bar = (part: number, whole: number, width: number, rest = " "): string => {
  const full = Math.round(width * Math.min(1, Math.max(0, part / whole)))
  return "█".repeat(full) + rest.repeat(width - full)
}

/** Rows of cells, each column as wide as its widest cell. Columns named in `right` are flush right. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>, right: ReadonlyArray<number> = []): string => {
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)))
  const line = (row: ReadonlyArray<string>) =>
    row.map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  ")
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join("\n")
}

const eighths = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

/** The character for one row, counted from the bottom, of a column whose height is in eighths of a cell. */
const cell = (height: number, row: number): string => eighths[Math.min(8, Math.max(0, height - 8 * row))]!

/** One column per value, one cell high. */
export const sparkline = (values: ReadonlyArray<number>): string => {
  const most = Math.max(...values)
  return values.map((value) => (value === 0 ? " " : cell(Math.max(1, Math.round((8 * value) / most)), 0))).join("")
}

/** The smallest of 1, 2, 5, 10, 20, 50, … that is at least a value. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  return power * [1, 2, 5, 10].find((step) => step * power >= value)!
}

/** One column per value, several cells high, above an axis with some labels. */
export const columns = (values: ReadonlyArray<number>, label: (index: number) => string, height = 8): string => {
  const top = roundUp(Math.max(...values))
  const heights = values.map((value) => Math.round((8 * height * value) / top))
  const axis = (value: number) => count(value).padStart(count(top).length)
  const rows = Array.from({ length: height }, (_, i) => {
    const row = height - 1 - i
    const mark =
      i === 0 ? `${axis(top)} ┤` : i === height / 2 ? `${axis(top / 2)} ┤` : `${" ".repeat(axis(0).length)} │`
    return `  ${mark} ${heights.map((height) => cell(height, row)).join(" ")}`.trimEnd()
  })
  let labels = ""
  values.forEach((_, i) => {
    if (labels.length <= 2 * i) labels = labels.padEnd(2 * i) + label(i)
  })
  return [
    ...rows,
    `  ${axis(0)} ┼${"─".repeat(2 * values.length)}`,
    `  ${" ".repeat(axis(0).length)}   ${labels}`.trimEnd()
  ].join("\n")
}

/** Shows progress: a bar that grows in place, or an occasional line if the output is not interactive. */
export const progress = (terminal: Terminal, what: string, total: number): ((done: number) => void) => {
  let said = 0
  return (done) => {
    if (terminal.isTTY === true) {
      const end = done === total ? "\n" : ""
      terminal.write(`\r${bar(done, total, 40, "░")}  ${count(done)} of ${count(total)} ${what}${end}`)
    } else if (done === total || done - said >= total / 4) {
      said = done
      terminal.write(`${count(done)} of ${count(total)} ${what}\n`)
    }
  }
}
