/**
 * Checks of arguments. Each error names the argument and says what is expected.
 *
 * A misspelt option or a fault that is never in effect would let a test pass for the wrong reason.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { InvalidRequestError } from "../errors.ts"

/** The error for an invalid argument. `call` is the function that received it. */
export const invalid = (call: string, field: string, reason: string): InvalidRequestError =>
  new InvalidRequestError({ operation: call, method: "", url: "", field, message: `${call}: ${field} ${reason}` })

const describe = (value: unknown): string => {
  if (Predicate.isString(value)) return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (Predicate.isFunction(value)) return "a function"
  if (Array.isArray(value)) return "an array"
  return Predicate.isObject(value) ? "an object" : String(value)
}

/** The error for an argument that is not what was expected. */
export const unexpected = (call: string, field: string, expected: string, value: unknown): InvalidRequestError =>
  invalid(call, field, `must be ${expected}, not ${describe(value)}`)

/** The Levenshtein distance. */
const distance = (self: string, that: string): number => {
  let row = Array.from({ length: that.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...self].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...that].entries()) {
      next.push(Math.min(row[j]! + (letter === other ? 0 : 1), row[j + 1]! + 1, next[j]! + 1))
    }
    row = next
  }
  return row[that.length]!
}

/** The known name that a misspelt one most likely means, if one is close enough. */
export const nearest = (name: string, known: ReadonlyArray<string>): string | undefined => {
  const [best] = known
    .map((candidate) => ({ candidate, letters: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.letters - b.letters)
  return best !== undefined && best.letters <= Math.max(1, name.length / 3) ? best.candidate : undefined
}

/** Why an unknown name is refused. */
export const unknown = (name: string, kind: string, known: ReadonlyArray<string>): string => {
  const meant = nearest(name, known)
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`
  return `is not a known ${kind}${hint}; the ${kind}s are ${known.join(", ")}`
}

/** Requires an object with no members but the known ones. */
export const members = (call: string, field: string, input: unknown, names: ReadonlyArray<string>): void => {
  if (!Predicate.isObject(input)) throw unexpected(call, field, "an object", input)
  for (const name of Object.keys(input)) {
    if (!names.includes(name)) throw invalid(call, `${field}.${name}`, unknown(name, "option", names))
  }
}

/** Requires an integer in a range, both ends included. */
export const integer = (call: string, field: string, input: unknown, minimum: number, maximum: number): void => {
  if (Number.isSafeInteger(input) && Number(input) >= minimum && Number(input) <= maximum) return
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  throw unexpected(call, field, `an integer ${range}`, input)
}

/** Requires a number from 0 to 1. */
export const probability = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isNumber(input) || !(input >= 0 && input <= 1)) {
    throw unexpected(call, field, "a number from 0 to 1", input)
  }
}

/** Requires a non-empty string. */
export const nonEmpty = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isString(input) || input === "") throw unexpected(call, field, "a non-empty string", input)
}

/** Requires a function. */
export const callback = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isFunction(input)) throw unexpected(call, field, "a function", input)
}

const units = new Set(["weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"])

// Effect reads NaN, and an object without any unit, as zero.
const isBlank = (input: unknown): boolean => {
  if (!Predicate.isObject(input) || Duration.isDuration(input)) return Number.isNaN(input)
  const names = Object.keys(input)
  return names.length === 0 || names.some((name) => !units.has(name))
}

const example = `such as 500 (milliseconds) or "5 seconds"`

const millis = (input: unknown): number => {
  const parsed = isBlank(input) ? Option.none() : Duration.fromInput(input as Duration.Input)
  return Option.isNone(parsed) ? Number.NaN : Duration.toMillis(parsed.value)
}

/** Requires a finite duration, which may be negative, and converts it to milliseconds. */
export const shift = (call: string, field: string, input: unknown): number => {
  const value = millis(input)
  if (!Number.isFinite(value)) throw unexpected(call, field, `a finite duration, ${example}`, input)
  return value
}

/** Requires a duration of zero or more, and converts it to milliseconds. */
export const duration = (call: string, field: string, input: unknown): number => {
  const value = millis(input)
  if (!(value >= 0)) throw unexpected(call, field, `a duration of zero or more, ${example}`, input)
  return value
}

/** Requires a finite duration of zero or more, and converts it to milliseconds. */
export const wait = (call: string, field: string, input: unknown): number => {
  const value = millis(input)
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw unexpected(call, field, `a finite duration of zero or more, ${example}`, input)
  }
  return value
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Turns a check that throws into an effect that fails. */
export const run = <A>(checked: () => A): Effect.Effect<A, InvalidRequestError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(checked())
    } catch (error) {
      return error instanceof InvalidRequestError ? Effect.fail(error) : Effect.die(error)
    }
  })
