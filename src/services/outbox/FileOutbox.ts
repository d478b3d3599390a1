/**
 * An outbox in a file, which survives the end of its process, however it ends.
 *
 * @since 2.0.0
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import type { InvalidRequestError } from "../../errors.ts"
import * as Check from "../../layers/Check.ts"
import { Outbox, OutboxError, type OutboxEntry, type OutboxService } from "../Outbox.ts"
import { Claims, type Place } from "./Claims.ts"
import { Database, type DatabaseOptions } from "./file/Database.ts"
import * as GroupCommit from "./GroupCommit.ts"

/**
 * Options of an outbox in a file.
 *
 * @since 2.0.0
 * @category models
 */
export interface FileOutboxOptions {
  /**
   * Path of the file, which is created if it does not exist. While it is open, and after a crash, there is a second
   * file with the suffix `-wal`, which belongs to it.
   */
  readonly path: string
  /**
   * Maximum size of the files on disk, in bytes, not counting a single event, at least 16 MiB. Default: 1 GiB. With
   * less than 12 MB of free disk space, the outbox is full earlier, so that it can still remove delivered events.
   */
  readonly maxBytes?: number | undefined
  /**
   * Maximum number of waiting events, at least 1. The receipts of events offered by this process are kept in memory.
   * Default: 1,000,000.
   */
  readonly maxCount?: number | undefined
  /**
   * What accepted events survive: the end of the process (`process`), or also of the machine (`power`), which makes
   * each group of events wait for the disk. Default: `process`.
   */
  readonly durability?: "process" | "power" | undefined
}

const names: ReadonlyArray<string> = ["path", "maxBytes", "maxCount", "durability"] satisfies ReadonlyArray<
  keyof FileOutboxOptions
>

const MIN_BYTES = 16 * 1024 * 1024

const resolve = (options: FileOutboxOptions): DatabaseOptions & { readonly maxCount: number } => {
  Check.options(options, names)
  const { durability = "process", maxBytes = 1024 ** 3, maxCount = 1_000_000, path }: FileOutboxOptions = options
  if (!Predicate.isString(path) || path === "") throw Check.invalid("path", "must be the path of a file")
  if (durability !== "process" && durability !== "power") {
    throw Check.invalid("durability", 'must be "process" or "power"')
  }
  return {
    path,
    durability,
    maxBytes: Check.whole("maxBytes", maxBytes, MIN_BYTES),
    maxCount: Check.whole("maxCount", maxCount, 1)
  }
}

/** Size of a transaction, limited so that it blocks the event loop for only a few milliseconds. */
const TRANSACTION = { count: 256, bytes: 1024 * 1024 }

/** Runs code that throws only `OutboxError`. */
const attempt = <A>(run: () => A): Effect.Effect<A, OutboxError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      return error instanceof OutboxError ? Effect.fail(error) : Effect.die(error)
    }
  })

const placeOf = ({ bytes, key, sequence }: OutboxEntry): Place => ({ sequence, key, bytes })

const make = Effect.fnUntraced(function* (
  options: FileOutboxOptions
): Effect.fn.Return<OutboxService, InvalidRequestError | OutboxError, Scope.Scope> {
  const settings = yield* Check.run(() => resolve(options))
  const database = yield* Effect.acquireRelease(
    attempt(() => new Database(settings)),
    (database) => Effect.ignore(attempt(() => database.close()))
  )
  // Claims are kept in memory only, because the process has the file to itself.
  const claims = new Claims<Place>()
  const backlog = yield* attempt(() => database.size)
  let read = 0

  const put = yield* GroupCommit.make(
    (events) =>
      Effect.andThen(
        Effect.yieldNow,
        attempt(() => database.insert(events))
      ),
    TRANSACTION
  )

  /** Removes those entries that are still stored, so that it can be repeated after a partial failure. */
  const remove = (entries: ReadonlyArray<OutboxEntry>) => {
    const sequences = entries.map(({ sequence }) => sequence).sort((a, b) => a - b)
    return Effect.andThen(
      Effect.forEach(
        Array.chunksOf(sequences, TRANSACTION.count),
        (some) =>
          Effect.andThen(
            attempt(() => database.delete(some)),
            Effect.yieldNow
          ),
        { discard: true }
      ),
      Effect.sync(() => claims.settle(entries))
    )
  }

  return {
    isDurable: true,
    capacity: { count: settings.maxCount, bytes: Infinity },
    put: (events) => (events.length === 0 ? Effect.succeed([]) : put(events)),
    claim: (limit) =>
      attempt(() => {
        const entries = database.after(read)
        // An entry that is not claimed immediately is kept only by its place and read again later, to bound memory when
        // many entries wait for a key.
        const fresh = new Map<number, OutboxEntry>()
        let fault: { readonly error: unknown } | undefined
        const next = (): Place | undefined => {
          try {
            const { value } = entries.next()
            if (value === undefined) return undefined
            read = value.sequence
            fresh.set(read, value)
            return placeOf(value)
          } catch (error) {
            fault = { error }
            return undefined
          }
        }
        const places = claims.take(limit, next)
        entries.return()
        const claimed: Array<OutboxEntry> = []
        try {
          for (const { sequence } of places) claimed.push(fresh.get(sequence) ?? database.read(sequence))
        } catch (error) {
          fault = { error }
          claims.giveBack(places.slice(claimed.length))
        }
        // Entries before the fault are intact. The next claim will find the fault again.
        if (fault !== undefined && claimed.length === 0) throw fault.error
        return claimed
      }),
    remove,
    bury: remove,
    release: (entries) => Effect.sync(() => claims.giveBack(entries.map(placeOf))),
    backlog: Effect.succeed(backlog),
    arrival: Effect.never,
    takeover: Effect.never
  }
})

/**
 * Layer of an outbox in a file, for one process at a time: accepted events are delivered by this process or the next
 * one with the same file, with the same ids, however the process ends.
 *
 * Requires `node:sqlite`: Node 22.13 or later, Bun, or Deno. Fails with an `OutboxError` if the file is not an outbox
 * or is damaged (`corrupt`), or if it cannot be opened or is open in another process (`unavailable`).
 *
 * @example
 * ```ts
 * import { Layer } from "effect"
 * import { EventBuffer, Ingest, Transport } from "@openmeter/sdk/effect"
 * import { FileOutbox } from "@openmeter/sdk/node"
 *
 * const EventBufferLive = EventBuffer.layer().pipe(
 *   Layer.provide(FileOutbox.layer({ path: "usage.outbox" })),
 *   Layer.provide(Ingest.layer),
 *   Layer.provide(Transport.layer({ baseUrl: "http://localhost:8888" }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category layers
 */
export const layer = (options: FileOutboxOptions): Layer.Layer<Outbox, InvalidRequestError | OutboxError> =>
  Layer.effect(Outbox, make(options))
