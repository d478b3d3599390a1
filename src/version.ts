/**
 * The version of this package, as it names itself to servers.
 *
 * @since 2.0.0
 * @category constants
 */
export const VERSION = "2.0.0-beta.0"
