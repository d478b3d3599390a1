/**
 * What becomes of events when things go wrong, and how much goes through: `npm run bench:ingest` runs this package and
 * the published one side by side, prints a table with the bars, writes it to `bench/INGESTION.md`, and fails if one is
 * not met.
 *
 * With words as arguments it runs only the cases whose names hold one of them, and writes nothing.
 */
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { availableParallelism, cpus } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import * as Delivery from "./ingest/cases.ts"
import * as Throughput from "./ingest/throughput.ts"

const cases = [...Delivery.cases, ...Throughput.cases]

/** Who takes part in a case. */
type Side = "ours" | "published"

/** What a side comes to, in a process of its own: what one leaves behind is no burden of the next. */
const run = async (index: number, side: Side): Promise<Delivery.Result> => {
  const args = [import.meta.filename, "case", String(index), side]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

const runHere = async (index: number, side: Side): Promise<void> => {
  // What a buffer logs on its way is no part of the result.
  console.log = () => {}
  const result = await cases[index]![side]!().catch((error: unknown) => ({ said: String(error), isMet: false }))
  process.stdout.write(JSON.stringify(result), () => process.exit())
}

const introduction = `# Ingestion when things go wrong

Written by \`npm run bench:ingest\`. For each case, each SDK runs in its own process against a server in its own thread that
behaves as the case says. For throughput and event-loop slices the server is a function in the same process, so that only
the client's own work is measured. The published SDK has no buffer: a program that uses it sends each event by itself, or
in batches where the case is throughput. Node ${process.versions.node}, ${availableParallelism()} processors, ${cpus()[0]?.model ?? "unknown"}.
`

const head = `| case | bar | this SDK | met | published 1.0.0-beta.232 |
| --- | --- | --- | --- | --- |`

const runAll = async (words: ReadonlyArray<string>): Promise<void> => {
  console.log(head)
  const rows: Array<string> = []
  let missed = 0
  for (const [index, { bar, name, published }] of cases.entries()) {
    if (words.length > 0 && !words.some((word) => name.includes(word))) continue
    const ours = await run(index, "ours")
    const other = published === undefined ? "–" : (await run(index, "published")).said
    if (!ours.isMet) missed += 1
    rows.push(`| ${name} | ${bar} | ${ours.said} | ${ours.isMet ? "yes" : "**no**"} | ${other} |`)
    console.log(rows.at(-1))
  }
  console.log(`\n${rows.length} bars, ${missed} missed`)
  if (words.length === 0) {
    writeFileSync(join(import.meta.dirname, "INGESTION.md"), `${[introduction, head, ...rows].join("\n")}\n`)
  }
  if (missed > 0) process.exitCode = 1
}

const [word, index, side] = process.argv.slice(2)
if (word === "case") await runHere(Number(index), side as Side)
else await runAll(process.argv.slice(2))
