/**
 * Cursors of event lists: base64 of the time and the id of the last event of a page.
 */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { formatInstant, parseInstant } from "../instant.ts"
import { compareCodePoints } from "../codePoints.ts"
import type { StoredEvent } from "./EventLog.ts"

/** The place in a list, newest first, after which a page begins. */
export interface Cursor {
  /** Epoch milliseconds. */
  readonly time: number
  readonly id: string
}

/** The cursor of the page after an event. */
export const encode = (last: StoredEvent): string => Base64.encode(`${formatInstant(last.time)},${last.id}`)

// Where decoding stops: at the first strange character, else at the beginning of the incomplete last group of four.
const stop = (text: string): number => {
  const strange = text.replace(/={1,2}$/, "").search(/[^A-Za-z0-9+/]/)
  return strange < 0 ? text.length - (text.length % 4) : strange
}

/** Parses a cursor, or reports what is wrong with it. */
export const decode = (text: string): Result.Result<Cursor, string> => {
  if (text === "") return Result.fail("text is empty")
  const decoded = Result.getOrUndefined(Base64.decodeString(text))
  if (decoded === undefined) return Result.fail(`decode cursor: illegal base64 data at input byte ${stop(text)}`)
  const comma = decoded.indexOf(",")
  if (comma < 0) return Result.fail("cursor is invalid: no delimiter found")
  const [time, id] = [decoded.slice(0, comma), decoded.slice(comma + 1)]
  const instant = parseInstant(time)
  if (instant === undefined) return Result.fail(`cursor timestamp is invalid: cannot parse ${JSON.stringify(time)}`)
  return id === "" ? Result.fail("cursor id is empty") : Result.succeed({ time: instant, id })
}

/** Whether an event comes after a cursor. */
export const isBefore = (cursor: Cursor, event: StoredEvent): boolean =>
  event.time < cursor.time || (event.time === cursor.time && compareCodePoints(event.id, cursor.id) < 0)
