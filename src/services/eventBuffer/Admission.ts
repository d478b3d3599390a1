/**
 * Admission of events to a buffer.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { BufferClosedError, BufferFullError, refused, type InvalidRequestError } from "../../errors.ts"
import * as Check from "../../layers/Check.ts"
import type { Event } from "../../schemas/Event.ts"
import { ingestEvents, prepareAt } from "../Ingest.ts"
import type { OutboxError, OutboxEvent } from "../Outbox.ts"
import { eventCount } from "../outbox/eventCount.ts"
import type { KeyOf } from "../outbox/orderBy.ts"
import { sizeOf } from "../outbox/sizeOf.ts"
import type { Overflow } from "./BufferOptions.ts"
import type { Receipt } from "./Receipt.ts"
import type { Stock } from "./Stock.ts"

/**
 * Errors that an offer can fail with. The event was not accepted.
 *
 * @since 2.0.0
 * @category errors
 */
export type OfferError = InvalidRequestError | BufferFullError | BufferClosedError | OutboxError

/**
 * Completes when an offer is withdrawn. An offer that is still waiting is then interrupted and not accepted; one that
 * is being stored completes.
 *
 * @internal
 */
export const CurrentWithdrawal: Context.Reference<Effect.Effect<void>> = Context.Reference(
  "@openmeter/sdk/EventBuffer/CurrentWithdrawal",
  { defaultValue: (): Effect.Effect<void> => Effect.never }
)

