/**
 * A buffer that takes events one by one, delivers them in batches, and accounts for each of them.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { InvalidRequestError } from "../errors.ts"
import { apartFromCaller } from "../layers/Call.ts"
import * as Check from "../layers/Check.ts"
import type { Event, SentEvent } from "../schemas/Event.ts"
import * as Admission from "./eventBuffer/Admission.ts"
import { Backoff } from "./eventBuffer/Backoff.ts"
import { BatchLimit } from "./eventBuffer/BatchLimit.ts"
import { resolve, type EventBufferOptions } from "./eventBuffer/BufferOptions.ts"
import { DeadLetters, eventOf } from "./eventBuffer/DeadLetters.ts"
import * as Delivery from "./eventBuffer/Delivery.ts"
import * as Dispatcher from "./eventBuffer/Dispatcher.ts"
import { watch } from "./eventBuffer/exitWarning.ts"
import { Ledger, type Stats } from "./eventBuffer/Ledger.ts"
import type { Receipt } from "./eventBuffer/Receipt.ts"
import { Room } from "./eventBuffer/Room.ts"
import { Stock } from "./eventBuffer/Stock.ts"
import { Ingest } from "./Ingest.ts"
import { Outbox, type OutboxEntry, type OutboxError, type Size } from "./Outbox.ts"

/**
 * Operations of an event buffer.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventBufferService {
  /**
   * Offers an event, and returns a receipt that reports what happened to it. The event is then stored in the outbox:
   * from a durable outbox it is delivered even if the process ends. The program's own transaction, if any, does not
   * apply.
   *
   * If the buffer is full, its overflow policy applies: the offer waits, fails with `BufferFullError`, or an event is
   * dropped, as its receipt reports. Fails with an `InvalidRequestError` that names the attribute if the event is
   * invalid, with `BufferClosedError` after the buffer has closed, and with `OutboxError` if the outbox does not store
   * the event. If an offer fails, or is interrupted while waiting for room, its event is not buffered. The exception is
   * an `OutboxError` with reason `unavailable`, after which the event may be stored nevertheless: offer it again with
   * the same id.
   */
  readonly offer: (event: Event) => Effect.Effect<Receipt, Admission.OfferError>
  /**
   * Offers several events, stores them together as far as there is room, and returns a receipt for each, in order.
   *
   * If one event is invalid, none is buffered, and the `InvalidRequestError` names its position and attribute
   * (`events[3].subject`). If the buffer has no room for all of them, the policy `fail` buffers none, and the others
   * apply to each event in order, as if offered one by one. If the outbox fails, the buffer closes, or the program
   * interrupts the wait for room midway, earlier events may already be buffered: offer events with ids of their own
   * again.
   */
  readonly offerAll: (events: ReadonlyArray<Event>) => Effect.Effect<ReadonlyArray<Receipt>, Admission.OfferError>
  /**
   * Sends the buffered events without waiting for batches to fill, and waits until every event offered so far, or left
   * by an earlier process, has an outcome. While the server is down, this waits indefinitely: limit it with
   * `Effect.timeoutOption`, which ends the wait but not the delivery. It ends with the buffer at the latest; events
   * left in a durable outbox wait there.
   */
  readonly flush: Effect.Effect<void>
  /** Statistics of the buffer: `offered` is the sum of `delivered`, `rejected`, `dropped`, `unknown` and `pending`. */
  readonly stats: Effect.Effect<Stats>
  /**
   * Stops accepting events, delivers the buffered ones, and returns those that could not be delivered in time, in the
   * order they were offered. These count as dropped, or as unknown if they were in flight. With a durable outbox the
   * result is empty: undelivered events stay there for the next process.
   *
   * Closing the scope of the buffer also closes it, with its `drainTimeout`. Closing it again returns the same result.
   *
   * `timeout` is how long to keep delivering; defaults to `drainTimeout`. If events remain that no durable outbox
   * keeps, the last tenth of the timeout is reserved for `deadLetter`; the events that it has not handled by then are
   * logged as an error.
   */
  readonly close: (options?: {
    readonly timeout?: Duration.Input | undefined
  }) => Effect.Effect<ReadonlyArray<SentEvent>, InvalidRequestError>
}

