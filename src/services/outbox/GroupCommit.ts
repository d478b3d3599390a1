/**
 * Group commit: stores many puts in few transactions.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { apartFromCaller } from "../../layers/Call.ts"
import { OutboxError, type OutboxEvent, type Size } from "../Outbox.ts"
import { sizeOf } from "./sizeOf.ts"

type Events = ReadonlyArray<OutboxEvent>
type Sequences = ReadonlyArray<number>

interface Put {
  readonly events: Events
  readonly bytes: number
  readonly done: Deferred.Deferred<Sequences, OutboxError>
}

/** Default size of a transaction. */
const LIMIT: Size = { count: Infinity, bytes: 4 * 1024 * 1024 }

/** Splits puts into groups, one per transaction. */
const groups = (puts: ReadonlyArray<Put>, limit: Size): ReadonlyArray<ReadonlyArray<Put>> => {
  const cut: Array<Array<Put>> = []
  let [count, bytes] = [Infinity, Infinity]
  for (const put of puts) {
    count += put.events.length
    bytes += put.bytes
    if (count > limit.count || bytes > limit.bytes) {
      cut.push([])
      count = put.events.length
      bytes = put.bytes
    }
    cut.at(-1)!.push(put)
  }
  return cut
}

const closed = () => new OutboxError({ reason: "unavailable", message: "the outbox is closed" })

/** Creates the error of puts in flight when the scope closes. Their transaction may or may not have been committed. */
const closedMeanwhile = () =>
  new OutboxError({
    reason: "unavailable",
    message: "the outbox is closed: the events that were being stored may or may not have been stored"
  })

/**
 * Creates a `put` that stores everything put while others are being stored in one transaction, because waiting for the
 * disk takes as long for many events as for one.
 *
 * @param store - stores events, all or none, and returns the sequence of each
 * @param limit - maximum size of a transaction, unless a single put is larger
 * @internal
 */
export const make = Effect.fnUntraced(function* (
  store: (events: Events) => Effect.Effect<Sequences, OutboxError>,
  limit: Size = LIMIT
): Effect.fn.Return<(events: Events) => Effect.Effect<Sequences, OutboxError>, never, Scope.Scope> {
  /** Fails the puts that were not stored before the scope closed. Has no effect on completed puts. */
  const refuse = (puts: ReadonlyArray<Put>) =>
    Effect.suspend(() => {
      const error = closed()
      return Effect.forEach(puts, ({ done }) => Deferred.fail(done, error), { discard: true })
    })

  const queue = yield* Effect.acquireRelease(Queue.unbounded<Put>(), (queue) =>
    Effect.flatMap(Queue.clear(queue), (puts) => Effect.andThen(Queue.shutdown(queue), refuse(puts)))
  )

  const commit = (group: ReadonlyArray<Put>) =>
    Effect.onExit(store(group.flatMap(({ events }) => events)), (stored) => {
      // The interruption is that of the storing fiber, not of the fibers that put.
      const exit = Exit.hasInterrupts(stored) ? Exit.fail(closedMeanwhile()) : stored
      let from = 0
      return Effect.forEach(
        group,
        ({ done, events }) => {
          const first = from
          from += events.length
          return exit._tag === "Success"
            ? Deferred.succeed(done, exit.value.slice(first, from))
            : Deferred.done(done, exit)
        },
        { discard: true }
      )
    })

  // Uninterruptible between taking puts from the queue and storing them, so that every put is either stored or failed.
  yield* Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(restore(Queue.takeAll(queue)), (puts) =>
      Effect.onInterrupt(
        restore(Effect.forEach(groups(puts, limit), (group) => Effect.exit(commit(group)), { discard: true })),
        () => refuse(puts)
      )
    )
  ).pipe(Effect.forever, apartFromCaller, Effect.forkScoped)

  return (events) =>
    Effect.suspend(() => {
      const put: Put = {
        events,
        bytes: sizeOf(events).bytes,
        done: Deferred.makeUnsafe()
      }
      return Queue.offerUnsafe(queue, put) ? Deferred.await(put.done) : Effect.fail(closed())
    })
})
