/**
 * Identifiers: ULIDs from the clock and a counter, so that they are unique and reproducible.
 */
import type { State } from "./State.ts"

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const encode = (value: number, length: number): string => {
  let text = ""
  for (let rest = value; text.length < length; rest = Math.floor(rest / 32)) text = alphabet.charAt(rest % 32) + text
  return text
}

/** A new ULID; later ones sort after it, even within one millisecond. */
export const nextUlid = (state: State, now: number): string => {
  state.identifiers += 1
  return encode(now, 10) + encode(state.identifiers, 16)
}

/** Whether a text has the shape of a ULID (in either case, as the server takes it). */
export const isUlid = (text: string): boolean => /^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/.test(text)
