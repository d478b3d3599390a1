/**
 * What an outbox has failed to do, and is still to do.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { OutboxError } from "../Outbox.ts"

/** The pauses between attempts, in milliseconds: they double, up to a limit that finds a storage soon that is back. */
const MIN_PAUSE = 100
const MAX_PAUSE = 5000

/**
 * Something that an outbox is to do with claimed entries.
 *
 * @internal
 */
export interface Task {
  readonly what: "remove" | "bury" | "release"
  /** How many entries. */
  readonly count: number
  readonly run: Effect.Effect<void, OutboxError>
}

const eventsOf = ({ count }: Task) => `${count} ${count === 1 ? "event" : "events"}`

/**
 * What an outbox has failed to do with claimed entries: until that is done they stay claimed, and hold up those of their
 * keys.
 *
 * @internal
 */
export class Arrears {
  #tasks: Array<Task> = []
  #pause = MIN_PAUSE
  readonly #signal = Latch.makeUnsafe(false)

  /** Does something now, or else later: it is tried again until it succeeds. */
  do(task: Task): Effect.Effect<void> {
    return Effect.catchCause(task.run, (cause) => {
      this.#tasks.push(task)
      this.#signal.openUnsafe()
      return Effect.logError(`OpenMeter: the outbox does not ${task.what} ${eventsOf(task)}, it is asked again`, cause)
    })
  }

  /** Tries again for ever. */
  readonly work: Effect.Effect<never> = Effect.forever(
    Effect.suspend(() =>
      this.#tasks.length === 0
        ? Effect.map(this.#signal.await, () => {
            this.#signal.closeUnsafe()
            this.#pause = MIN_PAUSE
          })
        : Effect.andThen(Effect.sleep(this.#pause), this.#retry)
    )
  )

  /** Tries a last time, and tells what is not done. */
  readonly finish: Effect.Effect<void> = Effect.suspend(() =>
    Effect.flatMap(this.#retry, () =>
      Effect.forEach(
        this.#tasks,
        (task) =>
          Effect.logError(
            `OpenMeter: the outbox did not ${task.what} ${eventsOf(task)} before the buffer closed: it still has them`
          ),
        { discard: true }
      )
    )
  )

  readonly #retry: Effect.Effect<void> = Effect.uninterruptible(
    Effect.suspend(() => {
      const tasks = this.#tasks
      if (tasks.length === 0) return Effect.void
      this.#tasks = []
      this.#pause = Math.min(MAX_PAUSE, this.#pause * 2)
      return Effect.andThen(
        Effect.forEach(tasks, (task) => Effect.catchCause(task.run, () => Effect.sync(() => this.#tasks.push(task))), {
          discard: true
        }),
        Effect.suspend(() =>
          this.#tasks.length === 0 ? Effect.logInfo("OpenMeter: the outbox has done what it was asked to") : Effect.void
        )
      )
    })
  )
}
