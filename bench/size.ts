/**
 * What programs carry: `npm run bench:size` bundles some of them by rolldown and by esbuild, and prints the sizes,
 * minified and compressed by gzip, beside those of the published SDK. Fails where rolldown's is over its bar.
 */
import { build as esbuild } from "esbuild"
import { builtinModules } from "node:module"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build as rolldown } from "rolldown"

const root = join(import.meta.dirname, "..")

interface Program {
  readonly name: string
  readonly source: string
  /** How large rolldown's bundle may be, in kB. */
  readonly bar?: number
}

const programs: ReadonlyArray<Program> = [
  { name: "ingestion alone", source: 'export { Ingest, Transport } from "@openmeter/sdk/effect"', bar: 50 },
  { name: "meters alone", source: 'export { Meters, Transport } from "@openmeter/sdk/effect"' },
  { name: "every service", source: 'export { OpenMeter } from "@openmeter/sdk/effect"', bar: 100 },
  { name: "the Promise API", source: 'export { OpenMeter } from "@openmeter/sdk"', bar: 100 },
  { name: "all of @openmeter/sdk/effect", source: 'export * from "@openmeter/sdk/effect"' },
  { name: "all of @openmeter/sdk/testing", source: 'export * from "@openmeter/sdk/testing"' },
  { name: "published 1.0.0-beta.185", source: 'export { OpenMeter } from "openmeter-beta-185"' },
  { name: "published 1.0.0-beta.232", source: 'export { OpenMeter } from "openmeter-beta-232"' }
]

/** What Node brings is nobody's to carry. */
const external = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)]

const byRolldown = async (source: string): Promise<string> => {
  const { output } = await rolldown({
    cwd: root,
    input: "program",
    write: false,
    platform: "browser",
    logLevel: "silent",
    external,
    output: { minify: true, codeSplitting: false },
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === "program" ? join(root, "program.js") : undefined),
        load: (id) => (id === join(root, "program.js") ? source : undefined)
      }
    ]
  })
  return output[0].code
}

const byEsbuild = async (source: string): Promise<string> => {
  const { outputFiles } = await esbuild({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    write: false,
    platform: "browser",
    format: "esm",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
    external
  })
  return outputFiles[0]!.text
}

const kilobytes = (code: string): number => gzipSync(code, { level: 9 }).byteLength / 1000

/** The size of a program, in kB. */
export interface Size {
  readonly name: string
  readonly rolldown: number
  readonly esbuild: number
  readonly bar: number | undefined
}

/** Bundles every program by both. */
export const sizes = (): Promise<ReadonlyArray<Size>> =>
  Promise.all(
    programs.map(async ({ bar, name, source }) => ({
      name,
      rolldown: kilobytes(await byRolldown(source)),
      esbuild: kilobytes(await byEsbuild(source)),
      bar
    }))
  )

if (process.argv[1] === import.meta.filename) {
  const measured = await sizes()
  console.log("min+gz, kB                      rolldown  esbuild   bar")
  for (const { bar, esbuild, name, rolldown } of measured) {
    const columns = [rolldown.toFixed(1).padStart(8), esbuild.toFixed(1).padStart(7), `${bar ?? "-"}`.padStart(4)]
    console.log(`${name.padEnd(30)}  ${columns.join("  ")}`)
  }
  const over = measured.filter(({ bar = Infinity, rolldown }) => rolldown > bar)
  console.log(`total: ${measured.length} programs, ${over.length} over their bar`)
  if (over.length > 0) process.exitCode = 1
}
