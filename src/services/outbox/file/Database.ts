/**
 * The file of an outbox: a SQLite database that one process has to itself.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"
import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs"
import { resolve } from "node:path"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import { crc32 } from "node:zlib"
import { OutboxError, type OutboxEntry, type OutboxEvent, type Size } from "../../Outbox.ts"
import { eventCount } from "../eventCount.ts"
import { sizeOf } from "../sizeOf.ts"

/** Marks a database as an outbox: "OMOB". */
const APPLICATION_ID = 0x4f4d4f42
const VERSION = 1
const PAGE_SIZE = 4096
/** Number of pages in the write-ahead log before a checkpoint. */
const WAL_PAGES = 1000
/**
 * Maximum number of pages in the write-ahead log: the above, those of one transaction, and a little overhead for each
 * page.
 */
const RESERVED_PAGES = 1500
/**
 * Disk space that puts leave free, in bytes. Removing events needs some, to log the removals and to checkpoint the log.
 * On a full disk, an outbox would stay full forever.
 */
const SPARE_BYTES = 2 * RESERVED_PAGES * PAGE_SIZE

/** Meaning of SQLite's primary result codes for an outbox, https://www.sqlite.org/rescode.html. */
const meanings: Readonly<Record<number, { readonly reason?: OutboxError["reason"]; readonly hint?: string }>> = {
  5: { hint: "another process has it open" },
  11: { reason: "corrupt" },
  13: { reason: "full" },
  14: { hint: "it must be a file, in a directory that exists and that this process may write to" },
  26: { reason: "corrupt" }
}

const schema = `
  CREATE TABLE event (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    json TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    key TEXT,
    offered_at INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`

type Row = Omit<OutboxEntry, "key" | "offeredAt"> & {
  readonly key: string | null
  readonly offered_at: number
  readonly checksum: number
}

/** SQLite detects torn pages, but not a bit that has changed within a value. */
const checksum = (event: OutboxEvent): number =>
  crc32(`${event.id}\0${event.source}\0${event.key ?? ""}\0${event.offeredAt}\0${event.json}`)

/**
 * Options of the storage.
 *
 * @internal
 */
export interface DatabaseOptions {
  readonly path: string
  /** Maximum size of the file and its log. */
  readonly maxBytes: number
  readonly durability: "process" | "power"
  /** Returns the free space on the disk, in bytes. */
  readonly freeBytes?: () => number
}

/** Returns the free space on the disk of an existing file, in bytes. */
const freeBytesOf = (path: string) => (): number => {
  try {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  } catch {
    // Some runtimes and file systems do not report it.
    return Infinity
  }
}

const fileSize = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/**
 * The file of an outbox. Every method throws an `OutboxError` if the file cannot be used.
 *
 * @internal
 */
export class Database {
  readonly #path: string
  readonly #freeBytes: () => number
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #commit: StatementSync
  readonly #insert: StatementSync
  readonly #select: StatementSync
  readonly #selectOne: StatementSync
  readonly #delete: StatementSync

