/**
 * What an instance believes to be its own.
 *
 * @since 2.0.0
 */
import type { OutboxEntry } from "../../Outbox.ts"

/**
 * What an instance believes to be its own: the entries that it has put and not removed, and those that it has claimed.
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

  /** Whether an entry is believed to be claimed. */
  hasClaimed(sequence: number): boolean {
    return this.#claimed.has(sequence)
  }

  /** Enters entries that were put. */
  add(sequences: Iterable<number>): void {
    for (const sequence of sequences) this.#put.add(sequence)
  }

  /** Enters entries that were claimed. */
  claim(entries: ReadonlyArray<OutboxEntry>): void {
    for (const { sequence } of entries) this.#claimed.add(sequence)
  }

  /** Strikes out entries that were removed. */
  remove(entries: ReadonlyArray<OutboxEntry>): void {
    for (const { sequence } of entries) {
      this.#put.delete(sequence)
      this.#claimed.delete(sequence)
    }
  }

  /**
   * Enters that entries were given back. Gives those that were put here and are others' now.
   *
   * @param released - those that are to be claimed again by the instance, or by any
   */
  release(entries: ReadonlyArray<OutboxEntry>, released: ReadonlySet<number>): Array<number> {
    for (const { sequence } of entries) this.#claimed.delete(sequence)
    return this.#surrender(entries.map(({ sequence }) => sequence).filter((sequence) => !released.has(sequence)))
  }

  /**
   * Enters what is left after the instance was out of touch. Gives what was put here and is others' now; what is under
   * way shows that when it is given back.
   *
   * @param put - what was to be taken back
   * @param reclaimed - what of it is the instance's own
   */
  keep(put: ReadonlyArray<number>, reclaimed: ReadonlySet<number>): Array<number> {
    return this.#surrender(put.filter((sequence) => !reclaimed.has(sequence) && !this.#claimed.has(sequence)))
  }

  #surrender(sequences: ReadonlyArray<number>): Array<number> {
    return sequences.filter((sequence) => this.#put.delete(sequence))
  }
}
