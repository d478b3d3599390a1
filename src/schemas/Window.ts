/**
 * Windows over which usage is aggregated.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"

/**
 * Size of the windows of a meter query or a balance history.
 *
 * @since 2.0.0
 * @category schemas
 */
export const WindowSize = Schema.Literals(["MINUTE", "HOUR", "DAY", "MONTH"])

/**
 * Size of the windows of a meter query or a balance history.
 *
 * @since 2.0.0
 * @category models
 */
export type WindowSize = typeof WindowSize.Type

/**
 * An IANA time zone to align windows to, e.g. `"Europe/Budapest"`.
 *
 * @since 2.0.0
 * @category schemas
 */
export const TimeZone = Schema.String
