/**
 * Where the client runs, as far as that decides what it may do.
 *
 * @since 2.0.0
 */

const userAgent = (): string => (typeof navigator === "undefined" ? "" : (navigator.userAgent ?? ""))

/**
 * Whether this is a browser: it asks the server for leave to send headers that are not usual.
 *
 * @internal
 */
export const isBrowser = (): boolean => userAgent().startsWith("Mozilla/")

/**
 * Whether requests of the program may wait for one another. On Cloudflare Workers they may not: a request that another one
 * is to wake may never go on.
 *
 * @internal
 */
export const mayWaitForOthers = (): boolean => userAgent() !== "Cloudflare-Workers"
