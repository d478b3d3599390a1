/**
 * Strikes the SDK with everything that can go wrong on a socket: `npm run faults [-- --page]`.
 *
 * Prints what came out of each fault and ends with the figures; fails when something is not as it has to be. With
 * `--page` it writes the table into `docs/faults.md` instead.
 */
import * as Effect from "effect/Effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { heading, line, page, story } from "../test/faults/report.ts"
import { runAll } from "../test/faults/run.ts"
import { scenarios } from "../test/faults/scenarios.ts"

const { values: options } = parseArgs({ options: { page: { type: "boolean", default: false } } })

/** What still keeps the process alive, besides the streams that it writes to. */
const leftovers = (): ReadonlyArray<string> =>
  process
    .getActiveResourcesInfo()
    .filter((name) => name.startsWith("TCP") || name.startsWith("TLS") || name === "Timeout")

const run = Effect.gen(function* () {
  const results = yield* runAll
  let group = ""
  for (const result of results) {
    if (result.strike.group !== group) console.log(`\n${(group = result.strike.group)}\n${heading}`)
    console.log(line(result))
  }
  console.log("\nMany calls together")
  let told = 0
  let untrue = 0
  for (const scenario of scenarios) {
    const reports = yield* scenario.run
    console.log(story(scenario, reports))
    told += reports.length
    untrue += reports.filter(({ wrong }) => wrong.length > 0).length
  }
  const wrong = results.filter((result) => result.wrong.length > 0).length
  const seen = results.flatMap(({ effect, promise }) => [effect, promise])
  const sum = (of: (observation: (typeof seen)[number]) => number) => seen.reduce((total, each) => total + of(each), 0)
  return {
    isWell: wrong + untrue === 0,
    total:
      `faults: ${results.length - wrong} of ${results.length} as expected through both faces, ` +
      `${told - untrue} of ${told} scenarios; ${sum(({ attempts }) => attempts)} attempts; ` +
      `left: ${sum(({ sockets }) => sockets)} sockets, ${sum(({ fibers }) => fibers)} fibers`
  }
})

if (options.page) {
  const file = join(import.meta.dirname, "../docs/faults.md")
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, page())
} else {
  const { isWell, total } = await Effect.runPromise(run)
  // Sockets that were closed a moment ago take another one to go.
  await Effect.runPromise(Effect.sleep(500))
  const left = leftovers()
  console.log(`\n${total}, ${left.length} handles${left.length === 0 ? "" : ` (${left.join(", ")})`}`)
  if (!isWell || left.length > 0) process.exitCode = 1
}
