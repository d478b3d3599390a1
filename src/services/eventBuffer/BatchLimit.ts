/**
 * Maximum number of events per batch.
 *
 * @since 2.0.0
 */

/** Number of consecutive batches at a learned limit before a larger one is tried. */
const PATIENCE = 50

/**
 * Maximum number of events per batch: as configured, or less if the server, or a proxy in front of it, does not accept
 * as many.
 *
 * @internal
 */
export class BatchLimit {
  readonly #max: number
  #count: number
  #atLimit = 0

  constructor(max: number) {
    this.#max = max
    this.#count = max
  }

  get count(): number {
    return this.#count
  }

  /**
   * Records that batches of more than `count` events were rejected for their size, and that one of `count` was
   * accepted.
   */
  learn(count: number): void {
    this.#count = Math.min(this.#count, count)
    this.#atLimit = 0
  }

  /** Records that a whole batch was accepted. */
  taken(count: number): void {
    if (this.#count === this.#max || count < this.#count) return
    this.#atLimit += 1
    if (this.#atLimit < PATIENCE) return
    this.#atLimit = 0
    this.#count = Math.min(this.#max, this.#count * 2)
  }
}
