/**
 * The table: runtimes by parts of the suite.
 */
import type { Outcome } from "../suite/Suite.ts"

/** What became of a runtime. */
export interface Row {
  readonly runtime: string
  /** `undefined` if it could not be had. */
  readonly version?: string | undefined
  /** Why it could not be had, or why it did not run the suite to its end. */
  readonly problem?: string | undefined
  readonly outcomes: ReadonlyArray<Outcome>
}

type Cell = "ok" | "failed" | "missing" | "-"

const cell = (row: Row, part: string): Cell => {
  if (row.version === undefined) return "missing"
  const outcome = row.outcomes.find((outcome) => outcome.part === part)
  if (outcome !== undefined) return outcome.failure === undefined ? "ok" : "failed"
  return row.problem === undefined ? "-" : "failed"
}

/** How many cells say the same. */
export interface Totals {
  readonly ok: number
  readonly failed: number
  readonly missing: number
}

/** Counts the cells of a table. */
export const totals = (rows: ReadonlyArray<Row>, parts: ReadonlyArray<string>): Totals => {
  const cells = rows.flatMap((row) => parts.map((part) => cell(row, part)))
  const count = (wanted: Cell) => cells.filter((cell) => cell === wanted).length
  return { ok: count("ok"), failed: count("failed"), missing: count("missing") }
}

/** Writes a table as text, with the reasons below it. */
export const format = (rows: ReadonlyArray<Row>, parts: ReadonlyArray<string>): string => {
  const lines = [
    ["runtime", "version", ...parts],
    ...rows.map((row) => [row.runtime, row.version ?? "", ...parts.map((part) => cell(row, part))])
  ]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  const reasons = rows.flatMap(({ outcomes, problem, runtime, version }) => [
    ...(problem === undefined ? [] : [`${runtime} ${version === undefined ? "missing" : "failed"}: ${problem}`]),
    ...outcomes
      .filter(({ failure }) => failure !== undefined)
      .map(({ failure, part }) => `${runtime}, ${part} failed: ${failure}`)
  ])
  const table = lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column]!))
      .join("  ")
      .trimEnd()
  )
  return [...table, ...reasons].join("\n")
}
