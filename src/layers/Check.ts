/**
 * The checks that options pass before anything is built on them: each names the option that is wrong.
 *
 * @since 2.0.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { InvalidRequestError } from "../errors.ts"

/**
 * The error of an option that is wrong.
 *
 * @internal
 */
export const invalid = (field: string, reason: string): InvalidRequestError =>
  new InvalidRequestError({
    operation: "configure",
    method: "",
    url: "",
    field,
    message: `OpenMeter options: ${field} ${reason}`
  })

/** The same secret by the names that it has in the Promise API, and in effects and the environment. */
const aliases: Readonly<Record<string, string>> = { token: "apiKey", apiKey: "token" }

/**
 * Refuses a member that is none of the known ones.
 *
 * @internal
 */
export const refuseUnknown = (options: object, names: ReadonlyArray<string>, prefix: string = ""): void => {
  for (const name of Object.keys(options)) {
    if (names.includes(name)) continue
    const meant = names.find((known) => known === aliases[name] || known.toLowerCase() === name.toLowerCase())
    const hint = meant === undefined ? `the options are ${names.join(", ")}` : `did you mean ${prefix}${meant}?`
    throw invalid(prefix + name, `is not a known option; ${hint}`)
  }
}

/**
 * Checks that an argument of options is an object, and that it holds none but the known ones.
 *
 * @internal
 */
export const options = (input: unknown, names: ReadonlyArray<string>): void => {
  if (!Predicate.isObject(input)) throw invalid("options", "must be an object")
  refuseUnknown(input, names)
}

/**
 * Refuses what is no object, and a member of it that is none of the known ones.
 *
 * @internal
 */
export const members = (field: string, options: unknown, names: ReadonlyArray<string>): void => {
  if (!Predicate.isObject(options)) throw invalid(field, "must be an object")
  refuseUnknown(options, names, `${field}.`)
}

/** The longest time in milliseconds: timers of JavaScript runtimes go no further. */
const MAX_DURATION = 2 ** 31 - 1

/** In milliseconds. What is no duration is `NaN`. */
const millisecondsOf = (input: unknown): number => {
  const parsed = Duration.fromInput(input as Duration.Input)
  return Option.isNone(parsed) ? Number.NaN : Duration.toMillis(parsed.value)
}

const examples = 'such as 5000 (milliseconds) or "5 seconds"'

/**
 * Checks a time limit that a program gives, and turns it into milliseconds. `Infinity` is no limit.
 *
 * @internal
 */
export const timeLimit = (field: string, input: unknown): number => {
  const milliseconds = millisecondsOf(input)
  if (!(milliseconds > 0)) throw invalid(field, `must be a positive duration, ${examples}`)
  return milliseconds === Number.POSITIVE_INFINITY ? milliseconds : Math.min(milliseconds, MAX_DURATION)
}

/**
 * Checks a positive duration that a program gives, and turns it into milliseconds.
 *
 * @internal
 */
export const duration = (field: string, input: unknown): number => Math.min(timeLimit(field, input), MAX_DURATION)

/**
 * Checks a duration that a program gives, zero included, and turns it into milliseconds.
 *
 * @internal
 */
export const wait = (field: string, input: unknown): number => {
  const milliseconds = millisecondsOf(input)
  if (!(milliseconds >= 0)) throw invalid(field, `must be a duration of zero or more, ${examples}`)
  return Math.min(milliseconds, MAX_DURATION)
}

/**
 * Checks a whole number that a program gives.
 *
 * @internal
 */
export const whole = (
  field: string,
  input: unknown,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER
): number => {
  if (!Predicate.isNumber(input) || !Number.isSafeInteger(input) || input < minimum || input > maximum) {
    const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
    throw invalid(field, `must be an integer ${range}`)
  }
  return input
}

/**
 * Checks a name that a program gives.
 *
 * @internal
 */
export const name = (field: string, input: unknown): string => {
  if (!Predicate.isString(input) || input === "") throw invalid(field, "must be a non-empty string")
  return input
}

/**
 * Runs a check that throws as an effect that fails.
 *
 * @internal
 */
export const run = <A>(resolved: () => A): Effect.Effect<A, InvalidRequestError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(resolved())
    } catch (error) {
      return error instanceof InvalidRequestError ? Effect.fail(error) : Effect.die(error)
    }
  })
