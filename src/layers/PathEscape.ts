/**
 * How a value is written into a path so that the server reads it back unchanged.
 *
 * @since 2.0.0
 */

/** What a Go server leaves unescaped in a path: such a server wrote these rules. */
const UNESCAPED = /[A-Za-z0-9\-_.~$&+,/:;=@]/

const escapeBytes = (text: string): string => {
  let escaped = ""
  for (const byte of new TextEncoder().encode(text)) escaped += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
  return escaped
}

/** Whether a Go server would write the value with just these escapes. */
const isCanonical = (segment: string, value: string): boolean =>
  Array.from(value, (character) => (UNESCAPED.test(character) ? character : escapeBytes(character))).join("") ===
  segment

/**
 * Rewrites the segments of an escaped path that hold a percent sign.
 *
 * The server decodes a path twice when it holds no other escapes than the ones that Go itself would write, and once
 * as soon as it holds another, in whichever segment. A value with a percent sign is the only one that reads
 * differently. It is written with every byte escaped, which makes the server decode once, unless all of its characters
 * need an escape anyway: then, where no other segment makes the server decode once, the percent sign is escaped twice.
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
