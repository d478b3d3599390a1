/**
 * How full a shared outbox is.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { apartFromCaller } from "../../../layers/Call.ts"
import { OutboxError, type Size } from "../../Outbox.ts"
import { eventCount } from "../eventCount.ts"
import { sizeOf } from "../sizeOf.ts"

/** How long a count is valid, in milliseconds. */
const COUNT_AGE = 1000

/** At most one part in this many of the time is spent counting, regardless of how much there is to count. */
const COUNT_SHARE = 20

type Events = ReadonlyArray<{ readonly bytes: number }>

/**
 * How full a shared outbox is, as of a recent count and what this process has put and removed since.
 *
 * An exact figure would require every transaction that offers events to wait for the others.
 *
 * @internal
 */
export class Occupancy {
  readonly capacity: Size
  #count = 0
  #bytes = 0
  #sinceCount = 0
  #sinceBytes = 0

  constructor(capacity: Size) {
    this.capacity = capacity
  }

  /** Puts events, or fails with reason `full` if there is no room for them. */
  admit<A, E>(events: Events, put: Effect.Effect<A, E>): Effect.Effect<A, E | OutboxError> {
    return Effect.suspend((): Effect.Effect<A, E | OutboxError> => {
      const { capacity } = this
      const { bytes, count } = sizeOf(events)
      if (this.#count + count > capacity.count || this.#bytes + bytes > capacity.bytes) {
        const message = `the outbox is full: it holds ${eventCount(this.#count)} (${this.#bytes} bytes)`
        return Effect.fail(new OutboxError({ reason: "full", message }))
      }
      this.#add(count, bytes)
      return Effect.onError(put, () => Effect.sync(() => this.#add(-count, -bytes)))
    })
  }

  /** Records that events have left. */
  leave(events: Events): void {
    const { bytes, count } = sizeOf(events)
    this.#add(-count, -bytes)
  }

  /** Counts again. */
  recount<E>(size: Effect.Effect<Size, E>): Effect.Effect<void, E> {
    return Effect.suspend(() => {
      this.#sinceCount = 0
      this.#sinceBytes = 0
      return Effect.map(size, ({ bytes, count }) => {
        // Whether the count includes events put while it was running is unknown. Rather too many than too few.
        this.#count = count + Math.max(0, this.#sinceCount)
        this.#bytes = bytes + Math.max(0, this.#sinceBytes)
      })
    })
  }

  /** Keeps counting as long as the scope is open and there is something to count. */
  keepCounting(size: Effect.Effect<Size, OutboxError>): Effect.Effect<void, never, Scope.Scope> {
    const round = Effect.gen({ self: this }, function* () {
      if (this.#count <= 0 && this.#sinceCount === 0) return COUNT_AGE
      const before = yield* Clock.currentTimeMillis
      yield* Effect.ignore(this.recount(size))
      const took = (yield* Clock.currentTimeMillis) - before
      return Math.max(COUNT_AGE, took * COUNT_SHARE)
    })
    return Effect.flatMap(round, (pause) => Effect.sleep(pause)).pipe(
      Effect.forever,
      apartFromCaller,
      Effect.forkScoped,
      Effect.asVoid
    )
  }

  #add(count: number, bytes: number): void {
    this.#count += count
    this.#bytes += bytes
    this.#sinceCount += count
    this.#sinceBytes += bytes
  }
}
