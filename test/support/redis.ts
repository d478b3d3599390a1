/**
 * A redis-server of the test's own, where the machine has one.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { freePort } from "./freePort.ts"

/** Whether the machine has a redis-server. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0

const launch = async (port: number): Promise<ChildProcess> => {
  const server = spawn("redis-server", ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
  let output = ""
  for await (const chunk of server.stdout) {
    output += String(chunk)
    if (output.includes("Ready to accept connections")) return server
  }
  throw new Error(`redis-server did not start: ${output}`)
}

/** A Redis that runs. */
export interface Redis {
  readonly url: string
  /** Ends it at once, as a crash would. */
  readonly kill: Effect.Effect<void>
}

/** Runs a Redis that keeps nothing, until the scope closes. */
export const redis: Effect.Effect<Redis, never, Scope.Scope> = Effect.gen(function* () {
  const port = yield* Effect.promise(freePort)
  const kill = (server: ChildProcess) =>
    Effect.promise(async () => {
      if (server.exitCode !== null || server.signalCode !== null) return
      server.kill("SIGKILL")
      await once(server, "exit")
    })
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => launch(port)),
    kill
  )
  return { url: `redis://127.0.0.1:${port}`, kill: kill(server) }
})
