/**
 * Runtimes that run the suite as a program: Node, Bun, Deno.
 */
import { join } from "node:path"
import { install, output } from "./command.ts"
import { patience, type Runtime } from "./Runtime.ts"
import { checkTypes } from "./types.ts"

const host = join("hosts", "process.ts")

interface Program {
  readonly name: string
  /** The npm package that brings it, and its program. */
  readonly package: string
  readonly version: string
  readonly args?: ReadonlyArray<string>
  readonly env?: Readonly<Record<string, string>>
  readonly checkTypes: (project: string, executable: string) => Promise<unknown>
}

const program = ({ args = [], checkTypes, env = {}, name, package: packageName, version }: Program): Runtime => ({
  name,
  isBrowser: false,
  install: async (project) => {
    const executable = join(await install(project, packageName, version), ".bin", packageName)
    const printed = await output(executable, ["--version"])
    return {
      version: /\d+\.\d+\.\d+/.exec(printed)?.[0] ?? printed.trim(),
      checkTypes: () => checkTypes(project, executable),
      run: async ({ setting }) => {
        const command = [...args, host, JSON.stringify(setting)]
        const printed = await output(executable, command, { cwd: project, env, timeout: patience })
        // After what the package has logged.
        return JSON.parse(printed.trimEnd().split("\n").at(-1) ?? "")
      }
    }
  }
})

/** Node, by its major versions. */
export const node = (major: number): Runtime =>
  program({
    name: `node ${major}`,
    package: "node",
    version: `${major}`,
    checkTypes: (project) =>
      checkTypes(project, { host: "process", package: { name: "@types/node", version: `${major}` } })
  })

/** Bun. */
export const bun: Runtime = program({
  name: "bun",
  package: "bun",
  version: "1",
  args: ["run"],
  checkTypes: (project) => checkTypes(project, { host: "process", package: { name: "@types/bun", version: "1" } })
})

/** Deno, allowed no more than to reach this machine, and to read and write in its folder. */
export const deno: Runtime = program({
  name: "deno",
  package: "deno",
  version: "2",
  args: ["run", "--no-prompt", "--no-lock", "--allow-net=127.0.0.1", "--allow-read=.", "--allow-write=."],
  env: { DENO_NO_UPDATE_CHECK: "1" },
  checkTypes: (project, executable) => output(executable, ["check", "--no-lock", host], { cwd: project })
})
