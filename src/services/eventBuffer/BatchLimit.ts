/**
 * How many events a batch holds.
 *
 * @since 2.0.0
 */

/** After how many batches in a row at a learned limit a larger one is tried. */
const PATIENCE = 50

/**
 * How many events a batch holds: what the program says, or less where the server or a proxy before it takes no more.
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

  /** Notes that more than so many events were refused for their size, and so many were taken. */
  learn(count: number): void {
    this.#count = Math.min(this.#count, count)
    this.#atLimit = 0
  }

  /** Notes that a batch was taken as a whole. */
  taken(count: number): void {
    if (this.#count === this.#max || count < this.#count) return
    this.#atLimit += 1
    if (this.#atLimit < PATIENCE) return
    this.#atLimit = 0
    this.#count = Math.min(this.#max, this.#count * 2)
  }
}
