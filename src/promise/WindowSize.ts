/**
 * The window sizes by name.
 *
 * @since 2.0.0
 */
import type { WindowSize as Literal } from "../schemas/Window.ts"

/**
 * How long a window of a meter query or of a balance history is.
 *
 * @example
 * ```ts
 * await openmeter.meters.query("tokens_total", { windowSize: WindowSize.DAY })
 * ```
 *
 * @since 2.0.0
 * @category constants
 */
export const WindowSize = { MINUTE: "MINUTE", HOUR: "HOUR", DAY: "DAY", MONTH: "MONTH" } as const satisfies {
  readonly [L in Literal]: L
}

/**
 * How long a window of a meter query or of a balance history is.
 *
 * @since 2.0.0
 * @category models
 */
export type WindowSize = Literal
