/**
 * Storage for events until they are delivered.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { PreparedEvent } from "./Ingest.ts"
import { Claims } from "./outbox/Claims.ts"

/**
 * The outbox failed.
 *
 * Give an event its own id before offering it again: it may have been stored although the response was lost, and the
 * server counts an id only once.
 *
 * @example
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { EventBuffer, eventIdFrom } from "@openmeter/sdk/effect"
 *
 * // Retries for ten seconds while the storage is full or unavailable. Damage does not go away.
 * const offer = (jobId: string) =>
 *   Effect.flatMap(EventBuffer, (buffer) =>
 *     buffer.offer({ id: eventIdFrom("job", jobId), type: "job", subject: "customer-1" })
 *   ).pipe(
 *     Effect.retry({
 *       schedule: Schedule.spaced("1 second"),
 *       times: 10,
 *       while: (error) => error._tag === "OutboxError" && error.isRetryable
 *     }),
 *     Effect.catchTag("OutboxError", ({ message, reason }) => Effect.logError(`not metered (${reason}): ${message}`))
 *   )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class OutboxError extends Data.TaggedError("OutboxError")<{
  /**
   * Reason of the failure. `full`: there is no room for the events, none of which was stored. `corrupt`: the stored
   * data is not valid, and is left unchanged. `unavailable`: the storage cannot be reached or used at the moment (a
   * file that is open in another process, a database that is down, a migration that was not run), and may work again
   * later.
   */
  readonly reason: "full" | "corrupt" | "unavailable"
  /** Description of the failure, in one line. */
  readonly message: string
  /** Error of the storage. */
  readonly cause?: unknown
}> {
  /** Whether a retry may succeed: after `full` and `unavailable`, but not after `corrupt`. */
  get isRetryable(): boolean {
    return this.reason !== "corrupt"
  }
}

/**
 * An event to be stored in an outbox.
 *
 * @since 2.0.0
 * @category models
 */
export interface OutboxEvent extends PreparedEvent {
  /** Events with the same key are claimed in the order they were put. `undefined` means any order. */
  readonly key: string | undefined
  /** When the program offered the event, in milliseconds since 1970. */
  readonly offeredAt: number
}

/**
 * An event stored in an outbox.
 *
 * @since 2.0.0
 * @category models
 */
export interface OutboxEntry extends OutboxEvent {
  /** Position of the entry in its outbox: unique, and greater than that of every entry put before it. */
  readonly sequence: number
}

/**
 * An amount of events.
 *
 * @since 2.0.0
 * @category models
 */
export interface Size {
  /** Number of events. */
  readonly count: number
  /** Size in bytes of JSON, as UTF-8. */
  readonly bytes: number
}

/**
 * Operations of an outbox.
 *
 * An entry is put, claimed by one sender, and then removed once its outcome is known, or released if it has to be
 * retried. A claim lasts until then, or until the process ends in any way: entries that a durable outbox has not
 * removed can be claimed again by the next process.
 *
 * Entries put by an instance are claimed only through that instance as long as it lives, even if several processes
 * share the storage, so that the program that offered an event learns its outcome.
 *
 * @since 2.0.0
 * @category models
 */
