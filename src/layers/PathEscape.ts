/**
 * How a value is written into a path so that the server reads it back unchanged.
 *
 * @since 2.0.0
 */

/** What a Go server leaves unescaped in a path: such a server wrote these rules. */
const UNESCAPED = /[A-Za-z0-9\-_.~$&+,/:;=@]/

const everyByte = (value: string): string => {
  let escaped = ""
  for (const byte of new TextEncoder().encode(value)) escaped += `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
  return escaped
}

/**
 * Rewrites the segments of an escaped path that hold a percent sign.
 *
 * The server decodes a path twice when it holds no other escapes than the ones that Go itself would write, and once
 * as soon as it holds another. A value with a percent sign is the only one that reads differently: it is written with
 * every byte escaped, which makes the server decode once, or, where all of its characters need an escape anyway, with
 * the percent sign escaped twice.
 *
 * @since 2.0.0
 * @category combinators
 */
export const escapePath = (path: string): string =>
  path.includes("%25")
    ? path
        .split("/")
        .map((segment) => {
          if (!segment.includes("%25")) return segment
          const value = decodeURIComponent(segment)
          return UNESCAPED.test(value) ? everyByte(value) : everyByte(value).replaceAll("%25", "%2525")
        })
        .join("/")
    : path
