/**
 * Many puts, few transactions.
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

type Events = ReadonlyArray<OutboxEvent>
type Sequences = ReadonlyArray<number>

interface Put {
  readonly events: Events
  readonly bytes: number
  readonly done: Deferred.Deferred<Sequences, OutboxError>
}

/** How much one transaction stores at the most when nothing else is said. */
const LIMIT: Size = { count: Infinity, bytes: 4 * 1024 * 1024 }

/** Cuts puts into groups, each of which makes a transaction. */
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

/** What is under way when the scope closes is nobody's any more: a transaction may have ended one way or the other. */
const closedMeanwhile = () =>
  new OutboxError({
    reason: "unavailable",
    message: "the outbox is closed: it may or may not have stored the events that were under way"
  })

/**
 * Stores together what is put while other puts are being stored: the wait for the disk is the same for one and for many.
 *
 * @param store - stores events, all or none, and gives the sequence of each
 * @param limit - how much one transaction stores at the most, unless one put alone is larger
 * @internal
 */
export const make = Effect.fnUntraced(function* (
  store: (events: Events) => Effect.Effect<Sequences, OutboxError>,
  limit: Size = LIMIT
): Effect.fn.Return<(events: Events) => Effect.Effect<Sequences, OutboxError>, never, Scope.Scope> {
  /** Ends puts that the closing of the scope has overtaken; it does nothing to others. */
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
      // Who puts is not who is interrupted.
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

  // What is taken from the queue is somebody's in every instant: to be stored, or to be refused.
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
        bytes: events.reduce((sum, { bytes }) => sum + bytes, 0),
        done: Deferred.makeUnsafe()
      }
      return Queue.offerUnsafe(queue, put) ? Deferred.await(put.done) : Effect.fail(closed())
    })
})
