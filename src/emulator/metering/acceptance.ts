/**
 * Accepting CloudEvents: what the server makes of an event that has passed its schema.
 */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { floorToSecond, parseInstant, zeroInstant } from "../instant.ts"
import type { Json, StoredEvent } from "./EventLog.ts"
import * as UriReference from "./uriReference.ts"

/** An event of the structured JSON format whose members have the types that the schema requires. */
export interface CloudEvent {
  readonly id: string
  readonly source: string
  readonly specversion: string
  readonly type: string
  readonly subject: string
  readonly time?: string | null | undefined
  readonly data?: Readonly<Record<string, unknown>> | null | undefined
}

/** Stands for data that turned out not to be JSON: the server notices only when it is about to store the event. */
export const unusable = Symbol("unusable")

/** An event as it was read. */
export interface ReadEvent extends Omit<StoredEvent, "data" | "ingestedAt"> {
  readonly data: Json | undefined | typeof unusable
}

const attributes = new Set([
  "id",
  "source",
  "specversion",
  "type",
  "subject",
  "time",
  "data",
  "data_base64",
  "datacontenttype",
  "dataschema"
])

const nameFault =
  "bad key, CloudEvents attribute names MUST consist of lower-case letters ('a' to 'z'), " +
  "upper-case letters ('A' to 'Z') or digits ('0' to '9') from the ASCII character set"

const valueFault = (value: object): string => {
  const json = JSON.stringify(value)
  const text = Array.isArray(value) ? `[]interface {}{${json.slice(1, -1)}}` : `map[string]interface {}${json}`
  return `invalid CloudEvents value: ${text}`
}

// Extensions are held against the rules of CloudEvents, and then dropped.
const extensionFault = (name: string, value: unknown): string | undefined => {
  if (!/^[A-Za-z0-9]+$/.test(name)) return nameFault
  return typeof value === "object" && value !== null ? valueFault(value) : undefined
}

const parseJson = (text: string): Json | typeof unusable => {
  try {
    return JSON.parse(text)
  } catch {
    return unusable
  }
}

const timeOf = (text: string | null | undefined, now: number): number | undefined => {
  const time = text == null ? zeroInstant : parseInstant(text)
  return time === zeroInstant ? now : time
}

const dataOf = (input: CloudEvent, base64: unknown): Result.Result<ReadEvent["data"], string> => {
  // The schema let nothing but JSON pass.
  if (base64 === undefined) return Result.succeed(input.data as Json | undefined)
  if (typeof base64 !== "string") return Result.fail("data_base64: value must be a string")
  return Result.mapBoth(Base64.decodeString(base64), {
    onFailure: () => "data_base64: illegal base64 data",
    onSuccess: parseJson
  })
}

/**
 * Reads an event that arrived at an instant, or reports why it is invalid. Its time is truncated to the second; if it
 * has none, it gets the instant of arrival.
 */
export const read = (input: CloudEvent, now: number): Result.Result<ReadEvent, string> => {
  if (input.specversion !== "1.0" && input.specversion !== "0.3") {
    return Result.fail(`specversion: unknown value: ${input.specversion}\n`)
  }
  const source = UriReference.normalise(input.source)
  if (source === undefined) return Result.fail(`cannot parse uri ref: ${input.source}`)
  const time = timeOf(input.time, now)
  if (time === undefined) {
    return Result.fail(`cannot convert ${JSON.stringify(input.time)} to time.Time: not in RFC3339 format`)
  }
  for (const [name, value] of Object.entries(input)) {
    const fault = attributes.has(name) ? undefined : extensionFault(name, value)
    if (fault !== undefined) return Result.fail(fault)
  }
  return Result.map(dataOf(input, Reflect.get(input, "data_base64")), (data) => ({
    id: input.id,
    source,
    type: input.type,
    subject: input.subject,
    time: floorToSecond(time),
    data
  }))
}
