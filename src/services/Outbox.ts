/**
 * Where events wait until they are delivered.
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
 * The outbox cannot do what it was asked to.
 *
 * Give an event an id of its own if you offer it again: it may have been stored although the answer was lost, and the
 * server meters an id once.
 *
 * @example
 * ```ts
 * import { Effect, Schedule } from "effect"
 * import { EventBuffer, eventIdFrom } from "@openmeter/sdk/effect"
 *
 * // Tries again for ten seconds while the storage is full or out of reach; one that is damaged stays so.
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
   * `full`: there is no room for the events, of which none was stored. `corrupt`: what is stored is not what it should
   * be, and is left as it is. `unavailable`: the storage cannot be reached or used now (a file that is open in another
   * process, a database that is away, a migration that was not run), and may work again later.
   */
  readonly reason: "full" | "corrupt" | "unavailable"
  /** What failed, in one line. */
  readonly message: string
  /** What the storage said. */
  readonly cause?: unknown
}> {
  /** Whether the same may succeed later: `full` and `unavailable` pass, `corrupt` does not. */
  get isRetryable(): boolean {
    return this.reason !== "corrupt"
  }
}

/**
 * An event as an outbox takes it.
 *
 * @since 2.0.0
 * @category models
 */
export interface OutboxEvent extends PreparedEvent {
  /** Events of the same key are claimed in the order in which they were put. `undefined` is any order. */
  readonly key: string | undefined
  /** When the program offered the event, in milliseconds since 1970. */
  readonly offeredAt: number
}

/**
 * An event that waits in an outbox.
 *
 * @since 2.0.0
 * @category models
 */
export interface OutboxEntry extends OutboxEvent {
  /** The place of the entry in its outbox: unique, and higher than that of every entry put before it. */
  readonly sequence: number
}

/**
 * How much of something: events, and the bytes of their JSON.
 *
 * @since 2.0.0
 * @category models
 */
export interface Size {
  /** How many events. */
  readonly count: number
  /** How many bytes of JSON, in UTF-8. */
  readonly bytes: number
}

/**
 * Where events wait until they are delivered.
 *
 * An entry is put, claimed by one sender, and removed when its fate is known or released when another try is due. A
 * claim lasts until then or until the process ends, whichever way it ends: what a durable outbox has not removed can be
 * claimed anew by the next process.
 *
 * What an instance puts is claimed through that instance alone as long as it lives, also where several processes share
 * the storage: the program that offered an event is the one that learns what became of it.
 *
 * @since 2.0.0
 * @category models
 */
export interface OutboxService {
  /** Whether entries outlive the process. */
  readonly isDurable: boolean
  /** How much the outbox should hold at the most, unless the program says otherwise. */
  readonly capacity: Size
  /**
   * Stores events, all or none, and gives the sequence of each, ascending. An outbox that is durable has made them so
   * when this succeeds.
   */
  readonly put: (events: ReadonlyArray<OutboxEvent>) => Effect.Effect<ReadonlyArray<number>, OutboxError>
  /**
   * Claims the oldest entries that may be sent, in ascending order, up to a size; at least one if there is any, however
   * large it is. An entry is left out while an entry of the same key is held by another claim.
   *
   * @param which - `own`: only those that this instance has put; they are all where nobody else puts any
   */
  readonly claim: (limit: Size, which?: "own") => Effect.Effect<ReadonlyArray<OutboxEntry>, OutboxError>
  /** Removes claimed entries: their fate is known. */
  readonly remove: (entries: ReadonlyArray<OutboxEntry>) => Effect.Effect<void, OutboxError>
  /** Removes claimed entries that are given up. An outbox may keep them aside, as dead letters with the reason. */
  readonly bury: (entries: ReadonlyArray<OutboxEntry>, reason: string) => Effect.Effect<void, OutboxError>
  /** Gives claimed entries back, to be claimed again in their old places; the reason is why they were not delivered. */
  readonly release: (
    entries: ReadonlyArray<OutboxEntry>,
    reason?: string | undefined
  ) => Effect.Effect<void, OutboxError>
  /** How much an earlier process has left to this instance and to no other. */
  readonly backlog: Effect.Effect<Size, OutboxError>
  /**
   * Completes when there may be entries to claim that this instance has not put, and has not counted in `backlog`.
   * `Effect.never` where nobody else puts any.
   */
  readonly arrival: Effect.Effect<void>
  /**
   * Completes with the sequences of entries that this instance had put and that others have taken over, because it was
   * out of touch with the storage: it does not learn what becomes of them. `Effect.never` where nobody else can.
   */
  readonly takeover: Effect.Effect<ReadonlyArray<number>>
}

/** Makes an outbox in memory. */
const makeMemory = (): OutboxService => {
  const claims = new Claims<OutboxEntry>()
  let last = 0
  // A queue of which the front is cut off now and then: shifting an array moves all that follows.
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
 * Where events wait until they are delivered.
 *
 * An outbox in memory or in a file belongs to one `EventBuffer`: two over the same one would take each other's events, and
 * neither would learn what becomes of its own. A program with two buffers has two outboxes; those in Postgres are made to
 * be shared, each buffer with an instance of its own.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Outbox } from "@openmeter/sdk/effect"
 *
 * const left = Effect.flatMap(Outbox, (outbox) => outbox.backlog).pipe(
 *   Effect.tap(({ bytes, count }) => Effect.logInfo(`${count} events of an earlier process wait, ${bytes} bytes`)),
 *   Effect.provide(Outbox.layerMemory)
 * )
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Outbox extends Context.Service<Outbox, OutboxService>()("@openmeter/sdk/Outbox") {
  /** An outbox in memory, for one buffer: it ends with the process. */
  static readonly memory: Effect.Effect<OutboxService> = Effect.sync(makeMemory)

  /** An outbox in memory, for one buffer: it ends with the process. */
  static readonly layerMemory: Layer.Layer<Outbox> = Layer.effect(Outbox, Outbox.memory)
}