const withdrawable = <A, E, R>(wait: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(CurrentWithdrawal, (withdrawn) =>
    withdrawn === Effect.never ? wait : Effect.raceFirst(wait, Effect.andThen(withdrawn, Effect.interrupt))
  )

/** Maximum number of events stored together, so that storing them does not block anything else. */
const MAX_PUT = 1000

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/**
 * Pause before trying again a storage that is full although the buffer is not: there is no notification of new room.
 */
const FULL_STORAGE_PAUSE = "250 millis"

const { method, name: operation, path: url } = ingestEvents

/**
 * Creates the error of an offer to a closed buffer.
 *
 * @internal
 */
export const bufferClosed = (): BufferClosedError =>
  new BufferClosedError({
    operation,
    method,
    url,
    message: `${operation}: the buffer is closed, the event was not accepted`
  })

const closed = Effect.suspend(() => Effect.fail(bufferClosed()))

/**
 * Admission of events to a buffer.
 *
 * @internal
 */
export interface Admission {
  /** Accepts an event. */
  readonly offer: (event: Event) => Effect.Effect<Receipt, OfferError>
  /** Accepts events, in order. */
  readonly offerAll: (events: ReadonlyArray<Event>) => Effect.Effect<ReadonlyArray<Receipt>, OfferError>
}

/**
 * Creates the admission of a buffer.
 *
 * @internal
 */
export const make = (options: {
  readonly stock: Stock
  readonly overflow: Overflow
  readonly keyOf: KeyOf
  /** Starts work that is independent of the offer. */
  readonly fork: (effect: Effect.Effect<void>) => Effect.Effect<Fiber.Fiber<void>>
  readonly isClosed: () => boolean
}): Admission => {
  const { fork, isClosed, keyOf, overflow, stock } = options
  const { ledger, room } = stock

  const full = (reason: string) =>
    Effect.fail(new BufferFullError({ operation, method, url, message: `${operation}: the buffer is full: ${reason}` }))

  const fullOf = () => `it holds ${eventCount(ledger.pending.count)} (${ledger.pending.bytes} bytes)`

  /** Drops the oldest event of this buffer that is not in flight. Returns whether there was one. */
  const dropOldest = (restore: Restore): Effect.Effect<boolean, OutboxError> =>
    Effect.flatMap(stock.claimOldest, (entry) =>
      entry === undefined
        ? Effect.succeed(false)
        : // The program's dead-letter handler may take its time.
          Effect.flatMap(fork(stock.giveUp([entry], "dropOldest")), (fiber) =>
            Effect.as(restore(Fiber.await(fiber)), true)
          )
    )

  /** Stores an event for which there is room. */
  const store = (event: OutboxEvent, restore: Restore): Effect.Effect<Receipt, OfferError> =>
    Effect.matchEffect(stock.put([event]), {
      onSuccess: ([ticket]) => Effect.succeed(ticket!),
      onFailure: (error) => (error.reason === "full" ? overflowed(event, restore, error) : Effect.fail(error))
    })

  const waitForTurn = (event: OutboxEvent, restore: Restore): Effect.Effect<Receipt, OfferError> =>
    Effect.suspend(() => {
      const waiter = room.enter(event.bytes)
      const next: Effect.Effect<Receipt, OfferError> = Effect.flatMap(restore(room.turn(waiter)), () => {
        if (isClosed()) return closed
        return room.tryTake(event.bytes, waiter) ? store(event, restore) : next
      })
      return Effect.ensuring(
        next,
        Effect.sync(() => room.leave(waiter))
      )
    })

  /**
   * Applies the overflow policy to an event.
   *
   * @param storage - error of the outbox, if it is the one that is full
   */
  const overflowed = (
    event: OutboxEvent,
    restore: Restore,
    storage: OutboxError | undefined
  ): Effect.Effect<Receipt, OfferError> => {
    const canEverFit = room.canHold(event.bytes)
    switch (overflow) {
      case "backpressure":
        if (!canEverFit) return full(`an event of ${event.bytes} bytes exceeds its total capacity`)
        return storage === undefined
          ? waitForTurn(event, restore)
          : Effect.andThen(
              restore(Effect.sleep(FULL_STORAGE_PAUSE)),
              Effect.suspend(() => admit(event, restore))
            )
      case "fail":
        return full(storage?.message ?? fullOf())
      case "dropNewest":
        return Effect.sync(() => ledger.refuse(event, "dropNewest"))
      case "dropOldest":
        return Effect.flatMap(canEverFit ? dropOldest(restore) : Effect.succeed(false), (isDropped) =>
          isDropped ? admit(event, restore) : Effect.sync(() => ledger.refuse(event, "dropOldest"))
        )
    }
  }

  const admit = (event: OutboxEvent, restore: Restore): Effect.Effect<Receipt, OfferError> => {
    if (isClosed()) return closed
    return room.tryTake(event.bytes) ? store(event, restore) : overflowed(event, restore, undefined)
  }

  /** Takes room for events one after the other, and returns how many fit. */
  const reserve = (events: ReadonlyArray<OutboxEvent>): number => {
    const first = events.findIndex((event) => !room.tryTake(event.bytes))
    return first === -1 ? events.length : first
  }

  /** Stores events for which there is room. */
  const storeAll = (
    events: ReadonlyArray<OutboxEvent>,
    restore: Restore
  ): Effect.Effect<ReadonlyArray<Receipt>, OfferError> =>
    Effect.catch(stock.put(events), (error): Effect.Effect<ReadonlyArray<Receipt>, OfferError> => {
      if (error.reason !== "full") return Effect.fail(error)
      // If not all of them fit, some may. The policy decides about each.
      return overflow === "fail" ? full(error.message) : Effect.forEach(events, (event) => admit(event, restore))
    })

  /** Accepts events if there is room for all of them, or none. */
  const admitTogether = Effect.fnUntraced(function* (events: ReadonlyArray<OutboxEvent>, restore: Restore) {
    if (isClosed()) return yield* closed
    const reserved = reserve(events)
    if (reserved < events.length) {
      const reason = fullOf()
      room.give(sizeOf(events.slice(0, reserved)))
      return yield* full(reason)
    }
    return yield* storeAll(events, restore)
  })

  /** Accepts events in order, together as far as there is room. */
  const admitAll = Effect.fnUntraced(function* (events: ReadonlyArray<OutboxEvent>, restore: Restore) {
    const receipts: Array<Receipt> = []
    while (receipts.length < events.length) {
      if (isClosed()) return yield* closed
      const next = events.slice(receipts.length, receipts.length + MAX_PUT)
      const reserved = reserve(next)
      const taken =
        reserved === 0
          ? [yield* overflowed(next[0]!, restore, undefined)]
          : yield* storeAll(next.slice(0, reserved), restore)
      for (const receipt of taken) receipts.push(receipt)
    }
    return receipts
  })

  const preparing = (event: Event, place: string) =>
    Effect.flatMap(prepareAt(event, place), (prepared) =>
      Effect.flatMap(
        Check.run(() => keyOf(event)),
        (key) => Effect.map(Clock.currentTimeMillis, (offeredAt): OutboxEvent => ({ ...prepared, key, offeredAt }))
      )
    )

  return {
    offer: (event) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(preparing(event, ""), (event) => admit(event, (wait) => restore(withdrawable(wait))))
      ),
    offerAll: Effect.fnUntraced(function* (events) {
      if (!Array.isArray(events))
        return yield* Effect.fail(refused(ingestEvents, "events", "must be an array of events"))
      const prepared = yield* Effect.forEach(events, (event: Event, i) => preparing(event, `events[${i}]`))
      const admission = overflow === "fail" ? admitTogether : admitAll
      return yield* Effect.uninterruptibleMask((restore) => admission(prepared, (wait) => restore(withdrawable(wait))))
    })
  }
}
