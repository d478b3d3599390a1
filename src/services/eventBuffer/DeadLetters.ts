/**
 * How a program learns of the events that its buffer gives up.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Semaphore from "effect/Semaphore"
import type { SentEvent } from "../../schemas/Event.ts"
import type { OutboxEntry } from "../Outbox.ts"
import type { BufferSettings } from "./BufferOptions.ts"
import { reasonOf, type DeadLetter } from "./Outcome.ts"

/** How many handlers run at the same time. */
const CONCURRENCY = 16

/**
 * An entry that is given up, and why.
 *
 * @internal
 */
export interface Verdict {
  readonly entry: OutboxEntry
  readonly outcome: DeadLetter["outcome"]
}

/**
 * The event of an entry, as it travels.
 *
 * @internal
 */
export const eventOf = ({ json }: OutboxEntry): SentEvent => JSON.parse(json)

const nameOf = ({ id, source }: OutboxEntry) => `event ${id} of ${source}`

const log = ({ entry, outcome }: Verdict): Effect.Effect<void> =>
  Effect.logError(`OpenMeter: ${nameOf(entry)} is not delivered: ${reasonOf(outcome)}`)

/** Who lets the oldest go asks for it, and need not be told. */
const logUnasked = (verdict: Verdict): Effect.Effect<void> =>
  verdict.outcome._tag === "Dropped" && verdict.outcome.policy === "dropOldest" ? Effect.void : log(verdict)

/**
 * The program's handler of dead letters, as long as there is time for it.
 *
 * @internal
 */
export class DeadLetters {
  readonly #handle: BufferSettings["deadLetter"]
  /** Whether an event of which the program was not told comes again in the next process. */
  readonly #comeAgain: boolean
  readonly #permits = Semaphore.makeUnsafe(CONCURRENCY)
  readonly #end = Latch.makeUnsafe(false)
  #isOver = false

  constructor(handle: BufferSettings["deadLetter"], comeAgain: boolean) {
    this.#handle = handle
    this.#comeAgain = comeAgain
  }

  /** Ends the time of the handlers: those that run are interrupted, and none begins any more. */
  readonly end: Effect.Effect<void> = Effect.sync(() => {
    this.#isOver = true
    this.#end.openUnsafe()
  })

  /**
   * Tells the program of entries, and then does with those of which it was told what follows from that, also if it is
   * interrupted. Those of which there was no time to tell are logged instead, unless they come again.
   *
   * @param settle - takes entries out of the buffer; it is not interrupted
   */
  tell(verdicts: ReadonlyArray<Verdict>, settle: (told: ReadonlyArray<Verdict>) => Effect.Effect<void>) {
    return Effect.uninterruptibleMask((restore): Effect.Effect<void> => {
      const handle = this.#handle
      if (handle === undefined) return Effect.andThen(each(verdicts, logUnasked), settle(verdicts))
      const told = new Set<Verdict>()
      const telling = Effect.forEach(
        verdicts,
        (verdict) => this.#permits.withPermits(1)(Effect.map(this.#run(handle, verdict), () => void told.add(verdict))),
        { concurrency: CONCURRENCY, discard: true }
      )
      return Effect.onExit(this.#isOver ? Effect.void : restore(Effect.raceFirst(telling, this.#end.await)), () => {
        const untold = verdicts.filter((verdict) => !told.has(verdict))
        if (untold.length === 0) return settle(verdicts)
        return this.#comeAgain ? settle([...told]) : Effect.andThen(each(untold, log), settle(verdicts))
      })
    })
  }

  #run(handle: NonNullable<BufferSettings["deadLetter"]>, { entry, outcome }: Verdict): Effect.Effect<void> {
    return Effect.catchCause(
      Effect.suspend(() => handle({ event: eventOf(entry), outcome, offeredAt: new Date(entry.offeredAt) })),
      (cause) => Effect.logError(`OpenMeter: deadLetter failed for ${nameOf(entry)}`, cause)
    )
  }
}

const each = <A>(all: ReadonlyArray<A>, effect: (a: A) => Effect.Effect<void>): Effect.Effect<void> =>
  Effect.forEach(all, effect, { discard: true })
