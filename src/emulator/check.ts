/**
 * The checks that the arguments of a program pass: each refusal names the argument and what is expected of it.
 *
 * A fault or an option that is silently ignored lets a test pass for the wrong reason, so nothing is.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { InvalidRequestError } from "../errors.ts"

/** The error of an argument that is wrong. `call` is the function it was given to. */
export const invalid = (call: string, field: string, reason: string): InvalidRequestError =>
  new InvalidRequestError({ operation: call, method: "", url: "", field, message: `${call}: ${field} ${reason}` })

const describe = (value: unknown): string => {
  if (Predicate.isString(value)) return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (Predicate.isFunction(value)) return "a function"
  if (Array.isArray(value)) return "an array"
  return Predicate.isObject(value) ? "an object" : String(value)
}

/** The error of an argument that is not what is expected. */
export const unexpected = (call: string, field: string, expected: string, value: unknown): InvalidRequestError =>
  invalid(call, field, `must be ${expected}, not ${describe(value)}`)

/** How many letters have to be put in, left out or changed to make one word of another. */
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

/** The known name that a misspelt one most likely stands for, if there is one that is near enough. */
export const nearest = (name: string, known: ReadonlyArray<string>): string | undefined => {
  const [best] = known
    .map((candidate) => ({ candidate, letters: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.letters - b.letters)
  return best !== undefined && best.letters <= Math.max(1, name.length / 3) ? best.candidate : undefined
}

/** Why a name is refused that is none of the known ones. */
export const unknown = (name: string, kind: string, known: ReadonlyArray<string>): string => {
  const meant = nearest(name, known)
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`
  return `is not a known ${kind}${hint}; the ${kind}s are ${known.join(", ")}`
}

/** Refuses what is no object, and a member of it that is none of the known ones. */
export const members = (call: string, field: string, input: unknown, names: ReadonlyArray<string>): void => {
  if (!Predicate.isObject(input)) throw unexpected(call, field, "an object", input)
  for (const name of Object.keys(input)) {
    if (!names.includes(name)) throw invalid(call, `${field}.${name}`, unknown(name, "option", names))
  }
}

/** Refuses what is no integer of a range. */
export const integer = (call: string, field: string, input: unknown, minimum: number, maximum: number): void => {
  if (Number.isSafeInteger(input) && Number(input) >= minimum && Number(input) <= maximum) return
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  throw unexpected(call, field, `an integer ${range}`, input)
}

/** Refuses what is no number from 0 to 1. */
export const probability = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isNumber(input) || !(input >= 0 && input <= 1)) {
    throw unexpected(call, field, "a number from 0 to 1", input)
  }
}

/** Refuses what is no text of at least one character. */
export const nonEmpty = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isString(input) || input === "") throw unexpected(call, field, "a non-empty string", input)
}

/** Refuses what is no function. */
export const callback = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isFunction(input)) throw unexpected(call, field, "a function", input)
}

const units = new Set(["weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds", "nanoseconds"])

// To Effect an object without any unit is no time at all, and so is NaN.
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

/** Checks a finite duration, negative ones included, and turns it into milliseconds. */
export const shift = (call: string, field: string, input: unknown): number => {
  const value = millis(input)
  if (!Number.isFinite(value)) throw unexpected(call, field, `a finite duration, ${example}`, input)
  return value
}

/** Checks a duration of zero or more, and turns it into milliseconds. */
export const duration = (call: string, field: string, input: unknown): number => {
  const value = millis(input)
  if (!(value >= 0)) throw unexpected(call, field, `a duration of zero or more, ${example}`, input)
  return value
}

/** Checks a finite duration of zero or more, and turns it into milliseconds. */
export const wait = (call: string, field: string, input: unknown): number => {
  const value = millis(input)
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw unexpected(call, field, `a finite duration of zero or more, ${example}`, input)
  }
  return value
}

/** What an error says, whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Runs a check that throws as an effect that fails. */
export const run = <A>(checked: () => A): Effect.Effect<A, InvalidRequestError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(checked())
    } catch (error) {
      return error instanceof InvalidRequestError ? Effect.fail(error) : Effect.die(error)
    }
  })