export interface OutboxService {
  /** Whether entries outlive the process. */
  readonly isDurable: boolean
  /** Maximum amount that the outbox should hold, unless the program configures another. */
  readonly capacity: Size
  /**
   * Stores events, all or none, and returns their sequences in ascending order. On success, a durable outbox has stored
   * them durably.
   */
  readonly put: (events: ReadonlyArray<OutboxEvent>) => Effect.Effect<ReadonlyArray<number>, OutboxError>
  /**
   * Claims the oldest entries that may be sent, in ascending order, up to the given size, but at least one if there is
   * any, however large. Skips entries while another claim holds an entry with the same key.
   *
   * @param which - `own`: only entries put by this instance, which is all of them unless the storage is shared
   */
  readonly claim: (limit: Size, which?: "own") => Effect.Effect<ReadonlyArray<OutboxEntry>, OutboxError>
  /** Removes claimed entries whose outcome is known. */
  readonly remove: (entries: ReadonlyArray<OutboxEntry>) => Effect.Effect<void, OutboxError>
  /** Removes claimed entries that are given up. An outbox may keep them as dead letters, with the reason. */
  readonly bury: (entries: ReadonlyArray<OutboxEntry>, reason: string) => Effect.Effect<void, OutboxError>
  /**
   * Releases claimed entries, to be claimed again at their original positions. The reason tells why they were not
   * delivered.
   */
  readonly release: (
    entries: ReadonlyArray<OutboxEntry>,
    reason?: string | undefined
  ) => Effect.Effect<void, OutboxError>
  /** Amount that an earlier process has left for this instance alone. */
  readonly backlog: Effect.Effect<Size, OutboxError>
  /**
   * Completes when there may be entries to claim that this instance has not put, and that are not included in
   * `backlog`. `Effect.never` if the storage is not shared.
   */
  readonly arrival: Effect.Effect<void>
  /**
   * Completes with the sequences of entries put by this instance that others have taken over, because it lost contact
   * with the storage. It does not learn their outcome. `Effect.never` if the storage is not shared.
   */
  readonly takeover: Effect.Effect<ReadonlyArray<number>>
}

/** Creates an outbox in memory. */
const makeMemory = (): OutboxService => {
  const claims = new Claims<OutboxEntry>()
  let last = 0
  // A queue whose front is trimmed occasionally, because shifting an array moves all of its elements.
  let waiting: Array<OutboxEntry> = []
  let head = 0

  const next = (): OutboxEntry | undefined => {
    const entry = waiting[head]
    if (entry === undefined) return undefined
    head += 1
    if (head >= 1024 && head * 2 >= waiting.length) {
      waiting = waiting.slice(head)
      head = 0
    }
    return entry
  }

  return {
    isDurable: false,
    capacity: { count: 100_000, bytes: 64 * 1024 * 1024 },
    put: (events) =>
      Effect.sync(() =>
        events.map(({ bytes, id, json, key, offeredAt, source }) => {
          last += 1
          waiting.push({ id, source, json, bytes, key, offeredAt, sequence: last })
          return last
        })
      ),
    claim: (limit) => Effect.sync(() => claims.take(limit, next)),
    remove: (entries) => Effect.sync(() => claims.settle(entries)),
    bury: (entries) => Effect.sync(() => claims.settle(entries)),
    release: (entries) => Effect.sync(() => claims.giveBack(entries)),
    backlog: Effect.succeed({ count: 0, bytes: 0 }),
    arrival: Effect.never,
    takeover: Effect.never
  }
}

/**
 * Storage for events until they are delivered.
 *
 * An outbox in memory or in a file belongs to a single `EventBuffer`: two buffers over the same one would take each
 * other's events and never learn the outcome of their own. A program with two buffers needs two outboxes. Outboxes in
 * Postgres can be shared: each buffer has its own instance.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Outbox } from "@openmeter/sdk/effect"
 *
 * const left = Effect.flatMap(Outbox, (outbox) => outbox.backlog).pipe(
 *   Effect.tap(({ bytes, count }) => Effect.logInfo(`${count} events (${bytes} bytes) left by an earlier process`)),
 *   Effect.provide(Outbox.layerMemory)
 * )
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Outbox extends Context.Service<Outbox, OutboxService>()("@openmeter/sdk/Outbox") {
  /** An outbox in memory, for a single buffer. Its events are lost with the process. */
  static readonly memory: Effect.Effect<OutboxService> = Effect.sync(makeMemory)

  /** Layer of an outbox in memory, for a single buffer. Its events are lost with the process. */
  static readonly layerMemory: Layer.Layer<Outbox> = Layer.effect(Outbox, Outbox.memory)
}
