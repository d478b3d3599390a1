/**
 * Decides when a buffer sends a batch.
 *
 * @since 2.0.0
 */
import * as Cause from "effect/Cause"
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Latch from "effect/Latch"
import * as Random from "effect/Random"
import type { IngestError } from "../Ingest.ts"
import type { OutboxEntry } from "../Outbox.ts"
import { Backoff } from "./Backoff.ts"
import type { BatchLimit } from "./BatchLimit.ts"
import type { BufferSettings } from "./BufferOptions.ts"
import type { Stock } from "./Stock.ts"

type Entries = ReadonlyArray<OutboxEntry>

/** Maximum number of events on their way to the dead letters before the next claim. */
const MAX_GIVING_UP = 10_000

/** Returns how long the server asks to wait, in milliseconds. */
const retryAfter = (error: IngestError): number => ("retryAfter" in error ? (error.retryAfter ?? 0) : 0)

/**
 * Dependencies of a dispatcher.
 *
 * @internal
 */
export interface Dependencies {
  readonly settings: BufferSettings
  readonly stock: Stock
  readonly backoff: Backoff
  readonly limit: BatchLimit
  readonly clock: Clock.Clock
  /** Opens when something has changed since the dispatcher last looked. */
  readonly signal: Latch.Latch
  /** Delivers a batch. Returns an error if the server cannot accept events at the moment. */
  readonly deliver: (entries: Entries) => Effect.Effect<IngestError | undefined>
  /** Starts background work. */
  readonly fork: (effect: Effect.Effect<unknown>) => Effect.Effect<unknown>
  readonly isClosing: () => boolean
}

/**
 * Sends batches indefinitely: several at a time, up to the configured concurrency, or one at a time with pauses in
 * between while the server cannot accept any.
 *
 * @internal
 */
