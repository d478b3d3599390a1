/**
 * Escaping of path parameters, so that the server reads back the original value.
 *
 * @since 2.0.0
 */

/** Characters that Go leaves unescaped in a path. The server is written in Go. */
const UNESCAPED = /[A-Za-z0-9\-_.~$&+,/:;=@]/

const escapeBytes = (text: string): string => {
  let escaped = ""
  for (const byte of new TextEncoder().encode(text)) escaped += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
  return escaped
}

/** Returns whether Go would escape the value in exactly this way. */
const isCanonical = (segment: string, value: string): boolean =>
  Array.from(value, (character) => (UNESCAPED.test(character) ? character : escapeBytes(character))).join("") ===
  segment

/**
 * Rewrites the segments of an escaped path that contain a percent sign.
 *
 * The server decodes a path twice if it contains only the escapes that Go itself would write, and once as soon as any
 * segment contains another. This affects only values with a percent sign. Every byte of such a value is escaped, which
 * makes the server decode once, unless all of its characters need escaping anyway. In that case, if no other segment
 * makes the server decode once, the percent sign is escaped twice.
 *
 * @since 2.0.0
 * @category combinators
 */
export const escapePath = (path: string): string => {
  if (!path.includes("%25")) return path
  const segments = path.split("/").map((segment) => {
    const value = decodeURIComponent(segment)
    return segment.includes("%25")
      ? { escaped: escapeBytes(value), percent: true, decodedOnce: UNESCAPED.test(value) }
      : { escaped: segment, percent: false, decodedOnce: !isCanonical(segment, value) }
  })
  const decodedOnce = segments.some((segment) => segment.decodedOnce)
  return segments
    .map(({ escaped, percent }) => (percent && !decodedOnce ? escaped.replaceAll("%25", "%2525") : escaped))
    .join("/")
}
