/**
 * The queue between Promise callers and the buffer.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

/** Number of items handled before the event loop gets a turn. */
const TOGETHER = 256

/** Marks a point in the queue, to wait until all items before it have been handled. */
class Mark {
  readonly reached = Deferred.makeUnsafe<void>()
}

/**
 * A queue of items in arrival order. Adding an item is cheap enough to add thousands synchronously.
 *
 * @internal
 */
export class Intake<A extends object> {
  #items: Array<A | Mark> = []
  #isClosed = false
  readonly #arrived = Latch.makeUnsafe(false)

  /** Adds an item. Returns `false` if the intake is closed. */
  add(item: A): boolean {
    if (this.#isClosed) return false
    if (this.#items.push(item) === 1) this.#arrived.openUnsafe()
    return true
  }

  /** Stops taking items. */
  close(): void {
    this.#isClosed = true
    this.#arrived.openUnsafe()
  }

  /** Removes and returns the items that were not handled. */
  clear(): ReadonlyArray<A> {
    const items = this.#items
    this.#items = []
    return items.filter((item): item is A => !(item instanceof Mark))
  }

  /** Waits until everything added so far has been handled. */
  readonly handled: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#isClosed) return Effect.void
    const mark = new Mark()
    this.#items.push(mark)
    this.#arrived.openUnsafe()
    return Deferred.await(mark.reached)
  })

  /** Handles items until the intake is closed and empty. */
  run(handle: (items: ReadonlyArray<A>) => Effect.Effect<void>): Effect.Effect<void> {
    const drain = Effect.gen({ self: this }, function* () {
      while (this.#items.length > 0) {
        const all = this.#items
        this.#items = []
        for (let from = 0; from < all.length; from += TOGETHER) {
          let items: Array<A> = []
          for (const item of all.slice(from, from + TOGETHER)) {
            if (!(item instanceof Mark)) {
              items.push(item)
              continue
            }
            yield* handle(items)
            items = []
            yield* Deferred.succeed(item.reached, undefined)
          }
          yield* handle(items)
        }
      }
    })
    return Effect.gen({ self: this }, function* () {
      while (!this.#isClosed || this.#items.length > 0) {
        yield* this.#arrived.await
        // Lets the code that adds items run before the next batch is handled.
        yield* Effect.yieldNow
        this.#arrived.closeUnsafe()
        yield* drain
      }
    })
  }
}
