/**
 * Validation of options before anything is built from them. Each error names the invalid option.
 *
 * @since 2.0.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import { InvalidRequestError } from "../errors.ts"

/**
 * Creates the error of an invalid option.
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

/** The Promise API calls the API key `token`, all others call it `apiKey`. */
const aliases: Readonly<Record<string, string>> = { token: "apiKey", apiKey: "token" }

/**
 * Rejects options with unknown names.
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
 * Checks that `options` is an object with known names only.
 *
 * @internal
 */
export const options = (input: unknown, names: ReadonlyArray<string>): void => {
  if (!Predicate.isObject(input)) throw invalid("options", "must be an object")
  refuseUnknown(input, names)
}

/**
 * Checks that an option is an object with known names only.
 *
 * @internal
 */
export const members = (field: string, options: unknown, names: ReadonlyArray<string>): void => {
  if (!Predicate.isObject(options)) throw invalid(field, "must be an object")
  refuseUnknown(options, names, `${field}.`)
}

/** Maximum delay of JavaScript timers, in milliseconds. */
const MAX_DURATION = 2 ** 31 - 1

/** Converts a duration to milliseconds. Invalid durations give `NaN`. */
const millisecondsOf = (input: unknown): number => {
  const parsed = Duration.fromInput(input as Duration.Input)
  return Option.isNone(parsed) ? Number.NaN : Duration.toMillis(parsed.value)
}

const examples = 'such as 5000 (milliseconds) or "5 seconds"'

/**
 * Checks a time limit, and converts it to milliseconds. `Infinity` stands for no limit.
 *
 * @internal
 */
export const timeLimit = (field: string, input: unknown): number => {
  const milliseconds = millisecondsOf(input)
  if (!(milliseconds > 0)) throw invalid(field, `must be a positive duration, ${examples}`)
  return milliseconds === Number.POSITIVE_INFINITY ? milliseconds : Math.min(milliseconds, MAX_DURATION)
}

/**
 * Checks a positive duration, and converts it to milliseconds.
 *
 * @internal
 */
export const duration = (field: string, input: unknown): number => Math.min(timeLimit(field, input), MAX_DURATION)

/**
 * Checks a duration that may be zero, and converts it to milliseconds.
 *
 * @internal
 */
export const wait = (field: string, input: unknown): number => {
  const milliseconds = millisecondsOf(input)
  if (!(milliseconds >= 0)) throw invalid(field, `must be a duration of zero or more, ${examples}`)
  return Math.min(milliseconds, MAX_DURATION)
}

/**
 * Checks an integer.
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
 * Checks a name.
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