  constructor({ durability, maxBytes, path, freeBytes }: DatabaseOptions) {
    this.#path = path
    // SQLite gives some names, such as `:memory:`, a special meaning. An absolute path is always a file.
    const file = resolve(path)
    this.#freeBytes = freeBytes ?? freeBytesOf(file)
    this.#database = this.#guard("open", () => {
      this.#inspect(file)
      return new DatabaseSync(file)
    })
    try {
      this.#guard("open", () => {
        // Exclusive mode first: it keeps the index of the log in memory, and other processes from opening the file.
        this.#database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        this.#check()
        this.#database.exec(`
          COMMIT;
          PRAGMA journal_mode = WAL;
          PRAGMA synchronous = ${durability === "power" ? "FULL" : "NORMAL"};
          PRAGMA wal_autocheckpoint = ${WAL_PAGES};
          PRAGMA journal_size_limit = ${WAL_PAGES * PAGE_SIZE};
        `)
      })
      const pages = Math.floor(maxBytes / this.#pragma("page_size")) - RESERVED_PAGES
      this.#guard("open", () => this.#database.exec(`PRAGMA max_page_count = ${pages}`))
      this.#begin = this.#database.prepare("BEGIN IMMEDIATE")
      this.#commit = this.#database.prepare("COMMIT")
      this.#insert = this.#database.prepare(
        "INSERT INTO event (id, source, json, bytes, key, offered_at, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)"
      )
      this.#select = this.#database.prepare("SELECT * FROM event WHERE sequence > ? ORDER BY sequence")
      this.#selectOne = this.#database.prepare("SELECT * FROM event WHERE sequence = ?")
      this.#delete = this.#database.prepare("DELETE FROM event WHERE sequence BETWEEN ? AND ?")
    } catch (error) {
      this.#database.close()
      throw error
    }
  }

  /** Amount of stored events. */
  get size(): Size {
    const row = this.#guard("read", () =>
      this.#database.prepare("SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM event").get()
    )
    return { count: Number(row?.["count"]), bytes: Number(row?.["bytes"]) }
  }

  /** Stores events, all or none, and returns the sequence of each. */
  insert(events: ReadonlyArray<OutboxEvent>): ReadonlyArray<number> {
    const needed = SPARE_BYTES + sizeOf(events).bytes
    if (this.#freeBytes() < needed) {
      throw this.#error(
        "full",
        `cannot store ${eventCount(events.length)} in`,
        `less than ${needed} bytes are free on its disk`
      )
    }
    return this.#transaction(`store ${eventCount(events.length)} in`, () =>
      events.map((event) => {
        const { bytes, id, json, key, offeredAt, source } = event
        const values: ReadonlyArray<SQLInputValue> = [id, source, json, bytes, key ?? null, offeredAt, checksum(event)]
        return Number(this.#insert.run(...values).lastInsertRowid)
      })
    )
  }

  /** Reads the entries after a sequence lazily, one by one. */
  *after(sequence: number): Generator<OutboxEntry, void> {
    const rows = this.#guard("read", () => this.#select.iterate(sequence))
    try {
      while (true) {
        const { done, value } = this.#guard("read", () => rows.next())
        if (done === true) return
        yield this.#entry(value as unknown as Row)
      }
    } finally {
      rows.return?.()
    }
  }

  /** Reads the entry with the given sequence. */
  read(sequence: number): OutboxEntry {
    const row = this.#guard("read", () => this.#selectOne.get(sequence))
    if (row === undefined) throw this.#damaged(`entry ${sequence} is missing`)
    return this.#entry(row as unknown as Row)
  }

  /** Deletes the entries with the given ascending sequences. */
  delete(sequences: ReadonlyArray<number>): void {
    this.#transaction(`remove ${eventCount(sequences.length)} from`, () => {
      let first = 0
      for (let i = 1; i <= sequences.length; i++) {
        // Events put together are mostly removed together, so each run of sequences takes one statement.
        if (i < sequences.length && sequences[i] === sequences[i - 1]! + 1) continue
        this.#delete.run(sequences[first]!, sequences[i - 1]!)
        first = i
      }
    })
  }

  close(): void {
    this.#guard("close", () => this.#database.close())
  }

  /** Detects faults that SQLite would not report, or not clearly. */
  #inspect(file: string): void {
    // A log without its file contains events, which opening the file would discard.
    if (fileSize(file) === 0 && fileSize(`${file}-wal`) > 0) {
      throw this.#damaged(
        `it is missing or empty, but its log ${this.#path}-wal exists: restore the file, or move the log away`
      )
    }
    if (!existsSync(file)) return
    try {
      accessSync(file, constants.R_OK | constants.W_OK)
    } catch (error) {
      // Deno requires an additional permission for this check, but not for opening the file.
      if (!(error instanceof Error) || error.name !== "NotCapable") throw error
    }
  }

  /** Checks that the file is an outbox, or initializes it if it is new. Never modifies any other file. */
  #check(): void {
    const [applicationId, version] = [this.#pragma("application_id"), this.#pragma("user_version")]
    const tableCount = this.#database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"]
    if (tableCount === 0 && applicationId === 0 && version === 0) return this.#database.exec(schema)
    if (applicationId !== APPLICATION_ID) throw this.#error("corrupt", "cannot open", "it is not an outbox")
    if (version !== VERSION) {
      const why = `its format is ${version}, but this version of the package reads format ${VERSION}`
      throw this.#error("corrupt", "cannot open", why)
    }
    const faults = this.#database.prepare("PRAGMA quick_check(1)").all()
    const fault = Object.values(faults[0] ?? {})[0]
    if (fault !== "ok") throw this.#damaged(String(fault))
  }

  #pragma(name: string): number {
    return Number(Object.values(this.#database.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  }

  #entry({ bytes, checksum: expected, id, json, key, offered_at, sequence, source }: Row): OutboxEntry {
    const entry = { sequence, id, source, json, bytes, key: key ?? undefined, offeredAt: offered_at }
    if (checksum(entry) === expected) return entry
    throw this.#damaged(`entry ${sequence}, event ${id} (source ${source}), differs from what was stored`)
  }

  #transaction<A>(what: string, run: () => A): A {
    return this.#guard(what, () => {
      this.#begin.run()
      try {
        const result = run()
        this.#commit.run()
        return result
      } catch (error) {
        // Some failures already end the transaction.
        if (this.#database.isTransaction) this.#database.exec("ROLLBACK")
        throw error
      }
    })
  }

  #guard<A>(what: string, run: () => A): A {
    try {
      return run()
    } catch (cause) {
      if (cause instanceof OutboxError) throw cause
      const code = Predicate.hasProperty(cause, "errcode") ? Number(cause.errcode) & 0xff : 0
      const { hint, reason = "unavailable" } = meanings[code] ?? {}
      const message = cause instanceof Error ? cause.message : String(cause)
      throw this.#error(reason, `cannot ${what}`, hint === undefined ? message : `${message}; ${hint}`, cause)
    }
  }

  #damaged(how: string): OutboxError {
    return new OutboxError({ reason: "corrupt", message: `the outbox ${this.#path} is damaged: ${how}` })
  }

  #error(reason: OutboxError["reason"], what: string, why: string, cause?: unknown): OutboxError {
    return new OutboxError({
      reason,
      message: `${what} the outbox ${this.#path}: ${why}`,
      ...(cause === undefined ? {} : { cause })
    })
  }
}
