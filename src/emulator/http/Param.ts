/**
 * Query parameters: how a text becomes a value (binding), and what the request validation requires of it.
 *
 * @example
 * const query = { page: Param.integer({ minimum: 1 }), includeDeleted: Param.boolean, key: Param.string() }
 */
import { parseInstant } from "../instant.ts"
import { badRequest } from "../Refusal.ts"
import * as Json from "./Json.ts"
import type { Query } from "./Query.ts"
import * as QueryPairs from "./Query.ts"
import * as Wire from "./Wire.ts"

/** A query parameter with values of type `A`. */
export interface Param<out A> {
  /** The value; refuses an invalid text. Runs before everything else. */
  readonly bind: (query: Query, name: string) => A
  /** The error that the request validation finds. */
  readonly check: (query: Query, name: string) => Wire.Issue | undefined
}

/** The type of a parameter's values. */
export type Type<P> = P extends Param<infer A> ? A : never

const misformatted = (name: string, why: string) =>
  badRequest(`invalid param format ${name}: Invalid format for parameter ${name}: ${why}`)

// If a scalar is sent twice, only the first one counts.
const scalar = <A>(
  parse: (text: string, name: string) => A,
  check: (value: A, text: string) => Wire.Issue | undefined
): Param<A | undefined> => ({
  bind: (query, name) => {
    const text = QueryPairs.first(query, name)
    return text === undefined ? undefined : parse(text, name)
  },
  check: (query, name) => {
    const text = QueryPairs.first(query, name)
    return text === undefined ? undefined : check(parse(text, name), text)
  }
})

// Who leaves the schema out leaves A at its default, so the casts of the two defaults below hold.

/** A text of the given schema. */
export const string = <A extends string = string>(schema: Wire.Schema<A> = Wire.string() as Wire.Schema<A>) =>
  scalar(
    // Binding takes any text; the validation that follows narrows it.
    (text) => text as A,
    (value) => schema.check(value)
  )

/** A whole number. */
export const integer = (options: Wire.NumberOptions = {}): Param<number | undefined> => {
  const schema = Wire.integer(options)
  return scalar((text, name) => {
    if (!/^[+-]?\d+$/.test(text)) {
      throw misformatted(name, `error binding string parameter: strconv.ParseInt: parsing "${text}": invalid syntax`)
    }
    if (Math.abs(Number(text)) >= 2 ** 63) {
      throw misformatted(
        name,
        `error binding string parameter: strconv.ParseInt: parsing "${text}": value out of range`
      )
    }
    return Number(text)
  }, schema.check)
}

const truths: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(["1", "t", "T", "TRUE", "true", "True"].map((text) => [text, true])),
  ...Object.fromEntries(["0", "f", "F", "FALSE", "false", "False"].map((text) => [text, false]))
}

/** A boolean, in any spelling that the server accepts. */
export const boolean: Param<boolean | undefined> = scalar(
  (text, name) => {
    const value = truths[text]
    if (value === undefined) {
      throw misformatted(name, `error binding string parameter: strconv.ParseBool: parsing "${text}": invalid syntax`)
    }
    return value
  },
  () => undefined
)

/** An instant, with the text that it was sent as. */
export interface DateTime {
  readonly text: string
  /** Epoch milliseconds; finer fractions are cut. */
  readonly instant: number
}

const dateElements = [
  ["2006", /^\d{4}/],
  ["-", /^-/],
  ["01", /^\d{2}/],
  ["-", /^-/],
  ["02", /^\d{2}/]
] as const

// Binding falls back to a plain date and reports why the text is not one of those either.
const notADate = (text: string): string => {
  let rest = text
  for (const [element, pattern] of dateElements) {
    const match = pattern.exec(rest)?.[0]
    if (match === undefined) return `parsing time "${text}" as "2006-01-02": cannot parse "${rest}" as "${element}"`
    if (element === "01" && (match === "00" || match > "12")) return `parsing time "${text}": month out of range`
    rest = rest.slice(match.length)
  }
  return `parsing time "${text}": ${rest === "" ? "day out of range" : `extra text: "${rest}"`}`
}

