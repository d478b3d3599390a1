/**
 * How events get into a buffer.
 *
 * @since 2.0.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { BufferClosedError, BufferFullError, type InvalidRequestError } from "../../errors.ts"
import * as Check from "../../layers/Check.ts"
import type { Event } from "../../schemas/Event.ts"
import { ingestEvents, prepare } from "../Ingest.ts"
import type { OutboxError, OutboxEvent } from "../Outbox.ts"
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

/**
 * Makes the entrance of a buffer.
 *
 * @internal
 */
export const make = (options: {
  readonly stock: Stock
  readonly overflow: Overflow
  readonly keyOf: KeyOf
  readonly isClosed: () => boolean
}) => {
  const { isClosed, keyOf, overflow, stock } = options
  const { ledger, room } = stock

  const full = (reason: string) =>
    Effect.fail(new BufferFullError({ operation, method, url, message: `${operation}: the buffer is full: ${reason}` }))

  /** Drops the oldest event that is not under way. */
  const dropOldest: Effect.Effect<boolean, OutboxError> = Effect.flatMap(
    stock.claim({ count: 1, bytes: 1 }),
    (entries) => (entries.length === 0 ? Effect.succeed(false) : Effect.as(stock.giveUp(entries, "dropOldest"), true))
  )

  /** Stores an event for which there is room. */
  const store = (event: OutboxEvent, restore: Restore): Effect.Effect<Receipt, OfferError> =>
    Effect.catch(stock.put(event), (error) => {
      room.give({ count: 1, bytes: event.bytes })
      return error.reason === "full" ? overflowed(event, restore, error) : Effect.fail(error)
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
        return full(
          storage?.message ?? `it holds ${ledger.pending.count} events of ${ledger.pending.bytes} bytes together`
        )
      case "dropNewest":
        return Effect.sync(() => ledger.refuse(event, "dropNewest"))
      case "dropOldest":
        return Effect.flatMap(canEverFit ? dropOldest : Effect.succeed(false), (isDropped) =>
          isDropped ? admit(event, restore) : Effect.sync(() => ledger.refuse(event, "dropOldest"))
        )
    }
  }

  const admit = (event: OutboxEvent, restore: Restore): Effect.Effect<Receipt, OfferError> => {
    if (isClosed()) return closed
    return room.tryTake(event.bytes) ? store(event, restore) : overflowed(event, restore, undefined)
  }

  return (event: Event): Effect.Effect<Receipt, OfferError> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(prepare(event), (prepared) =>
        Effect.flatMap(Clock.currentTimeMillis, (offeredAt) =>
          Effect.flatMap(
            Check.run(() => keyOf(event)),
            (key) => admit({ ...prepared, key, offeredAt }, (wait) => restore(withdrawable(wait)))
          )
        )
      )
    )
}
