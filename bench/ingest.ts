/**
 * What becomes of events when things go wrong, and how much goes through: `npm run bench:ingest` runs this package and
 * the published one side by side, prints a table with the bars, and fails if one is not met.
 *
 * With words as arguments it runs the cases whose names hold one of them.
 */
import { availableParallelism, cpus, loadavg } from "node:os"
import * as Delivery from "./ingest/cases.ts"
import * as Throughput from "./ingest/throughput.ts"

// What a buffer logs on its way is no part of the table.
console.log = () => {}
const print = (line: string) => process.stdout.write(`${line}\n`)

const words = process.argv.slice(2)
const cases = [...Delivery.cases, ...Throughput.cases].filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word))
)

const said = async (run: (() => Promise<Delivery.Result>) | undefined) =>
  run === undefined
    ? { said: "–", isMet: true }
    : run().catch((error: unknown) => ({ said: String(error), isMet: false }))

const load = loadavg()[0]?.toFixed(1)
print(`Node ${process.versions.node}, ${availableParallelism()} cores of ${cpus()[0]?.model ?? "?"}, load ${load}`)
print("")
print("| case | bar | this package | | @openmeter/sdk 1.0.0-beta.232 |")
print("| --- | --- | --- | --- | --- |")
let failed = 0
for (const { bar, name, ours, published } of cases) {
  const own = await said(ours)
  const other = await said(published)
  if (!own.isMet) failed += 1
  print(`| ${name} | ${bar} | ${own.said} | ${own.isMet ? "met" : "NOT MET"} | ${other.said} |`)
}
print("")
print(`${cases.length - failed} of ${cases.length} bars met`)
process.exit(failed === 0 ? 0 : 1)