/** An instant. A plain date is bound too, but the validation refuses it. */
export const dateTime: Param<DateTime | undefined> = scalar(
  (text, name) => {
    const instant = parseInstant(text) ?? parseInstant(`${text}T00:00:00Z`)
    if (instant === undefined) {
      throw misformatted(name, `error parsing '${text}' as RFC3339 or 2006-01-02 time: ${notADate(text)}`)
    }
    return { text, instant }
  },
  (_, text) => Wire.dateTime.check(text)
)

/** A list: the parameter repeats; a comma does not split. */
export const array = <A extends string = string>(
  item: Wire.Schema<A> = Wire.string() as Wire.Schema<A>,
  options: Wire.ArrayOptions = {}
): Param<ReadonlyArray<A> | undefined> => {
  const schema = Wire.array(item, options)
  const values = (query: Query, name: string): ReadonlyArray<string> | undefined => {
    const found = QueryPairs.all(query, name)
    return found.length === 0 ? undefined : found
  }
  return {
    // Binding takes any texts; the validation that follows narrows them.
    bind: (query, name) => values(query, name) as ReadonlyArray<A> | undefined,
    check: (query, name) => {
      const found = values(query, name)
      if (found === undefined) return undefined
      return found.includes("") ? { path: [], reason: "empty value is not allowed" } : schema.check(found)
    }
  }
}

const valueAt = (value: unknown, path: ReadonlyArray<string>): unknown =>
  path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined), value)

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value

// Binding to a typed value fails where a type or an instant is wrong; the validation finds everything else.
const mistyped = (value: unknown, issue: Wire.Issue): string | undefined => {
  const found = valueAt(value, issue.path)
  if (issue.reason.startsWith("value must be")) {
    return `json: cannot unmarshal ${kindOf(found)} into Go struct field .${issue.path.join(".")}`
  }
  if (issue.reason.startsWith(`string doesn't match the format "date-time"`)) {
    return `parsing time "${String(found)}" as "2006-01-02T15:04:05Z07:00": cannot parse "${String(found)}" as "2006"`
  }
  return undefined
}

/** JSON in one parameter. */
export const json = <A>(schema: Wire.Schema<A>): Param<A | undefined> =>
  scalar((text, name) => {
    const decoded = Json.decodeWhole(text)
    const issue = "error" in decoded ? undefined : schema.check(decoded.value)
    const fault = "error" in decoded ? decoded.error : issue && mistyped(decoded.value, issue)
    if ("error" in decoded || fault !== undefined) {
      throw badRequest(`unmarshaling param ${name}: Error unmarshaling parameter ${name} as JSON: ${fault}`)
    }
    // The validation that follows finds what else keeps it from being an A.
    return decoded.value as A
  }, schema.check)

/** A record in brackets: `name[key]=value`, one value a key. */
export const deepObject: Param<Readonly<Record<string, string>> | undefined> = {
  bind: (query, name) => {
    const members = query.flatMap(([key, value]): ReadonlyArray<readonly [string, string]> =>
      key.startsWith(`${name}[`) && key.endsWith("]") ? [[key.slice(name.length + 1, -1), value]] : []
    )
    return members.length === 0 ? undefined : Object.fromEntries(members)
  },
  check: (query, name) => {
    const keys = query.flatMap(([key]) => (key.startsWith(`${name}[`) && key.endsWith("]") ? [key] : []))
    const repeated = keys.find((key, i) => keys.indexOf(key) !== i)
    if (repeated === undefined) return undefined
    return { path: [], reason: `path ${repeated.slice(name.length + 1, -1)}: array items must be set with indexes` }
  }
}

/** The same, but refused when it is not sent. */
export const required = <A>(param: Param<A | undefined>): Param<A> => ({
  ...param,
  bind: (query, name) => {
    const value = param.bind(query, name)
    if (value === undefined) {
      throw badRequest(`required param missing ${name}: Query argument ${name} is required, but not found`)
    }
    return value
  }
})
