/**
 * Room of a buffer: how much it may hold, and the queue for free room.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import type { Size } from "../Outbox.ts"

/**
 * An entry in the queue for room.
 *
 * @internal
 */
export class Waiter {
  readonly bytes: number
  resume: (() => void) | undefined

  constructor(bytes: number) {
    this.bytes = bytes
  }
}

/**
 * Room of a buffer, by count and by bytes. Waiters get it in the order they arrived.
 *
 * @internal
 */
export class Room {
  readonly capacity: Size
  #count = 0
  #bytes = 0
  readonly #waiters = new Set<Waiter>()

  constructor(capacity: Size) {
    this.capacity = capacity
  }

  /** Whether there are waiters. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0
  }

  /** Returns whether an event would fit if the buffer were empty. */
  canHold(bytes: number): boolean {
    return this.capacity.count > 0 && bytes <= this.capacity.bytes
  }

  /**
   * Takes room for an event, if there is enough and no other waiter is ahead.
   *
   * @param waiter - the waiter whose turn it may be; without one, the event comes after all waiters
   */
  tryTake(bytes: number, waiter?: Waiter): boolean {
    if (this.#first() !== waiter || !this.#fits(bytes)) return false
    this.occupy({ count: 1, bytes })
    if (waiter !== undefined) this.leave(waiter)
    return true
  }

  /** Takes room unconditionally, for what is already stored. */
  occupy({ bytes, count }: Size): void {
    this.#count += count
    this.#bytes += bytes
  }

  /** Frees room, and wakes the next waiter. */
  give({ bytes, count }: Size): void {
    this.#count -= count
    this.#bytes -= bytes
    this.#callFirst()
  }

  /** Joins the queue. */
  enter(bytes: number): Waiter {
    const waiter = new Waiter(bytes)
    this.#waiters.add(waiter)
    return waiter
  }

  /** Waits for a waiter's turn, without taking room: an interruption afterwards would lose it. */
  turn(waiter: Waiter): Effect.Effect<void> {
    return Effect.callback((resume) => {
      // Resumed asynchronously: a waiter that ran within the call would overtake those ahead of it.
      if (this.#first() === waiter && this.#fits(waiter.bytes)) return resume(Effect.void)
      waiter.resume = () => resume(Effect.yieldNow)
    })
  }

  /** Leaves the queue. */
  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter)
    this.#callFirst()
  }

  /** Wakes all waiters to check again for reasons other than room. */
  callAll(): void {
    for (const waiter of this.#waiters) waiter.resume?.()
  }

  #first(): Waiter | undefined {
    const [first] = this.#waiters
    return first
  }

  #callFirst(): void {
    const first = this.#first()
    if (first !== undefined && this.#fits(first.bytes)) first.resume?.()
  }

  #fits(bytes: number): boolean {
    return this.#count < this.capacity.count && this.#bytes + bytes <= this.capacity.bytes
  }
}
