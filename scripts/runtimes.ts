/**
 * The packed package on every runtime: `npm run runtimes`, or `npm run runtimes -- bun chromium` for some of them.
 *
 * Installs the package as its users do, runs the suite on each runtime against emulators in this process, and prints
 * what became of each part. Fails when a part does; a runtime that cannot be had is printed as missing.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import manifest from "../package.json" with { type: "json" }
import { chromium } from "../runtimes/runners/chromium.ts"
import { npmInstall, output } from "../runtimes/runners/command.ts"
import { bun, deno, node } from "../runtimes/runners/process.ts"
import type { Installed, Runtime } from "../runtimes/runners/Runtime.ts"
import { startServers } from "../runtimes/runners/servers.ts"
import { format, totals, type Row } from "../runtimes/runners/table.ts"
import { wire } from "../runtimes/runners/wire.ts"
import { workerd } from "../runtimes/runners/workerd.ts"
import { parts } from "../runtimes/suite/index.ts"
import type { Outcome } from "../runtimes/suite/Suite.ts"

const runtimes = [node(22), node(24), node(26), bun, deno, workerd, chromium]
const columns = [...Object.keys(parts), "serve", "outbox", "isolate", "wire", "types"]

/** A project that has the packed package, and the suite. */
const makeProject = async (project: string): Promise<void> => {
  const root = join(import.meta.dirname, "..")
  const [packed] = JSON.parse(await output("npm", ["pack", "--json", "--pack-destination", project], { cwd: root }))
  const { effect } = manifest.peerDependencies
  const dependencies = { [manifest.name]: `file:${packed.filename}`, effect }
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }))
  await npmInstall(project)
  for (const folder of ["suite", "hosts"]) {
    cpSync(join(root, "runtimes", folder), join(project, folder), { recursive: true })
  }
  console.log(`${manifest.name} ${manifest.version}: ${packed.entryCount} files, ${packed.size} bytes`)
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error)).trim()

const types = ({ checkTypes }: Installed): Promise<Outcome> =>
  checkTypes().then(
    () => ({ part: "types" }),
    (error) => ({ part: "types", failure: message(error) })
  )

const measure = async (runtime: Runtime, project: string): Promise<Row> => {
  let installed: Installed
  try {
    installed = await runtime.install(project)
  } catch (error) {
    return { runtime: runtime.name, problem: message(error), outcomes: [] }
  }
  const { run, version } = installed
  const checked = await types(installed)
  const servers = await startServers()
  try {
    const outcomes = [...(await run(servers)), await wire(servers, runtime.isBrowser), checked]
    return { runtime: runtime.name, version, outcomes }
  } catch (error) {
    return { runtime: runtime.name, version, problem: message(error), outcomes: [checked] }
  } finally {
    await servers.close()
  }
}

const wanted = (words: ReadonlyArray<string>): ReadonlyArray<Runtime> => {
  const named = runtimes.filter(({ name }) => words.length === 0 || words.some((word) => name.startsWith(word)))
  if (named.length === 0) throw new Error(`there is ${runtimes.map(({ name }) => name).join(", ")}`)
  return named
}

const project = mkdtempSync(join(tmpdir(), "openmeter-runtimes-"))
try {
  await makeProject(project)
  const rows: Array<Row> = []
  for (const runtime of wanted(process.argv.slice(2))) {
    console.log(`running the suite on ${runtime.name}`)
    rows.push(await measure(runtime, project))
  }
  const { failed, missing, ok } = totals(rows, columns)
  console.log(`\n${format(rows, columns)}\n\n-: the runtime has no sockets to serve on, no files, or no isolates`)
  console.log(`total: ${rows.length} runtimes, ${ok} ok, ${failed} failed, ${missing} missing`)
  if (failed > 0) process.exitCode = 1
} finally {
  rmSync(project, { recursive: true, force: true })
}
