/**
 * Reports the events that a buffer gives up to the program.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Semaphore from "effect/Semaphore"
import type { SentEvent } from "../../schemas/Event.ts"
import type { OutboxEntry } from "../Outbox.ts"
import type { BufferSettings } from "./BufferOptions.ts"
import { logUndelivered, nameOf, type Verdict } from "./undelivered.ts"

/** Maximum number of concurrent handlers. */
const CONCURRENCY = 16

/**
 * Returns the event of an entry as sent.
 *
 * @internal
 */
export const eventOf = ({ json }: OutboxEntry): SentEvent => JSON.parse(json)

/** Events dropped by `dropOldest` are not logged, because the program asked for that policy. */
const isExpected = ({ outcome }: Verdict): boolean => outcome._tag === "Dropped" && outcome.policy === "dropOldest"

/**
 * The program's dead-letter handler, within its time limit.
 *
 * @internal
 */
export class DeadLetters {
  readonly #handle: BufferSettings["deadLetter"]
  /** Whether the next process sees an event again if the handler was not called for it. */
  readonly #isDurable: boolean
  readonly #permits = Semaphore.makeUnsafe(CONCURRENCY)
  readonly #end = Latch.makeUnsafe(false)
  #isOver = false
  /** Events to log together, while {@link DeadLetters.loggedTogether} runs. */
  #unlogged: Array<Verdict> | undefined

  constructor(handle: BufferSettings["deadLetter"], isDurable: boolean) {
    this.#handle = handle
    this.#isDurable = isDurable
  }

  /** Ends the handlers' time: running ones are interrupted, and no more are started. */
  readonly end: Effect.Effect<void> = Effect.sync(() => {
    this.#isOver = true
    this.#end.openUnsafe()
  })

  /** Runs an effect, and then logs all events that it has given up as one error. */
  loggedTogether<A>(effect: Effect.Effect<A>): Effect.Effect<A> {
    return Effect.acquireUseRelease(
      Effect.sync(() => (this.#unlogged = [])),
      () => effect,
      (unlogged) => {
        this.#unlogged = undefined
        return logUndelivered(unlogged)
      }
    )
  }

  /**
   * Calls the handler for entries, and then settles those for which it was called, even if interrupted. Entries for
   * which there was no time are logged and settled, unless the next process sees them again.
   *
   * @param settle - removes entries from the buffer; it is not interrupted
   */
  report(verdicts: ReadonlyArray<Verdict>, settle: (reported: ReadonlyArray<Verdict>) => Effect.Effect<void>) {
    return Effect.uninterruptibleMask((restore): Effect.Effect<void> => {
      const handle = this.#handle
      if (handle === undefined) {
        return Effect.andThen(this.#log(verdicts.filter((verdict) => !isExpected(verdict))), settle(verdicts))
      }
      const reported = new Set<Verdict>()
      const reporting = Effect.forEach(
        verdicts,
        (verdict) =>
          this.#permits.withPermits(1)(Effect.map(this.#run(handle, verdict), () => void reported.add(verdict))),
        { concurrency: CONCURRENCY, discard: true }
      )
      return Effect.onExit(this.#isOver ? Effect.void : restore(Effect.raceFirst(reporting, this.#end.await)), () => {
        const unreported = verdicts.filter((verdict) => !reported.has(verdict))
        if (unreported.length === 0) return settle(verdicts)
        return this.#isDurable ? settle([...reported]) : Effect.andThen(this.#log(unreported), settle(verdicts))
      })
    })
  }

  #log(verdicts: ReadonlyArray<Verdict>): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.#unlogged === undefined) return logUndelivered(verdicts)
      for (const verdict of verdicts) this.#unlogged.push(verdict)
      return Effect.void
    })
  }

  #run(handle: NonNullable<BufferSettings["deadLetter"]>, { entry, outcome }: Verdict): Effect.Effect<void> {
    return Effect.catchCause(
      Effect.suspend(() => handle({ event: eventOf(entry), outcome, offeredAt: new Date(entry.offeredAt) })),
      (cause) => Effect.logError(`OpenMeter: deadLetter failed for event ${nameOf(entry)}`, cause)
    )
  }
}
