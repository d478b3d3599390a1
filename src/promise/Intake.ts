/**
 * Where the offers of Promises wait to be made.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"

/** How many items are handled together, and so without leaving the event loop to others for longer than that takes. */
const TOGETHER = 256

/** Marks the place of someone who waits until all items before have been handled. */
class Mark {
  readonly reached = Deferred.makeUnsafe<void>()
}

/**
 * Items in the order in which they came. To add one costs next to nothing: a program adds thousands in one go.
 *
 * @internal
 */
export class Intake<A extends object> {
  #items: Array<A | Mark> = []
  #isClosed = false
  readonly #arrived = Latch.makeUnsafe(false)

  /** Adds an item. Gives `false` if the intake is closed. */
  add(item: A): boolean {
    if (this.#isClosed) return false
    if (this.#items.push(item) === 1) this.#arrived.openUnsafe()
    return true
  }

  /** Takes no more items. */
  close(): void {
    this.#isClosed = true
    this.#arrived.openUnsafe()
  }

  /** Takes what is there and was not handled. */
  clear(): ReadonlyArray<A> {
    const items = this.#items
    this.#items = []
    return items.filter((item): item is A => !(item instanceof Mark))
  }

  /** Waits until everything that was added before has been handled. */
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
        // Who adds goes on first.
        yield* Effect.yieldNow
        this.#arrived.closeUnsafe()
        yield* drain
      }
    })
  }
}
