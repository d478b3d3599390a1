/**
 * When a buffer sends a batch.
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

/** How many events may be on their way to the dead letters before others are claimed. */
const MAX_LEAVING = 10_000

/** How long the server asks to be left alone, in milliseconds. */
const retryAfter = (error: IngestError): number => ("retryAfter" in error ? (error.retryAfter ?? 0) : 0)

/**
 * What a dispatcher works with.
 *
 * @internal
 */
export interface Surroundings {
  readonly settings: BufferSettings
  readonly stock: Stock
  readonly backoff: Backoff
  readonly limit: BatchLimit
  readonly clock: Clock.Clock
  /** Open when something has changed since the dispatcher looked last. */
  readonly signal: Latch.Latch
  /** Delivers a batch; an error says that the server cannot take events now. */
  readonly deliver: (entries: Entries) => Effect.Effect<IngestError | undefined>
  /** Starts what goes on beside the dispatcher. */
  readonly fork: (effect: Effect.Effect<unknown>) => Effect.Effect<unknown>
  readonly isClosing: () => boolean
}

/**
 * Sends batches for ever: as many at the same time as the program allows, and one at a time, with pauses, while the
 * server cannot take any.
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
}: Surroundings): Effect.Effect<never> => {
  const { ledger, outbox, room } = stock
  const storage = new Backoff(settings.baseDelay, settings.maxDelay)
  let underWay = 0
  /** How many events are being given up. */
  let leaving = 0
  /** Whether a claim gave nothing since something changed: another one would not either. */
  let isBarren = false
  /** Whether others may have put entries that no claim has shown yet. */
  let mayHaveArrived = outbox.isDurable
  /** A buffer that closes cuts a pause short, once. */
  let mayHurry = true

  /** How long to wait until what is there is worth a batch. */
  const untilDue = (now: number): number => {
    const { bytes, count } = stock.waiting
    if (mayHaveArrived) return 0
    if (count === 0) return Infinity
    const isWanted = isClosing() || ledger.isAwaited || room.isAwaited
    if (isWanted || count >= limit.count || bytes >= settings.maxBatchBytes) return 0
    return Math.max(0, stock.waitingSince + settings.linger - now)
  }

  /** How long to wait until a batch is to be sent; `Infinity` is until something changes. */
  const untilNext = (): number => {
    if (isBarren || leaving >= MAX_LEAVING || underWay >= (backoff.isDown ? 1 : settings.concurrency)) return Infinity
    const now = clock.currentTimeMillisUnsafe()
    const pause = isClosing() && mayHurry ? 0 : backoff.remaining(now)
    return Math.max(pause, storage.remaining(now), untilDue(now))
  }

  /** Lets go of what has waited for too long, beside the dispatcher, and gives the rest. */
  const withoutExpired = Effect.fnUntraced(function* (entries: Entries) {
    const latest = clock.currentTimeMillisUnsafe() - settings.deliveryTimeout
    const expired = entries.filter(({ offeredAt }) => offeredAt <= latest)
    if (expired.length === 0) return entries
    leaving += expired.length
    yield* fork(
      Effect.ensuring(
        stock.giveUp(expired, "deliveryTimeout"),
        Effect.sync(() => {
          leaving -= expired.length
          signal.openUnsafe()
        })
      )
    )
    return entries.filter(({ offeredAt }) => offeredAt > latest)
  })

  const note = Effect.fnUntraced(function* (error: IngestError | undefined) {
    if (error === undefined) {
      if (backoff.succeeded()) yield* Effect.logInfo("OpenMeter: the server takes events again")
      return
    }
    const random = yield* Random.next
    if (backoff.failed(clock.currentTimeMillisUnsafe(), random, retryAfter(error))) {
      yield* Effect.logWarning(`OpenMeter: events wait, the server cannot take them: ${error.message}`)
    }
  })

  /** A defect below ingestion is no reason to ask again at once: the server is left alone as if it were down. */
  const noteDefect = Effect.fnUntraced(function* (cause: Cause.Cause<never>) {
    backoff.failed(clock.currentTimeMillisUnsafe(), yield* Random.next, 0)
    yield* Effect.logError("OpenMeter: events wait, sending them failed with a defect", cause)
  })

  /** Delivers, and gives why events are left over, if any are. */
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
          underWay -= 1
          signal.openUnsafe()
        })
      )
    )

  const claim = Effect.matchCauseEffect(
    Effect.suspend(() => stock.claim({ count: limit.count, bytes: settings.maxBatchBytes })),
    {
      onSuccess: (entries) =>
        Effect.sync(() => {
          storage.succeeded()
          stock.waitingSince = clock.currentTimeMillisUnsafe()
          isBarren = entries.length === 0
          mayHaveArrived &&= !isBarren
          return entries
        }),
      onFailure: (cause) =>
        Effect.flatMap(Random.next, (random) => {
          storage.failed(clock.currentTimeMillisUnsafe(), random, 0)
          return Effect.as(Effect.logError("OpenMeter: the outbox gives no events", cause), [])
        })
    }
  )

  /** Between the claim and the one who answers for it there must be no interruption. */
  const next = Effect.gen(function* () {
    mayHurry &&= !isClosing()
    const entries = yield* withoutExpired(yield* claim)
    if (entries.length === 0) return
    underWay += 1
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
      // Who opens the signal goes on first: an offer is not to wait while a batch is put together.
      return Effect.map(Effect.andThen(woken, Effect.yieldNow), () => {
        signal.closeUnsafe()
        isBarren = false
      })
    })
  )

  return Effect.andThen(Effect.forEach([arrivals, takeovers, stock.mending], fork, { discard: true }), batches)
}
