/**
 * The room of a buffer: how much it may hold, and who waits for some of it.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import type { Size } from "../Outbox.ts"

/**
 * Someone who waits for room.
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
 * The room of a buffer, by count and by bytes. Those who wait get it in the order in which they came.
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

  /** Whether anybody waits for room. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0
  }

  /** Whether an event would find room if there were nothing else. */
  canHold(bytes: number): boolean {
    return this.capacity.count > 0 && bytes <= this.capacity.bytes
  }

  /**
   * Takes room for an event, if there is some and it is nobody else's turn.
   *
   * @param waiter - who has waited for it; without one the event is a newcomer, and comes after all who wait
   */
  tryTake(bytes: number, waiter?: Waiter): boolean {
    if (this.#first() !== waiter || !this.#fits(bytes)) return false
    this.occupy({ count: 1, bytes })
    if (waiter !== undefined) this.leave(waiter)
    return true
  }

  /** Takes room whether there is some or not: for what is there already. */
  occupy({ bytes, count }: Size): void {
    this.#count += count
    this.#bytes += bytes
  }

  /** Gives room back, and tells whose turn it is. */
  give({ bytes, count }: Size): void {
    this.#count -= count
    this.#bytes -= bytes
    this.#callFirst()
  }

  /** Joins those who wait. */
  enter(bytes: number): Waiter {
    const waiter = new Waiter(bytes)
    this.#waiters.add(waiter)
    return waiter
  }

  /** Waits until it is a waiter's turn, and takes nothing: an interruption after that would lose it. */
  turn(waiter: Waiter): Effect.Effect<void> {
    return Effect.callback((resume) => {
      // Who calls goes on first: a waiter that ran within the call would overtake those before it.
      if (this.#first() === waiter && this.#fits(waiter.bytes)) return resume(Effect.void)
      waiter.resume = () => resume(Effect.yieldNow)
    })
  }

  /** Leaves those who wait. */
  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter)
    this.#callFirst()
  }

  /** Tells everyone who waits to look again: there is more to know than whether there is room. */
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