export const run = ({
  backoff,
  clock,
  deliver,
  fork,
  isClosing,
  limit,
  settings,
  signal,
  stock
}: Dependencies): Effect.Effect<never> => {
  const { ledger, outbox, room } = stock
  const storage = new Backoff(settings.baseDelay, settings.maxDelay)
  let inFlight = 0
  /** Number of events being given up. */
  let givingUp = 0
  /**
   * Whether the last claim returned nothing and nothing has changed since, so that another claim would return nothing
   * either.
   */
  let claimedNothing = false
  /** Whether others may have put entries that no claim has shown yet. */
  let mayHaveArrived = outbox.isDurable
  /** Closing the buffer cuts a pause short, once. */
  let canCutPause = true

  /** Returns how long to wait until the waiting events are worth a batch. */
  const untilDue = (now: number): number => {
    const { bytes, count } = stock.waiting
    if (mayHaveArrived) return 0
    if (count === 0) return Infinity
    const isWanted = isClosing() || ledger.isAwaited || room.isAwaited
    if (isWanted || count >= limit.count || bytes >= settings.maxBatchBytes) return 0
    return Math.max(0, stock.waitingSince + settings.linger - now)
  }

  /** Returns how long to wait until the next batch; `Infinity` waits for a change. */
  const untilNext = (): number => {
    const concurrency = backoff.isDown ? 1 : settings.concurrency
    if (claimedNothing || givingUp >= MAX_GIVING_UP || inFlight >= concurrency) return Infinity
    const now = clock.currentTimeMillisUnsafe()
    const pause = isClosing() && canCutPause ? 0 : backoff.remaining(now)
    return Math.max(pause, storage.remaining(now), untilDue(now))
  }

  /** Gives up the entries that have waited for too long, in the background, and returns the others. */
  const withoutExpired = Effect.fnUntraced(function* (entries: Entries) {
    const latest = clock.currentTimeMillisUnsafe() - settings.deliveryTimeout
    const expired = entries.filter(({ offeredAt }) => offeredAt <= latest)
    if (expired.length === 0) return entries
    givingUp += expired.length
    yield* fork(
      Effect.ensuring(
        stock.giveUp(expired, "deliveryTimeout"),
        Effect.sync(() => {
          givingUp -= expired.length
          signal.openUnsafe()
        })
      )
    )
    return entries.filter(({ offeredAt }) => offeredAt > latest)
  })

  const note = Effect.fnUntraced(function* (error: IngestError | undefined) {
    if (error === undefined) {
      if (backoff.succeeded())
        yield* Effect.logInfo("OpenMeter: delivery resumed: the server is accepting events again")
      return
    }
    const random = yield* Random.next
    if (backoff.failed(clock.currentTimeMillisUnsafe(), random, retryAfter(error))) {
      yield* Effect.logWarning(`OpenMeter: delivery paused: the server is not accepting events: ${error.message}`)
    }
  })

  /** Backs off after a defect below ingestion as if the server were down, instead of repeating it immediately. */
  const noteDefect = Effect.fnUntraced(function* (cause: Cause.Cause<never>) {
    backoff.failed(clock.currentTimeMillisUnsafe(), yield* Random.next, 0)
    yield* Effect.logError("OpenMeter: delivery paused: sending events failed with a defect", cause)
  })

  /** Delivers the entries. If some are left over, returns why. */
  const attempt = (entries: Entries): Effect.Effect<string | undefined> =>
    Effect.matchCauseEffect(deliver(entries), {
      onSuccess: (error) => Effect.as(note(error), error?.message),
      onFailure: (cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.failCause(cause)
          : Effect.as(noteDefect(cause), String(Cause.squash(cause)))
    })

  const send = (entries: Entries): Effect.Effect<void> =>
    Effect.onExit(attempt(entries), (exit) =>
      stock.release(entries, Exit.isSuccess(exit) ? exit.value : undefined)
    ).pipe(
      Effect.asVoid,
      Effect.ensuring(
        Effect.sync(() => {
          inFlight -= 1
          signal.openUnsafe()
        })
      )
    )

  const claim = Effect.matchCauseEffect(
    Effect.suspend(() => stock.claim({ count: limit.count, bytes: settings.maxBatchBytes })),
    {
      onSuccess: (entries) =>
        Effect.sync(() => {
          stock.waitingSince = clock.currentTimeMillisUnsafe()
          claimedNothing = entries.length === 0
          mayHaveArrived &&= !claimedNothing
          return storage.succeeded()
        }).pipe(
          Effect.tap((wasDown) =>
            wasDown
              ? Effect.logInfo("OpenMeter: delivery resumed: events can be read from the outbox again")
              : Effect.void
          ),
          Effect.as(entries)
        ),
      onFailure: (cause) =>
        Effect.flatMap(Random.next, (random) =>
          storage.failed(clock.currentTimeMillisUnsafe(), random, 0)
            ? Effect.as(Effect.logError("OpenMeter: delivery paused: cannot read events from the outbox", cause), [])
            : Effect.succeed([])
        )
    }
  )

  /** Uninterruptible between a claim and its delivery, so that no claimed entry is left unattended. */
  const next = Effect.gen(function* () {
    canCutPause &&= !isClosing()
    const entries = yield* withoutExpired(yield* claim)
    if (entries.length === 0) return
    inFlight += 1
    yield* fork(send(entries))
  }).pipe(Effect.uninterruptible)

  const takeovers = Effect.forever(Effect.flatMap(outbox.takeover, (sequences) => stock.handOver(sequences)))

  const arrivals = Effect.forever(
    Effect.andThen(
      outbox.arrival,
      Effect.sync(() => {
        mayHaveArrived = true
        signal.openUnsafe()
      })
    )
  )

  const batches = Effect.forever(
    Effect.suspend(() => {
      const milliseconds = untilNext()
      if (milliseconds === 0) return next
      const woken =
        milliseconds === Infinity ? signal.await : Effect.raceFirst(signal.await, Effect.sleep(milliseconds))
      // Lets the code that opened the signal continue first: an offer must not wait while a batch is put together.
      return Effect.map(Effect.andThen(woken, Effect.yieldNow), () => {
        signal.closeUnsafe()
        claimedNothing = false
      })
    })
  )

  return Effect.andThen(Effect.forEach([arrivals, takeovers, stock.retrying], fork, { discard: true }), batches)
}
