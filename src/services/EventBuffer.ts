/**
 * A buffer of events: offered one by one, delivered in batches, each of them accounted for.
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
 * A buffer of events.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventBufferService {
  /**
   * Takes an event, and gives the receipt by which its fate can be learnt. The event is then in the outbox: from a durable
   * one it is delivered whatever becomes of the process. A transaction that the program is in does not matter.
   *
   * Where there is no room, the overflow policy decides: the offer waits, fails with `BufferFullError`, or drops an event,
   * of which the receipt tells. An event that is wrong fails with the `InvalidRequestError` that names the attribute, one
   * that comes after the end with `BufferClosedError`, one that the outbox does not store with its `OutboxError`. An offer
   * that fails, or is interrupted while it waits for room, was not taken; after an `OutboxError` of the reason
   * `unavailable` it may be stored nevertheless, so offer it again with the same id.
   */
  readonly offer: (event: Event) => Effect.Effect<Receipt, Admission.OfferError>
  /**
   * Takes several events, stores them together as far as there is room for them, and gives the receipt of each, in order.
   *
   * Where one of them is wrong none is taken: the `InvalidRequestError` names its place and attribute,
   * `events[3].subject`. Where there is no room for all of them the overflow policy decides for each in order, as if they
   * were offered one by one; by `fail` none is taken. If the outbox fails or the buffer closes in between, or the program
   * interrupts the wait for room, those before may have been taken: events with ids of their own can be offered again.
   */
  readonly offerAll: (events: ReadonlyArray<Event>) => Effect.Effect<ReadonlyArray<Receipt>, Admission.OfferError>
  /**
   * Sends what is there without waiting for batches to fill, and waits until every event that was offered so far, or left
   * by an earlier process, has come to its end. While the server is down that takes as long: bound it with
   * `Effect.timeoutOption`, which gives up the waiting and not the events. It ends with the buffer at the latest: what is
   * left then waits in a durable outbox.
   */
  readonly flush: Effect.Effect<void>
  /** The account of the buffer: `offered` is the sum of `delivered`, `rejected`, `dropped`, `unknown` and `pending`. */
  readonly stats: Effect.Effect<Stats>
  /**
   * Takes no more events, delivers those that are there, and gives those that could not be delivered in time, in the
   * order in which they were offered. They have been counted as dropped, or as unknown where they were under way. From a
   * durable outbox it gives none: they wait there for the next process.
   *
   * The scope of the buffer closes it too, with its `drainTimeout`. Closed again it gives the same.
   *
   * `timeout` is how long to go on delivering; default: `drainTimeout`. If events are left that no durable outbox keeps,
   * the last tenth of it is for `deadLetter`; an error is logged for each event of which that was not told by then.
   */
  readonly close: (options?: {
    readonly timeout?: Duration.Input | undefined
  }) => Effect.Effect<ReadonlyArray<SentEvent>, InvalidRequestError>
}

/** How many events are asked for when one of them is to show that the server works. */
const OTHERS: Size = { count: 20, bytes: 64 * 1024 }

/** Which part of the time of a close is for the dead letters, where events are left that nobody keeps. */
const LAST_PART = 0.1

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
  // What goes on beside the program is nobody's call: neither of who makes the buffer nor of who offers.
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
      giveBack: (entries) => stock.release(entries)
    }),
    fork,
    isClosing: () => isClosing
  }).pipe(apartFromCaller, Effect.forkScoped)
  const unwatch = watch(() => (outbox.isDurable ? 0 : ledger.pending.count))

  /** Takes everything out of an outbox that ends with the process. */
  const empty = Effect.gen(function* () {
    const left: Array<OutboxEntry> = []
    while (true) {
      const entries = yield* Effect.orElseSucceed(stock.claim({ count: 1000, bytes: Infinity }), () => [])
      if (entries.length === 0) return left.sort((a, b) => a.sequence - b.sequence).map(eventOf)
      yield* stock.giveUp(entries, "shutdown")
      left.push(...entries)
    }
  })

  const closed = Deferred.makeUnsafe<ReadonlyArray<SentEvent>>()

  const shutDown = Effect.fnUntraced(function* (timeout: number) {
    isClosing = true
    room.callAll()
    changed()
    const end = clock.currentTimeMillisUnsafe() + timeout
    const lastPart = outbox.isDurable || settings.deadLetter === undefined ? 0 : timeout * LAST_PART
    yield* Effect.timeoutOption(Effect.interruptible(Effect.andThen(stock.stored, ledger.settled)), timeout - lastPart)
    yield* Fiber.interrupt(dispatcher)
    yield* FiberSet.clear(workers)
    const left = outbox.isDurable
      ? []
      : yield* Effect.acquireUseRelease(
          Effect.forkChild(Effect.delay(deadLetters.end, Math.max(0, end - clock.currentTimeMillisUnsafe()))),
          () => empty,
          Fiber.interrupt
        )
    yield* stock.mended
    ledger.keep()
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
 * A buffer of events: offered one by one, delivered in batches, each of them accounted for.
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
   * Makes a buffer that lives as long as a scope: for a program with more than one, each over an {@link Outbox} of its own.
   * When the scope closes it delivers what it holds, for as long as its `drainTimeout`.
   *
   * Fails with the `InvalidRequestError` that names the option which is wrong, or with what the outbox says. In a worker,
   * where nothing outlives a request, the scope is to be that of the request.
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
   * A buffer over {@link Ingest} and an {@link Outbox} that the program chooses: in a file or in Postgres, from where
   * events are delivered whatever becomes of the process. When its scope closes it delivers what it holds, for as long as
   * its `drainTimeout`.
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
   * A buffer over {@link Ingest}, in memory: it ends with the process. When its scope closes it delivers what it holds,
   * for as long as its `drainTimeout`.
   */
  static readonly layerMemory = (options?: EventBufferOptions): Layer.Layer<EventBuffer, InvalidRequestError, Ingest> =>
    Layer.effect(
      EventBuffer,
      make(options).pipe(
        Effect.provideServiceEffect(Outbox, Outbox.memory),
        // Memory does not fail.
        Effect.catchTag("OutboxError", Effect.die)
      )
    )
}
