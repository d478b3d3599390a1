/**
 * Window sizes as constants.
 *
 * @since 2.0.0
 */
import type { WindowSize as Literal } from "../schemas/Window.ts"

/**
 * Size of the windows of a meter query or a balance history.
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
 * Size of the windows of a meter query or a balance history.
 *
 * @since 2.0.0
 * @category models
 */
export type WindowSize = Literal
