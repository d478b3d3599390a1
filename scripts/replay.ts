/**
 * Replays recorded scenarios on the emulator: `npm run replay -- FILE… [--scenario TEXT] [--quiet]`.
 *
 * Prints every difference and ends with the deviations and the figures; fails when a step differs that is no listed
 * deviation.
 */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { deviationOf } from "../test/golden/deviations.ts"
import type { StepResult } from "../test/golden/replay.ts"
import { replay } from "../test/golden/replay.ts"
import type { Scenario } from "../test/golden/Scenario.ts"

const { values: options, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    /** Only scenarios whose name holds this text. */
    scenario: { type: "string", default: "" },
    /** Prints the figures of each file, but no differences. */
    quiet: { type: "boolean", default: false },
    /** Also prints details that differ in wording. */
    details: { type: "boolean", default: false }
  }
})

const show = (value: unknown): string => {
  const text = value === undefined ? "(absent)" : JSON.stringify(value)
  return text.length > 600 ? `${text.slice(0, 600)}…` : text
}

const deviates = ({ index, scenario, step }: StepResult) => deviationOf(scenario, index, step.request)

const detailOf = (body: unknown): unknown =>
  typeof body === "object" && body !== null ? Reflect.get(body, "detail") : undefined

const print = (result: StepResult): void => {
  const { method, path } = result.step.request
  const place = `${result.scenario} #${result.index} ${method} ${path}`
  for (const { at, expected, got } of result.mismatches) {
    console.log(`${place}\n  ${at === "" ? "/" : at}: expected ${show(expected)}, got ${show(got)}`)
  }
  const deviation = deviates(result)
  if (result.mismatches.length > 0 && deviation !== undefined) console.log(`  deviation: ${deviation.reason}`)
  if (options.details && result.sameDetail === false) {
    console.log(
      `${place}\n  wording: ${show(detailOf(result.step.response.body))}, got ${show(detailOf(result.got.body))}`
    )
  }
}

const isDeviation = (result: StepResult): boolean => result.mismatches.length > 0 && deviates(result) !== undefined

const printDeviations = (results: ReadonlyArray<StepResult>): void => {
  for (const [deviation, steps] of Map.groupBy(results.filter(isDeviation), deviates)) {
    console.log(`${steps.length} steps deviate: ${deviation?.reason}`)
  }
}

const figures = (scenarios: number, results: ReadonlyArray<StepResult>): string => {
  const matched = results.filter((result) => result.mismatches.length === 0)
  const deviating = results.filter(isDeviation)
  return `scenarios ${scenarios}, steps ${results.length}, matched ${matched.length}, deviations ${deviating.length}`
}

const run = async (): Promise<void> => {
  const all: Array<StepResult> = []
  let count = 0
  for (const file of files) {
    const scenarios: ReadonlyArray<Scenario> = JSON.parse(readFileSync(file, "utf8"))
    const chosen = scenarios.filter((scenario) => scenario.name.includes(options.scenario))
    const results: Array<StepResult> = []
    for (const scenario of chosen) {
      count += 1
      results.push(...(await Effect.runPromise(replay(scenario, `u${count}x7k`))))
    }
    if (!options.quiet) results.forEach(print)
    if (files.length > 1 && chosen.length > 0) console.log(`${file}: ${figures(chosen.length, results)}`)
    all.push(...results)
  }
  const told = all.filter((result) => result.sameDetail !== undefined)
  printDeviations(all)
  console.log(`details worded alike: ${told.filter((result) => result.sameDetail).length} of ${told.length}`)
  console.log(figures(count, all))
  if (all.some((result) => result.mismatches.length > 0 && deviates(result) === undefined)) process.exitCode = 1
}

await run()
