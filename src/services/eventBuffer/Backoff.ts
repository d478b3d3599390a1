/**
 * How long a buffer leaves a server alone that cannot take its events.
 *
 * @since 2.0.0
 */

/**
 * The pauses between attempts at a server that is down: they double up to a limit, with full jitter.
 *
 * @internal
 */
export class Backoff {
  readonly #base: number
  readonly #max: number
  #failures = 0
  #resumeAt = 0

  constructor(base: number, max: number) {
    this.#base = base
    this.#max = max
  }

  /** Whether the last that was heard of the server is that it cannot take events. */
  get isDown(): boolean {
    return this.#failures > 0
  }

  /** How long from `now` the server is left alone, in milliseconds. */
  remaining(now: number): number {
    return Math.max(0, this.#resumeAt - now)
  }

  /**
   * Notes that the server could not take events, and tells whether it could before.
   *
   * @param random - from 0 to 1
   * @param retryAfter - what the server asks for, in milliseconds
   */
  failed(now: number, random: number, retryAfter: number): boolean {
    const wasUp = this.#failures === 0
    // Batches that were under way together fail of one cause, and count as one failure.
    if (wasUp || now >= this.#resumeAt) this.#failures += 1
    const delay = random * Math.min(this.#max, this.#base * 2 ** (this.#failures - 1))
    // Clocks count whole milliseconds: the rest of one would never be over.
    this.#resumeAt = Math.max(this.#resumeAt, now + Math.ceil(Math.max(delay, retryAfter)))
    return wasUp
  }

  /** Notes that the server has taken events, and tells whether it could not before. */
  succeeded(): boolean {
    const wasDown = this.#failures > 0
    this.#failures = 0
    this.#resumeAt = 0
    return wasDown
  }
}
