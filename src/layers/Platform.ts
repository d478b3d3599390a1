/**
 * Detection of platforms with restrictions.
 *
 * @since 2.0.0
 */

const userAgent = (): string => (typeof navigator === "undefined" ? "" : (navigator.userAgent ?? ""))

/**
 * Returns whether the program runs in a browser, where custom headers require CORS permission from the server.
 *
 * @internal
 */
export const isBrowser = (): boolean => userAgent().startsWith("Mozilla/")

/**
 * Returns whether requests can wait for one another. On Cloudflare Workers they cannot: a request that is waiting for
 * another one to wake it up may never continue.
 *
 * @internal
 */
export const mayWaitForOthers = (): boolean => userAgent() !== "Cloudflare-Workers"
