/**
 * Waits for everything that has started so far.
 *
 * @since 2.0.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * What started between two waits, and how much of it has not ended yet.
 *
 * @internal
 */
export interface Phase {
  open: number
  ended: Deferred.Deferred<void> | undefined
}

/**
 * Waits for everything that has started so far, regardless of what starts in the meantime. Costs only a counter while
 * nothing waits.
 *
 * @internal
 */
export class Barrier {
  #phase: Phase = { open: 0, ended: undefined }
  readonly #earlier = new Set<Phase>()

  /** Records a start. Pass the result to `end`. */
  begin(): Phase {
    this.#phase.open += 1
    return this.#phase
  }

  /** Records an end. */
  end(phase: Phase): void {
    phase.open -= 1
    if (phase.open > 0 || !this.#earlier.delete(phase)) return
    if (phase.ended !== undefined) Deferred.doneUnsafe(phase.ended, Exit.void)
  }

  /** Waits until everything that has started so far has ended. */
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
