/**
 * Backoff of a buffer while the server cannot accept events.
 *
 * @since 2.0.0
 */

/**
 * Pauses between attempts while the server is down, which double up to a limit, with full jitter.
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

  /** Whether the server could not accept events when it was last tried. */
  get isDown(): boolean {
    return this.#failures > 0
  }

  /** Returns how long to leave the server alone from `now`, in milliseconds. */
  remaining(now: number): number {
    return Math.max(0, this.#resumeAt - now)
  }

  /**
   * Records that the server could not accept events. Returns whether it could before.
   *
   * @param random - from 0 to 1
   * @param retryAfter - how long the server asks to wait, in milliseconds
   */
  failed(now: number, random: number, retryAfter: number): boolean {
    const wasUp = this.#failures === 0
    // Batches that were in flight together fail for the same reason, and count as one failure.
    if (wasUp || now >= this.#resumeAt) this.#failures += 1
    const delay = random * Math.min(this.#max, this.#base * 2 ** (this.#failures - 1))
    // Clocks count whole milliseconds: a fraction of one would never elapse.
    this.#resumeAt = Math.max(this.#resumeAt, now + Math.ceil(Math.max(delay, retryAfter)))
    return wasUp
  }

  /** Records that the server accepted events. Returns whether it could not before. */
  succeeded(): boolean {
    const wasDown = this.#failures > 0
    this.#failures = 0
    this.#resumeAt = 0
    return wasDown
  }
}
