/**
 * Version of this package, sent in the `User-Agent` header.
 *
 * @since 2.0.0
 * @category constants
 */
export const VERSION = "2.0.0-beta.0"
