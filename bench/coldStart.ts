/**
 * What a program costs from its start to the answer of its first call, in time of the processor, in processes of its own.
 */
import { build } from "esbuild"
import { execFile } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { median } from "./rounds.ts"

const root = join(import.meta.dirname, "..")
const rounds = 7

/** What the programs do, to the server whose address stands where SERVER is. */
const programs: Readonly<Record<string, string>> = {
  "bare fetch": 'await (await fetch(SERVER + "/api/v1/meters")).json()',
  "1.0.0-beta.185": `
    import { OpenMeter } from "openmeter-beta-185"
    await new OpenMeter({ baseUrl: SERVER }).meters.list()`,
  "1.0.0-beta.232": `
    import { OpenMeter } from "openmeter-beta-232"
    await new OpenMeter({ baseUrl: SERVER }).meters.list()`,
  service: `
    import { Effect } from "effect"
    import { Meters, OpenMeter } from "@openmeter/sdk/effect"
    const list = Effect.flatMap(Meters, (meters) => meters.list())
    await Effect.runPromise(Effect.provide(list, OpenMeter.layer({ baseUrl: SERVER })))`,
  "Promise API": `
    import { OpenMeter } from "@openmeter/sdk"
    await new OpenMeter({ baseUrl: SERVER }).meters.list()`
}

const sourceOf = (program: string, baseUrl: string): string => `
  ${program.replaceAll("SERVER", JSON.stringify(baseUrl))}
  const { system, user } = process.cpuUsage()
  console.log((system + user) / 1000)
  process.exit()`

const run = promisify(execFile)

/** Milliseconds of the processor, from the start of a process to the end of its program. */
const timeOf = async (...args: ReadonlyArray<string>): Promise<number> => {
  const { stdout } = await run(process.execPath, args, { cwd: root })
  return Number(stdout)
}

/** Bundles a program into a file, as one that starts often would be. */
const bundle = (source: string, outfile: string) =>
  build({
    stdin: { contents: source, resolveDir: root },
    bundle: true,
    platform: "node",
    format: "esm",
    minify: true,
    outfile,
    // A package of CommonJS asks for the modules of Node by `require`.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    // The built package, not the sources that this project's own compiler is pointed to.
    tsconfigRaw: {},
    logLevel: "silent"
  })

/** Milliseconds of a program, from the package as it is installed and from a bundle. */
export interface ColdStart {
  readonly installed: number
  readonly bundled: number
}

/** Takes the times of everybody. */
export const measure = async (): Promise<Readonly<Record<string, ColdStart>>> => {
  const server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end("[]")
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const folder = mkdtempSync(join(tmpdir(), "openmeter-bench-"))
  try {
    const starts = await Promise.all(
      Object.entries(programs).map(async ([name, program], i) => {
        const source = sourceOf(program, baseUrl)
        const file = join(folder, `${i}.mjs`)
        await bundle(source, file)
        return { name, source, file, installed: new Array<number>(), bundled: new Array<number>() }
      })
    )
    for (let round = 0; round < rounds; round++) {
      for (const { bundled, file, installed, source } of starts) {
        installed.push(await timeOf("--input-type=module", "--eval", source))
        bundled.push(await timeOf(file))
      }
    }
    return Object.fromEntries(
      starts.map(({ bundled, installed, name }) => [name, { installed: median(installed), bundled: median(bundled) }])
    )
  } finally {
    server.close()
    rmSync(folder, { recursive: true })
  }
}
