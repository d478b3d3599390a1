/**
 * Taking in CloudEvents: what the server reads of an event that its schema let pass.
 */
import { parseInstant } from "../http/time.ts"
import type { Json, StoredEvent } from "./EventLog.ts"
import * as UriReference from "./uriReference.ts"

/** An event of the structured JSON format whose members have the types of its schema. */
export interface CloudEvent {
  readonly id: string
  readonly source: string
  readonly specversion: string
  readonly type: string
  readonly subject: string
  readonly time?: string | null
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly [attribute: string]: unknown
}

/** An event as it was read: its data may still turn out to be unusable. */
export interface ReadEvent extends Omit<StoredEvent, "data" | "ingestedAt"> {
  readonly data: Json | undefined | typeof unusable
}

/** The data of an event that cannot be stored. */
export const unusable = Symbol("unusable")

/** An event that was read, or why it cannot be. */
export type Reading = { readonly event: ReadEvent } | { readonly error: string }

const attributes = new Set([
  "id",
  "source",
  "specversion",
  "type",
  "subject",
  "time",
  "data",
  "datacontenttype",
  "dataschema"
])

/** What an absent time looks like once it was parsed. */
const zeroTime = Date.parse("0001-01-01T00:00:00Z")

const nameFault =
  "bad key, CloudEvents attribute names MUST consist of lower-case letters ('a' to 'z'), " +
  "upper-case letters ('A' to 'Z') or digits ('0' to '9') from the ASCII character set"

const extensionFault = (name: string, value: unknown): string | undefined => {
  if (!/^[A-Za-z0-9]+$/.test(name)) return nameFault
  if (typeof value !== "object" || value === null) return undefined
  const json = JSON.stringify(value)
  return `invalid CloudEvents value: ${Array.isArray(value) ? `[]interface {}{${json.slice(1, -1)}}` : `map[string]interface {}${json}`}`
}

const decodeBase64 = (text: string): Uint8Array | undefined => {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

const parseJson = (bytes: Uint8Array): Json | typeof unusable => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return unusable
  }
}

/** Reads an event that arrived at an instant. Its time is cut to the second; the instant stands in for a missing one. */
export const read = (input: CloudEvent, now: number): Reading => {
  if (input.specversion !== "1.0" && input.specversion !== "0.3") {
    return { error: `specversion: unknown value: ${input.specversion}\n` }
  }
  const source = UriReference.normalise(input.source)
  if (source === undefined) return { error: `cannot parse uri ref: ${input.source}` }
  const time = input.time == null ? zeroTime : parseInstant(input.time)
  if (time === undefined)
    return { error: `cannot convert ${JSON.stringify(input.time)} to time.Time: not in RFC3339 format` }
  const { data_base64: base64, ...rest } = input
  for (const [name, value] of Object.entries(rest)) {
    const fault = attributes.has(name) ? undefined : extensionFault(name, value)
    if (fault !== undefined) return { error: fault }
  }
  const bytes = typeof base64 === "string" ? decodeBase64(base64) : undefined
  if (base64 !== undefined && bytes === undefined) return { error: "data_base64: illegal base64 data" }
  return {
    event: {
      id: input.id,
      source,
      type: input.type,
      subject: input.subject,
      time: Math.floor((time === zeroTime ? now : time) / 1000) * 1000,
      // The schema let nothing but JSON pass.
      data: bytes === undefined ? (input.data as Json | undefined) : parseJson(bytes)
    }
  }
}
