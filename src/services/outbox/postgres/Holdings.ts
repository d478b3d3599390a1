/**
 * Entries that an instance believes to be its own.
 *
 * @since 2.0.0
 */
import type { OutboxEntry } from "../../Outbox.ts"

/**
 * Entries that an instance believes to be its own: those that it has put and not removed, and those that it has
 * claimed.
 *
 * @internal
 */
export class Holdings {
  readonly #put = new Set<number>()
  readonly #claimed = new Set<number>()

  get put(): Iterable<number> {
    return this.#put
  }

  get claimed(): Iterable<number> {
    return this.#claimed
  }

  get isEmpty(): boolean {
    return this.#put.size + this.#claimed.size === 0
  }

  /** Returns whether the instance believes to have claimed an entry. */
  hasClaimed(sequence: number): boolean {
    return this.#claimed.has(sequence)
  }

  /** Records entries that were put. */
  add(sequences: Iterable<number>): void {
    for (const sequence of sequences) this.#put.add(sequence)
  }

  /** Records entries that were claimed. */
  claim(entries: ReadonlyArray<OutboxEntry>): void {
    for (const { sequence } of entries) this.#claimed.add(sequence)
  }

  /** Records entries that were removed. */
  remove(entries: ReadonlyArray<OutboxEntry>): void {
    for (const { sequence } of entries) {
      this.#put.delete(sequence)
      this.#claimed.delete(sequence)
    }
  }

  /**
   * Records entries that were released. Returns those that this instance had put and that now belong to others.
   *
   * @param released - entries that can be claimed again, by this instance or by any
   */
  release(entries: ReadonlyArray<OutboxEntry>, released: ReadonlySet<number>): Array<number> {
    for (const { sequence } of entries) this.#claimed.delete(sequence)
    return this.#surrender(entries.map(({ sequence }) => sequence).filter((sequence) => !released.has(sequence)))
  }

  /**
   * Records what remains after the instance was out of touch. Returns the entries that it had put and that now belong
   * to others. For entries in flight, this turns out when they are released.
   *
   * @param put - entries that were to be reclaimed
   * @param reclaimed - those of them that still belong to the instance
   */
  keep(put: ReadonlyArray<number>, reclaimed: ReadonlySet<number>): Array<number> {
    return this.#surrender(put.filter((sequence) => !reclaimed.has(sequence) && !this.#claimed.has(sequence)))
  }

  #surrender(sequences: ReadonlyArray<number>): Array<number> {
    return sequences.filter((sequence) => this.#put.delete(sequence))
  }
}
