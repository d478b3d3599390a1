/**
 * How a Promise that was broken off says so.
 *
 * @since 2.0.0
 */

/**
 * The call was broken off through its `signal`. Whether the server has done what was asked is not known.
 *
 * @since 2.0.0
 * @category errors
 */
export class AbortError extends Error {
  override readonly name = "AbortError"
  /** The `reason` of the signal. */
  override readonly cause: unknown
  constructor(reason: unknown) {
    super("the call was aborted by its signal")
    this.cause = reason
  }
}

/**
 * The client is closed: the call was broken off, or never began.
 *
 * @since 2.0.0
 * @category errors
 */
export class ClosedError extends Error {
  override readonly name = "ClosedError"
  constructor() {
    super("the OpenMeter client is closed")
  }
}
