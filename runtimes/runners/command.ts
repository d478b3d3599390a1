/**
 * Programs, run to their end.
 */
import { execFile, type ExecFileException } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"

/** Where and how a program runs. */
export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** How long it may run, in milliseconds. */
  readonly timeout?: number
}

/** What a program prints. Rejects with all that it printed when it fails. */
export const output = (command: string, args: ReadonlyArray<string>, options: CommandOptions = {}): Promise<string> => {
  const { promise, reject, resolve } = Promise.withResolvers<string>()
  const ended = (error: ExecFileException | null, stdout: string, stderr: string) => {
    if (error === null) return resolve(stdout)
    const how = error.killed === true ? `has not ended after ${options.timeout} ms` : `ended with ${error.code}`
    reject(new Error([`${basename(command)} ${how}`, stdout.trim(), stderr.trim()].filter(Boolean).join("\n")))
  }
  execFile(command, args, { ...options, env: { ...process.env, ...options.env }, maxBuffer: 64 * 1024 * 1024 }, ended)
  return promise
}

/** Installs packages from `package.json` of a folder. */
export const npmInstall = (folder: string): Promise<string> =>
  output("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder })

/** Installs a package by itself, and returns the folder that it is in. */
export const install = async (project: string, name: string, version: string): Promise<string> => {
  const folder = join(project, "installed", `${name}-${version}`)
  mkdirSync(folder, { recursive: true })
  // Node, Bun, Deno and workerd get their executables by a script of theirs.
  const manifest = { private: true, dependencies: { [name]: version }, allowScripts: { [name]: true } }
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest))
  await npmInstall(folder)
  return join(folder, "node_modules")
}
