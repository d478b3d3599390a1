/**
 * Everything side by side: `npm run bench` measures this SDK, the published one, and what neither can do without, and
 * writes `bench/RESULTS.md`.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"
import { join } from "node:path"
import * as Calls from "./calls.ts"
import * as Checks from "./checks.ts"
import * as ColdStart from "./coldStart.ts"
import { calls, type Call, type Contestant } from "./contestants.ts"
import * as Pending from "./pending.ts"
import { meters, rows } from "./server.ts"
import { sizes } from "./size.ts"
import * as Types from "./types.ts"

const root = join(import.meta.dirname, "..")

type Row = ReadonlyArray<string>

const table = (head: Row, rows: ReadonlyArray<Row>): string =>
  [head, head.map((_, i) => (i === 0 ? "---" : "---:")), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")

/** What is held against a bar, and how it came out. */
interface Bar {
  readonly what: string
  readonly bar: string
  readonly measured: string
  readonly isMet: boolean
}

const bare: Contestant = "bare fetch"
const upstream: Contestant = "1.0.0-beta.232"

/** Beyond what fetching and reading JSON takes anyway, in microseconds. */
const overhead = (times: Calls.Times, name: Contestant): number => times[name] - times[bare]

const ratio = (times: Calls.Times, name: Contestant): number => overhead(times, name) / overhead(times, upstream)

const callBars = (call: Call, times: Calls.Times): ReadonlyArray<Bar> => {
  const without = ratio(times, "service, no policies")
  const withPolicies = ratio(times, "service")
  const extra = overhead(times, "service") - overhead(times, "service, no policies")
  return [
    {
      what: `${call}: overhead without policies`,
      bar: "≤ 4 times upstream's",
      measured: `${without.toFixed(1)} times`,
      isMet: without <= 4
    },
    {
      what: `${call}: overhead with the default policies`,
      bar: "≤ 8 times upstream's",
      measured: `${withPolicies.toFixed(1)} times`,
      isMet: withPolicies <= 8
    },
    {
      what: `${call}: overhead with the default policies`,
      bar: "≤ 60 µs",
      measured: `${overhead(times, "service").toFixed(0)} µs, ${extra.toFixed(0)} of them the policies'`,
      isMet: overhead(times, "service") <= 60
    }
  ]
}

const large: Call = "query of 10,000 rows"

const largeBar = (times: Calls.Times): Bar => ({
  what: large,
  bar: "≤ upstream's time",
  measured: `${(times.service / times[upstream]).toFixed(2)} times (service), ${(times["Promise API"] / times[upstream]).toFixed(2)} times (Promise API)`,
  isMet: Math.max(times.service, times["Promise API"]) <= times[upstream]
})

const progress = (text: string) => console.error(`measuring ${text} …`)

progress("calls")
const times = new Map<Call, Calls.Times>()
for (const call of calls) times.set(call, await Calls.measure(call))

progress("checks")
const checks = await Checks.measure()

progress("cold starts")
const starts = await ColdStart.measure()

progress("pending calls")
const pending = Pending.measure()

progress("type checks")
const types = Types.measure()

progress("sizes")
const bundles = await sizes()

const bars: ReadonlyArray<Bar> = [
  ...[...times].flatMap(([call, times]) => (call === large ? [largeBar(times)] : callBars(call, times))),
  ...Object.entries(checks).map(([name, { p99 }]) => ({
    what: `${name}, p99 of a known answer`,
    bar: "< 20 µs",
    measured: `${p99.toFixed(1)} µs`,
    isMet: p99 < 20
  })),
  {
    what: "type checking a program that uses every service",
    bar: "< 2 s",
    measured: `${types["every service"]!.seconds.toFixed(2)} s`,
    isMet: types["every service"]!.seconds < 2
  },
  ...bundles.flatMap(({ bar, name, rolldown }) =>
    bar === undefined
      ? []
      : [
          {
            what: `bundle: ${name}`,
            bar: `≤ ${bar} kB`,
            measured: `${rolldown.toFixed(1)} kB`,
            isMet: rolldown <= bar
          }
        ]
  )
]

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version

const names = Object.keys(times.get("get")!) as ReadonlyArray<Contestant>
const small = calls.filter((call) => call !== large)

