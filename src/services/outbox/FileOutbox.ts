/**
 * An outbox in a file, which survives the end of its process, whichever way it ends.
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
 * Where the file is, and how large it may become.
 *
 * @since 2.0.0
 * @category models
 */
export interface FileOutboxOptions {
  /**
   * The path of the file, which is made if it is not there. While it is open, and after a crash, another one that ends in
   * `-wal` stands beside it and belongs to it.
   */
  readonly path: string
  /**
   * How many bytes the files may take on the disk, besides one event, at least 16 MiB. Default: 1 GiB. On a disk with
   * less than 12 MB left the outbox is full before that, so that it can still remove what is delivered.
   */
  readonly maxBytes?: number | undefined
  /** How many events may wait, at least 1: the receipts of those that this process offered are in memory. Default: 1,000,000. */
  readonly maxCount?: number | undefined
  /**
   * What an event that was taken survives: the end of the process (`process`), or that of the machine too (`power`), for
   * which each group of events waits until the disk has it. Default: `process`.
   */
  readonly durability?: "process" | "power" | undefined
}

const names: ReadonlyArray<string> = ["path", "maxBytes", "maxCount", "durability"] satisfies ReadonlyArray<
  keyof FileOutboxOptions
>

const MIN_BYTES = 16 * 1024 * 1024

const resolve = (options: FileOutboxOptions): DatabaseOptions & { readonly maxCount: number } => {
  if (!Predicate.isObject(options)) throw Check.invalid("options", "must be an object")
  Check.refuseUnknown(options, names)
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

/** A transaction is a slice of the event loop's time: it is to last a few milliseconds. */
const TRANSACTION = { count: 256, bytes: 1024 * 1024 }

/** Runs what throws nothing but an `OutboxError`. */
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
  // A process has the file for itself, so that which entries are claimed need not be known to the file.
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

  /** Removes what is still there: when it fails in the midst it can be repeated. */
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
        // What is not claimed at once is kept by its place alone, however much stands behind a key, and read again.
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
        // What stands before the fault is as good as ever. The next claim will meet it again.
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
 * An outbox in a file, for one process at a time: what it has taken is delivered by this process or the next one with
 * the same file, with the same ids, whichever way the process ends.
 *
 * Needs `node:sqlite`: Node 22.13 or later, Bun, Deno. Fails with an `OutboxError` when the file is no outbox or is damaged
 * (`corrupt`), or when it cannot be opened or is open in another process (`unavailable`).
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
