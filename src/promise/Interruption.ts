/**
 * Errors of calls that were aborted.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"

/**
 * Completes when the signal aborts.
 *
 * @internal
 */
export const aborted = (signal: AbortSignal): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const abort = () => resume(Effect.void)
    if (signal.aborted) return abort()
    signal.addEventListener("abort", abort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", abort))
  })

/**
 * The call was aborted by its `signal`. The server may have processed the request nevertheless.
 *
 * @example
 * ```ts
 * import { AbortError, OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * const signal = AbortSignal.abort("the user left")
 * await openmeter.meters.query("tokens_total", {}, { signal }).catch((error: unknown) => {
 *   if (!(error instanceof AbortError)) throw error
 *   console.log(error.cause) // => the user left
 * })
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class AbortError extends Error {
  override readonly name = "AbortError"
  /** The `reason` of the signal. */
  override readonly cause: unknown
  /** Creates the error of a call whose signal has aborted. */
  constructor(reason: unknown) {
    super("the call was aborted by its signal")
    this.cause = reason
  }
}

/**
 * The client is closed: the call was aborted, or was never started.
 *
 * @example
 * ```ts
 * import { ClosedError, OpenMeter } from "@openmeter/sdk"
 *
 * const openmeter = new OpenMeter({ baseUrl: "http://localhost:8888" })
 * await openmeter.close()
 * await openmeter.meters.query("tokens_total").catch((error: unknown) => {
 *   if (!(error instanceof ClosedError)) throw error
 * })
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class ClosedError extends Error {
  override readonly name = "ClosedError"
  /** Creates the error of a call on a closed client. */
  constructor() {
    super("the OpenMeter client is closed")
  }
}