const report = `# Benchmarks

Written by \`npm run bench\`. Everybody is measured in one run, in rounds in which each has a turn, and the figure is the median of the rounds. The server is a function that has its answer at hand, so that what is left is what a client does itself.

This SDK ${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version} with effect ${versionOf("effect")}, as built; the published SDK ${versionOf("openmeter-beta-185")} (on undici ${versionOf("openmeter-beta-185/node_modules/undici")}, which it calls directly) and ${versionOf("openmeter-beta-232")} (on fetch), the latter being "upstream" below; Node ${process.versions.node}, TypeScript ${versionOf("typescript")}; ${cpus().length} processors, ${cpus()[0]?.model ?? "unknown"}.

## Bars

${table(
  ["what", "bar", "measured", "met"],
  bars.map(({ bar, isMet, measured, what }) => [what, bar, measured, isMet ? "yes" : "**no**"])
)}

How to read them:

- An overhead is what a client adds to fetching an answer and parsing its JSON. It is the difference of two short times, a few µs in the case of \`get\`, and the ratio of two such differences swings from run to run: compare runs of a machine that does nothing else. Beside the time that an answer takes to come from a server, none of them is noticeable.
- What a call costs is mostly the fibers, continuations and contexts of effect, and its \`HttpClient\`; with the default policies also a fiber and a timer for the timeout of each attempt, a permit, a span and two histograms.
- \`list\` answers ${meters} meters and \`query\` ${rows.usage} rows. Every member of them is checked, and instants become \`Date\`s; upstream turns instants into \`Date\`s and checks nothing. Answers are read by functions made of their schemas (\`src/schemas/Reader.ts\`), which takes about as long as parsing their JSON.
- The codecs of an operation are made when it is called first: a program that makes a few of the calls that there are does not pay for the others.
- A cold start as installed loads the modules of effect one by one; most of them come with its schemas and its HTTP contract. A program that starts often should be bundled.
- A call that waits holds its fibers, its span, its timer and its request.
- A program that only sends events carries no schemas: its events are checked by hand (\`src/services/ingest/complete.ts\`).

## A call

Time of the processor, in µs. In brackets: the overhead over bare fetch and \`JSON.parse\`, as a multiple of upstream's. "No policies" is without retries, timeouts, the limit of requests under way, and telemetry.

${table(
  ["", ...small],
  names.map((name) => [
    name,
    ...small.map((call) => {
      const all = times.get(call)!
      return name === bare ? all[name].toFixed(1) : `${all[name].toFixed(1)} (${ratio(all, name).toFixed(1)})`
    })
  ])
)}

## A query of 10,000 rows

Time of the processor, in ms, from the call to the rows. Both SDKs give \`Date\`s, but not 1.0.0-beta.185.

${table(
  ["", "ms", "of upstream's"],
  names.map((name) => {
    const all = times.get(large)!
    return [name, (all[name] / 1000).toFixed(1), (all[name] / all[upstream]).toFixed(2)]
  })
)}

## A check of an entitlement

Of an answer that is known, in µs as they go by: 100,000 checks of 1,000 customers.

${table(
  ["", "p50", "p99"],
  Object.entries(checks).map(([name, { p50, p99 }]) => [name, p50.toFixed(1), p99.toFixed(1)])
)}

## A cold start

From the start of a process to the answer of its first call, in ms of the processor, with the server on a local socket. Bundled: by esbuild into one file, as a program that starts often would be.

${table(
  ["", "installed", "bundled"],
  Object.entries(starts).map(([name, { bundled, installed }]) => [name, installed.toFixed(0), bundled.toFixed(0)])
)}

## A call that waits

Memory that each of 10,000 calls holds until its answer comes, in kB.

${table(
  ["", "kB"],
  Object.entries(pending).map(([name, bytes]) => [name, (bytes / 1000).toFixed(1)])
)}

## Types

Checking one file, with the types of the package as built and \`skipLibCheck\`.

${table(
  ["", "s", "instantiations"],
  Object.entries(types).map(([name, { instantiations, seconds }]) => [
    name,
    seconds.toFixed(2),
    instantiations.toLocaleString("en")
  ])
)}

## Bundles

Minified and compressed by gzip, in kB (\`npm run bench:size\`).

${table(
  ["", "rolldown", "esbuild"],
  bundles.map(({ esbuild, name, rolldown }) => [name, rolldown.toFixed(1), esbuild.toFixed(1)])
)}

## More

- \`npm run bench:ingest\`: what becomes of events when things go wrong, and how much goes through ([results](INGESTION.md))
- \`npm run bench:policies\`: what each policy costs, and what it spares a server
- \`npm run bench:emulator\`: how the emulator grows with its events
`

const file = join(import.meta.dirname, "RESULTS.md")
writeFileSync(file, report)
console.log(report)
const missed = bars.filter(({ isMet }) => !isMet)
console.log(`${bars.length} bars, ${missed.length} missed; written to bench/RESULTS.md`)
process.exit()
