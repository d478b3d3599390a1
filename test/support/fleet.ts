/**
 * A fleet of processes that share an outbox in Postgres, and are killed without warning.
 */
import * as Effect from "effect/Effect"
import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Emulator } from "../../src/testing.ts"
import { connect, startPostgres } from "./postgres.ts"

/** What is done to a fleet. */
export interface FleetOptions {
  readonly workers: number
  /** How often a worker is killed, one chosen at random at a random instant, and started anew. */
  readonly kills: number
  /**
   * How many events are offered meanwhile: of five, two in a transaction that commits, one in a transaction that is
   * rolled back, and two to a buffer.
   */
  readonly events: number
}

/** What became of it. */
export interface FleetReport {
  /** Events whose offer was acknowledged while workers were killed. The others were offered again after that. */
  readonly acknowledged: number
  /** Events that the server holds. */
  readonly stored: number
  /** Distinct ids among those. */
  readonly unique: number
  /** Ids that the server should hold and does not. */
  readonly lost: ReadonlyArray<string>
  /** Ids that the server holds and should not: their transactions were rolled back. */
  readonly unexpected: ReadonlyArray<string>
  /** How often an event was sent that the server held already. */
  readonly repeated: number
  /** Events that were given up. */
  readonly deadLetters: number
  /** How many workers ended with the exit code 0 when their input ended. */
  readonly clean: number
}

const TABLE = "fleet_outbox"

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** The process that one of the workers is at the time. */
class Worker {
  readonly #args: ReadonlyArray<string>
  readonly #taken: (id: number) => void
  #process: ChildProcess
  isReady = false

  /** @param taken - is told of each offer that the worker says was taken */
  constructor(args: ReadonlyArray<string>, taken: (id: number) => void) {
    this.#args = args
    this.#taken = taken
    this.#process = this.#start()
  }

  say(line: string): void {
    this.#process.stdin!.write(`${line}\n`)
  }

  async kill(): Promise<void> {
    this.isReady = false
    const { exitCode } = this.#process
    if (exitCode !== null) throw new Error(`a worker has ended by itself, with ${exitCode}`)
    const gone = once(this.#process, "close")
    this.#process.kill("SIGKILL")
    await gone
    this.#process = this.#start()
  }

  /** Ends the worker in good order; gives its exit code. */
  async end(): Promise<number | null> {
    if (this.#process.exitCode === null) {
      const gone = once(this.#process, "close")
      this.#process.stdin!.end()
      await gone
    }
    return this.#process.exitCode
  }

  destroy(): void {
    this.#process.kill("SIGKILL")
  }

  #start(): ChildProcess {
    const script = join(import.meta.dirname, "fleetWorker.ts")
    const child = spawn(process.execPath, [script, ...this.#args], { stdio: ["pipe", "pipe", "inherit"] })
    // What is said to a process that was killed a moment ago is lost, and was not offered.
    child.stdin.on("error", () => {})
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "ready") this.isReady = true
      else if (line.startsWith("taken ")) this.#taken(Number(line.slice("taken ".length)))
      else console.log(line)
    })
    return child
  }
}

/** Waits for a condition, for as long as half a minute. */
const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (let waited = 0; !(await condition()); waited += 20) {
    if (waited > 30_000) throw new Error(`waited in vain until ${what}`)
    await pause(20)
  }
}

const kinds = ["committed", "buffered", "rolledBack", "committed", "buffered"] as const

const kindOf = (id: number) => kinds[id % kinds.length]

const random = (below: number) => Math.floor(Math.random() * below)

const offer = (workers: ReadonlyArray<Worker>, ids: Iterable<number>) => {
  for (const id of ids) workers[random(workers.length)]!.say(`${kindOf(id)} ${id}`)
}

/** Kills workers while events are offered. */
const kill = async (
  { events, kills }: FleetOptions,
  workers: ReadonlyArray<Worker>,
  acknowledged: ReadonlySet<number>
): Promise<void> => {
  const ids = Array.from({ length: events }, (_, id) => id)
  for (let round = 0; round < kills; round++) {
    await until("two workers are ready", () => workers.filter(({ isReady }) => isReady).length > 1)
    const ready = workers.filter(({ isReady }) => isReady)
    const share = ids.splice(0, Math.ceil(ids.length / (kills - round)))
    const enough = acknowledged.size + random(share.length)
    offer(ready, share)
    // Some way through the offers of this round, whatever the machine is busy with besides.
    await until("offers are acknowledged", () => acknowledged.size >= enough)
    await pause(random(20))
    await ready[random(ready.length)]!.kill()
  }
}

const onDatabase = (databaseUrl: string, options: FleetOptions) =>
  Effect.gen(function* () {
    const sql = yield* connect(databaseUrl)
    const emulator = yield* Emulator
    const { url } = yield* Emulator.serve({ port: 0 })
    yield* sql`create table orders (id text primary key)`

    const acknowledged = new Set<number>()
    const start = () => new Worker([databaseUrl, url, TABLE], (id) => acknowledged.add(id))
    const workers = yield* Effect.acquireRelease(
      Effect.sync(() => Array.from({ length: options.workers }, start)),
      (workers) => Effect.sync(() => workers.forEach((worker) => worker.destroy()))
    )
    const count = (table: string) =>
      Effect.map(
        sql<{ readonly count: number }>`select count(*)::int as count from ${sql(table)}`,
        ([row]) => row!.count
      )
    const isEmpty = () => Effect.runPromise(Effect.map(count(TABLE), (waiting) => waiting === 0))

    yield* Effect.promise(() => kill(options, workers, acknowledged))
    const acknowledgedAtFirst = acknowledged.size
    const ids = Array.from({ length: options.events }, (_, id) => id)
    const clean = yield* Effect.promise(async () => {
      await until("all workers are ready", () => workers.every(({ isReady }) => isReady))
      // As a program does that was not told whether its offer was taken.
      const open = ids.filter((id) => !acknowledged.has(id))
      offer(workers, open)
      await until("every offer is acknowledged", () => acknowledged.size === ids.length)
      await until("the outbox is empty", isEmpty)
      const codes = await Promise.all(workers.map((worker) => worker.end()))
      return codes.filter((code) => code === 0).length
    })

    const stored = (yield* emulator.events).map(({ id }) => id)
    const unique = new Set(stored)
    const sent = (yield* emulator.requests)
      .filter(({ operation, status }) => operation === "ingestEvents" && status === 204)
      .flatMap(({ body }) => JSON.parse(body) as ReadonlyArray<unknown>)
    const expected = ids.filter((id) => kindOf(id) !== "rolledBack").map(String)
    return {
      acknowledged: acknowledgedAtFirst,
      stored: stored.length,
      unique: unique.size,
      lost: expected.filter((id) => !unique.has(id)),
      unexpected: [...unique].filter((id) => !expected.includes(id)),
      repeated: sent.length - stored.length,
      deadLetters: yield* count(`${TABLE}_dead_letter`),
      clean
    }
  }).pipe(Effect.scoped, Effect.provide(Emulator.layer))

/**
 * Lets a fleet deliver to an emulator while its workers are killed, and gives an account; or the reason why there is no
 * Postgres for it.
 */
export const killFleet = async (options: FleetOptions): Promise<FleetReport | string> => {
  const postgres = await startPostgres()
  if (typeof postgres === "string") return postgres
  try {
    return await Effect.runPromise(onDatabase(postgres.url, options))
  } finally {
    await postgres.stop()
  }
}
