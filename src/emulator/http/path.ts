/**
 * Path parameters, decoded exactly as often as the server decodes them.
 *
 * The server routes on the decoded path when re-escaping it gives back what was sent, and on the path as sent
 * otherwise; then it decodes every parameter once more. So a value is decoded twice when all escapes of the path are
 * needed ones, and once as soon as the path also holds another escape.
 */
import { badRequest } from "../Refusal.ts"

// Paths are handled as bytes (one UTF-16 unit a byte), since an escape may split a character.
const toBytes = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))
const fromBytes = (bytes: string): string =>
  new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))

const invalidEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/s

const unescape = (bytes: string): string =>
  bytes.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

const escape = (bytes: string): string =>
  bytes.replaceAll(
    /[^A-Za-z0-9\-_.~$&+,/:;=@]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`
  )

/** The bytes of a path to route on, or `undefined` for a path that holds no valid escape sequence. */
export const routingPath = (path: string): string | undefined => {
  const sent = toBytes(path)
  if (invalidEscape.test(sent)) return undefined
  const decoded = unescape(sent)
  return escape(decoded) === sent ? decoded : sent
}

/** A path parameter, decoded (once more) from the bytes that were routed on. */
export const parameter = (name: string, bytes: string): string => {
  const broken = invalidEscape.exec(bytes)
  if (broken !== null) {
    throw badRequest(
      `invalid param format ${name}: Invalid format for parameter ${name}: ` +
        `error unescaping path parameter '${name}': invalid URL escape ${JSON.stringify(fromBytes(broken[0]))}`
    )
  }
  return fromBytes(unescape(bytes))
}