/** How much to claim when another event has to show whether the server works. */
const OTHERS: Size = { count: 20, bytes: 64 * 1024 }

/** How much to give up at a time when the buffer closes, so that it does not block the event loop. */
const SLICE: Size = { count: 1000, bytes: Infinity }

/** Share of a close's timeout reserved for dead letters, if events remain that no durable outbox keeps. */
const DEAD_LETTER_SHARE = 0.1

const make = Effect.fnUntraced(function* (
  options: EventBufferOptions = {}
): Effect.fn.Return<EventBufferService, InvalidRequestError | OutboxError, Ingest | Outbox | Scope.Scope> {
  const settings = yield* Check.run(() => resolve(options))
  const ingest = yield* Ingest
  const outbox = yield* Outbox
  const clock = yield* Clock.Clock
  const room = new Room({
    count: settings.maxCount ?? outbox.capacity.count,
    bytes: settings.maxBytes ?? outbox.capacity.bytes
  })
  const signal = Latch.makeUnsafe(false)
  const changed = () => void signal.openUnsafe()
  const ledger = new Ledger(yield* Effect.context<never>(), changed)
  const deadLetters = new DeadLetters(settings.deadLetter, outbox.isDurable)
  const stock = new Stock({
    outbox,
    ledger,
    room,
    deadLetters,
    batch: { count: settings.maxBatchCount, bytes: settings.maxBatchBytes },
    changed
  })
  const backlog = yield* outbox.backlog
  ledger.recover(backlog)
  room.occupy(backlog)

  let isClosing = false
  const limit = new BatchLimit(settings.maxBatchCount)
  const workers = yield* FiberSet.make<unknown>()
  // Background work is independent of any caller, both of the one that makes the buffer and of those that offer.
  const fork = <A>(effect: Effect.Effect<A>) => FiberSet.run(workers, apartFromCaller(effect))
  const dispatcher = yield* Dispatcher.run({
    settings,
    stock,
    backoff: new Backoff(settings.baseDelay, settings.maxDelay),
    limit,
    clock,
    signal,
    deliver: Delivery.make({
      ingest,
      limit,
      settle: (entries, outcome) => stock.settle(entries, outcome),
      ticketOf: (entry) => ledger.ticket(entry),
      claimOthers: Effect.orElseSucceed(stock.claim(OTHERS), () => []),
      release: (entries) => stock.release(entries)
    }),
    fork,
    isClosing: () => isClosing
  }).pipe(apartFromCaller, Effect.forkScoped)
  const unwatch = watch(() => (outbox.isDurable ? 0 : ledger.pending.count))

  /** Takes everything out of an outbox that is not durable. */
  const empty = deadLetters.loggedTogether(
    Effect.gen(function* () {
      const left: Array<OutboxEntry> = []
      while (true) {
        const entries = yield* Effect.orElseSucceed(stock.claim(SLICE), () => [])
        if (entries.length === 0) break
        yield* stock.giveUp(entries, "shutdown")
        left.push(...entries)
      }
      left.sort((a, b) => a.sequence - b.sequence)
      return yield* Effect.forEach(left, (entry) => Effect.sync(() => eventOf(entry)))
    })
  )

  const closed = Deferred.makeUnsafe<ReadonlyArray<SentEvent>>()

  const shutDown = Effect.fnUntraced(function* (timeout: number) {
    isClosing = true
    room.callAll()
    changed()
    const end = clock.currentTimeMillisUnsafe() + timeout
    const reserved = outbox.isDurable || settings.deadLetter === undefined ? 0 : timeout * DEAD_LETTER_SHARE
    yield* Effect.timeoutOption(Effect.interruptible(Effect.andThen(stock.stored, ledger.settled)), timeout - reserved)
    yield* Fiber.interrupt(dispatcher)
    yield* FiberSet.clear(workers)
    const left = outbox.isDurable
      ? []
      : yield* Effect.acquireUseRelease(
          Effect.forkChild(Effect.delay(deadLetters.end, Math.max(0, end - clock.currentTimeMillisUnsafe()))),
          () => empty,
          Fiber.interrupt
        )
    yield* stock.lastRetry
    ledger.close()
    unwatch()
    return left
  })

  const close = (timeout: number) =>
    Effect.suspend(() => (isClosing ? Effect.void : Deferred.into(shutDown(timeout), closed))).pipe(
      Effect.uninterruptible,
      Effect.andThen(Deferred.await(closed))
    )

  yield* Effect.addFinalizer(() => close(settings.drainTimeout))

  const { offer, offerAll } = Admission.make({
    stock,
    overflow: settings.overflow,
    keyOf: settings.keyOf,
    fork,
    isClosed: () => isClosing
  })

  return {
    offer,
    offerAll,
    flush: ledger.settled,
    stats: Effect.sync(() => ledger.stats),
    close: ({ timeout = settings.drainTimeout } = {}) =>
      Effect.flatMap(
        Check.run(() => Check.wait("timeout", timeout)),
        close
      )
  }
})

