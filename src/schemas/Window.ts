/**
 * The windows over which usage is aggregated.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"

/**
 * How long a window of a meter query or of a balance history is.
 *
 * @since 2.0.0
 * @category schemas
 */
export const WindowSize = Schema.Literals(["MINUTE", "HOUR", "DAY", "MONTH"])

/**
 * How long a window of a meter query or of a balance history is.
 *
 * @since 2.0.0
 * @category models
 */
export type WindowSize = typeof WindowSize.Type

/**
 * An IANA time zone, e.g. `"Europe/Budapest"`: the clock to which windows are aligned.
 *
 * @since 2.0.0
 * @category schemas
 */
export const TimeZone = Schema.String
