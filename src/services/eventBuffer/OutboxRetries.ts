/**
 * Retries of the operations that an outbox has failed.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type { OutboxError } from "../Outbox.ts"
import { eventCount } from "../outbox/eventCount.ts"

/**
 * Pauses between attempts, in milliseconds. They double up to a limit low enough to notice soon that the storage is
 * back.
 */
const MIN_PAUSE = 100
const MAX_PAUSE = 5000

/**
 * An operation of the outbox on claimed entries.
 *
 * @internal
 */
export interface Task {
  readonly what: "remove" | "bury" | "release"
  /** Number of entries. */
  readonly count: number
  readonly run: Effect.Effect<void, OutboxError>
}

/**
 * Operations that an outbox has failed on claimed entries. Until they succeed, the entries stay claimed, and block
 * those with the same keys.
 *
 * @internal
 */
export class OutboxRetries {
  #tasks: Array<Task> = []
  #pause = MIN_PAUSE
  readonly #signal = Latch.makeUnsafe(false)

  /** Runs a task. If it fails, it is retried in the background until it succeeds. */
  run(task: Task): Effect.Effect<void> {
    return Effect.catchCause(task.run, (cause) => {
      this.#tasks.push(task)
      this.#signal.openUnsafe()
      return Effect.logError(`OpenMeter: the outbox failed to ${task.what} ${eventCount(task.count)}, retrying`, cause)
    })
  }

  /** Retries the failed tasks, indefinitely. */
  readonly retrying: Effect.Effect<never> = Effect.forever(
    Effect.suspend(() =>
      this.#tasks.length === 0
        ? Effect.map(this.#signal.await, () => {
            this.#signal.closeUnsafe()
            this.#pause = MIN_PAUSE
          })
        : Effect.andThen(Effect.sleep(this.#pause), this.#retry)
    )
  )

  /** Tries a last time, and logs what could not be done. */
  readonly lastRetry: Effect.Effect<void> = Effect.suspend(() =>
    Effect.flatMap(this.#retry, () =>
      Effect.forEach(
        this.#tasks,
        (task) =>
          Effect.logError(
            `OpenMeter: the outbox failed to ${task.what} ${eventCount(task.count)} before the buffer closed: they are still in it`
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
          this.#tasks.length === 0 ? Effect.logInfo("OpenMeter: the outbox has recovered") : Effect.void
        )
      )
    })
  )
}
