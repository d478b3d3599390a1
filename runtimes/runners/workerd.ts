/**
 * workerd, the runtime of Cloudflare Workers: the suite as a worker behind a socket.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"
import { bundle } from "./bundle.ts"
import { install, output } from "./command.ts"
import type { Outcome } from "../suite/Suite.ts"
import { patience, type Runtime } from "./Runtime.ts"
import { checkTypes } from "./types.ts"

/** A worker that may reach this machine, and nothing else. */
const configuration = (worker: string) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "suite", worker = (
      modules = [(name = "worker.js", esModule = embed "${worker}")],
      compatibilityDate = "2026-01-01"
    )),
    (name = "internet", network = (allow = ["local"]))
  ],
  sockets = [(name = "suite", address = "127.0.0.1:0", http = (), service = "suite")]
);
`

/** The port that a server listens on, from what it reports of itself. */
const portOf = async (reports: Readable): Promise<number> => {
  for await (const line of createInterface(reports)) {
    const report = JSON.parse(line)
    if (report.event === "listen") return report.port
  }
  throw new Error("workerd ended before it listened")
}

/** How many requests come at the same time: more than a client lets be under way. */
const BURST = 150

/** Requests of one isolate share a client, though none of them may wake another. */
const burst = async (request: () => Promise<unknown>): Promise<Outcome> => {
  const answers = await Promise.allSettled(Array.from({ length: BURST }, request))
  const failed = answers.filter((answer) => answer.status === "rejected")
  return {
    part: "isolate",
    failure: failed.length === 0 ? undefined : `${failed.length} of ${BURST}: ${failed[0]?.reason}`
  }
}

/** The runtime of Cloudflare Workers. */
export const workerd: Runtime = {
  name: "workerd",
  isBrowser: false,
  install: async (project) => {
    const executable = join(await install(project, "workerd", "1"), ".bin", "workerd")
    const version = (await output(executable, ["--version"])).trim().replace("workerd ", "")
    return {
      version,
      checkTypes: () =>
        checkTypes(project, { host: "worker", package: { name: "@cloudflare/workers-types", version: "4" } }),
      run: async ({ setting }) => {
        const worker = await bundle(project, "worker")
        const configurationFile = join(dirname(worker), "worker.capnp")
        writeFileSync(configurationFile, configuration(basename(worker)))
        const server = spawn(executable, ["serve", "--control-fd=3", configurationFile], {
          stdio: ["ignore", "ignore", "inherit", "pipe"]
        })
        try {
          const port = await portOf(server.stdio[3] as Readable)
          const post = async (path: string) => {
            const response = await fetch(`http://127.0.0.1:${port}${path}`, {
              method: "POST",
              body: JSON.stringify(setting),
              signal: AbortSignal.timeout(patience)
            })
            return JSON.parse(await response.text())
          }
          const outcomes: ReadonlyArray<Outcome> = await post("/")
          return [...outcomes, await burst(() => post("/shared"))]
        } finally {
          if (server.exitCode === null) {
            const ended = once(server, "exit")
            server.kill()
            await ended
          }
        }
      }
    }
  }
}
