/**
 * How events get into a buffer.
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
import type { OutboxError, OutboxEvent, Size } from "../Outbox.ts"
import type { KeyOf } from "../outbox/orderBy.ts"
import type { Overflow } from "./BufferOptions.ts"
import type { Receipt } from "./Receipt.ts"
import type { Stock } from "./Stock.ts"

/**
 * What an offer can fail with. The event was not taken.
 *
 * @since 2.0.0
 * @category errors
 */
export type OfferError = InvalidRequestError | BufferFullError | BufferClosedError | OutboxError

/**
 * Completes when whoever makes an offer no longer wants it. An offer that waits then is interrupted and was not taken; one
 * that is being stored goes on to its end.
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

/** How many events are stored together at the most: what stores them is to hold nothing else up. */
const MAX_PUT = 1000

type Restore = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** How long to wait for a storage that is full, though the buffer is not: nobody tells when that changes. */
const FULL_STORAGE_PAUSE = "250 millis"

const { method, name: operation, path: url } = ingestEvents

/**
 * The error of an offer that comes too late.
 *
 * @internal
 */
export const bufferClosed = (): BufferClosedError =>
  new BufferClosedError({
    operation,
    method,
    url,
    message: `${operation}: the buffer is closed, the event was not taken`
  })

const closed = Effect.suspend(() => Effect.fail(bufferClosed()))

const sizeOf = (events: ReadonlyArray<OutboxEvent>): Size => {
  let bytes = 0
  for (const event of events) bytes += event.bytes
  return { count: events.length, bytes }
}

/**
 * How events get into a buffer.
 *
 * @internal
 */
export interface Admission {
  /** Takes an event. */
  readonly offer: (event: Event) => Effect.Effect<Receipt, OfferError>
  /** Takes events, in order. */
  readonly offerAll: (events: ReadonlyArray<Event>) => Effect.Effect<ReadonlyArray<Receipt>, OfferError>
}

/**
 * Makes the entrance of a buffer.
 *
 * @internal
 */
export const make = (options: {
  readonly stock: Stock
  readonly overflow: Overflow
  readonly keyOf: KeyOf
  /** Starts what goes on whatever becomes of the offer. */
  readonly fork: (effect: Effect.Effect<void>) => Effect.Effect<Fiber.Fiber<void>>
  readonly isClosed: () => boolean
}): Admission => {
  const { fork, isClosed, keyOf, overflow, stock } = options
  const { ledger, room } = stock

  const full = (reason: string) =>
    Effect.fail(new BufferFullError({ operation, method, url, message: `${operation}: the buffer is full: ${reason}` }))

  const fullOf = () => `it holds ${ledger.pending.count} events of ${ledger.pending.bytes} bytes together`

  /** Drops the oldest event of this buffer that is not under way, and tells whether there was one. */
  const dropOldest = (restore: Restore): Effect.Effect<boolean, OutboxError> =>
    Effect.flatMap(stock.claimOldest, (entry) =>
      entry === undefined
        ? Effect.succeed(false)
        : // The program's handler of dead letters may take its time.
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
   * Does with an event as the policy says.
   *
   * @param storage - what the outbox says, when it is that which has no room
   */
  const overflowed = (
    event: OutboxEvent,
    restore: Restore,
    storage: OutboxError | undefined
  ): Effect.Effect<Receipt, OfferError> => {
    const canEverFit = room.canHold(event.bytes)
    switch (overflow) {
      case "backpressure":
        if (!canEverFit) return full(`an event of ${event.bytes} bytes is larger than all of it`)
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

  /** Takes room for events one after the other, and gives how many have found some. */
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
      // Where not all of them fit some may: which ones, and what becomes of the others, is for the policy to say.
      return overflow === "fail" ? full(error.message) : Effect.forEach(events, (event) => admit(event, restore))
    })

  /** Takes events if there is room for all of them, or else none. */
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

  /** Takes events in order, together where there is room for them. */
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