/**
 * Service that takes events one by one, delivers them in batches, and accounts for each of them.
 *
 * @example
 * ```ts
 * import { Effect, Layer } from "effect"
 * import { EventBuffer, Ingest, Transport } from "@openmeter/sdk/effect"
 *
 * const program = Effect.gen(function*() {
 *   const buffer = yield* EventBuffer
 *   const receipt = yield* buffer.offer({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 *   const outcome = yield* receipt.delivered
 *   return outcome._tag
 * })
 *
 * const EventBufferLive = EventBuffer.layerMemory({ overflow: "fail" }).pipe(
 *   Layer.provide(Ingest.layer),
 *   Layer.provide(Transport.layer({ baseUrl: "http://localhost:8888" }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class EventBuffer extends Context.Service<EventBuffer, EventBufferService>()("@openmeter/sdk/EventBuffer") {
  /**
   * Creates a buffer that lives as long as its scope, for programs with several buffers, each over its own {@link
   * Outbox}. When the scope closes, the buffer delivers what it holds, for up to its `drainTimeout`.
   *
   * Fails with an `InvalidRequestError` that names the invalid option, or with the outbox's error. In a worker, where
   * nothing outlives a request, use the scope of the request.
   *
   * @example
   * ```ts
   * import { Effect } from "effect"
   * import { EventBuffer, Outbox } from "@openmeter/sdk/effect"
   *
   * const program = Effect.gen(function*() {
   *   const audits = yield* EventBuffer.make({ overflow: "fail" }).pipe(
   *     Effect.provideServiceEffect(Outbox, Outbox.memory)
   *   )
   *   yield* audits.offer({ type: "login", subject: "customer-1" })
   * })
   * ```
   */
  static readonly make: (
    options?: EventBufferOptions
  ) => Effect.Effect<EventBufferService, InvalidRequestError | OutboxError, Ingest | Outbox | Scope.Scope> = make

  /**
   * Layer of a buffer over {@link Ingest} and an {@link Outbox} chosen by the program, such as one in a file or in
   * Postgres, from which events are delivered even if the process ends. When its scope closes, the buffer delivers what
   * it holds, for up to its `drainTimeout`.
   *
   * @example
   * ```ts
   * import { Layer } from "effect"
   * import { EventBuffer, Ingest, Transport } from "@openmeter/sdk/effect"
   * import { FileOutbox } from "@openmeter/sdk/node"
   *
   * const EventBufferLive = EventBuffer.layer({ orderBy: "subject" }).pipe(
   *   Layer.provide(FileOutbox.layer({ path: "usage.outbox" })),
   *   Layer.provide(Ingest.layer),
   *   Layer.provide(Transport.layer({ baseUrl: "http://localhost:8888" }))
   * )
   * ```
   */
  static readonly layer = (
    options?: EventBufferOptions
  ): Layer.Layer<EventBuffer, InvalidRequestError | OutboxError, Ingest | Outbox> =>
    Layer.effect(EventBuffer, make(options))

  /**
   * Layer of a buffer over {@link Ingest}, in memory: undelivered events are lost with the process. When its scope
   * closes, the buffer delivers what it holds, for up to its `drainTimeout`.
   */
  static readonly layerMemory = (options?: EventBufferOptions): Layer.Layer<EventBuffer, InvalidRequestError, Ingest> =>
    Layer.effect(
      EventBuffer,
      make(options).pipe(
        Effect.provideServiceEffect(Outbox, Outbox.memory),
        // The outbox in memory never fails.
        Effect.catchTag("OutboxError", Effect.die)
      )
    )
}
