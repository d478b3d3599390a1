/**
 * A way to wait for what has begun so far.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * What began between two waits, and how much of it has not ended yet.
 *
 * @internal
 */
export interface Phase {
  open: number
  ended: Deferred.Deferred<void> | undefined
}

/**
 * A way to wait for what has begun so far, whatever begins meanwhile: for one who does not wait it is a count.
 *
 * @internal
 */
export class Barrier {
  #phase: Phase = { open: 0, ended: undefined }
  readonly #earlier = new Set<Phase>()

  /** Notes that something begins. What it gives is to be handed over at the end. */
  begin(): Phase {
    this.#phase.open += 1
    return this.#phase
  }

  /** Notes that something has ended. */
  end(phase: Phase): void {
    phase.open -= 1
    if (phase.open > 0 || !this.#earlier.delete(phase)) return
    if (phase.ended !== undefined) Deferred.doneUnsafe(phase.ended, Exit.void)
  }

  /** Waits until all that has begun so far has ended. */
  readonly passed: Effect.Effect<void> = Effect.suspend(() => {
    if (this.#phase.open > 0) {
      this.#earlier.add(this.#phase)
      this.#phase = { open: 0, ended: undefined }
    }
    return Effect.forEach([...this.#earlier], (phase) => Deferred.await((phase.ended ??= Deferred.makeUnsafe())), {
      discard: true
    })
  })
}
