/**
 * Options from environment variables.
 *
 * @since 2.0.0
 */
import * as Config from "effect/Config"
import { SourceError } from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type { InvalidRequestError } from "../errors.ts"
import * as Check from "./Check.ts"
import type { Options } from "./Options.ts"

/** Environment variable of each option, used in errors. */
const variables = {
  baseUrl: "OPENMETER_BASE_URL",
  apiKey: "OPENMETER_API_KEY",
  username: "OPENMETER_USERNAME",
  password: "OPENMETER_PASSWORD",
  headers: "OPENMETER_HEADERS",
  attemptTimeout: "OPENMETER_ATTEMPT_TIMEOUT",
  timeout: "OPENMETER_TIMEOUT",
  "retry.times": "OPENMETER_RETRY_TIMES",
  "retry.baseDelay": "OPENMETER_RETRY_BASE_DELAY",
  "retry.maxDelay": "OPENMETER_RETRY_MAX_DELAY",
  "retry.maxRetryAfter": "OPENMETER_RETRY_MAX_RETRY_AFTER",
  "retryBudget.capacity": "OPENMETER_RETRY_BUDGET_CAPACITY",
  "retryBudget.cost": "OPENMETER_RETRY_BUDGET_COST",
  "retryBudget.gain": "OPENMETER_RETRY_BUDGET_GAIN",
  concurrency: "OPENMETER_CONCURRENCY"
} as const

const optional = <A>(config: Config.Config<A>): Config.Config<A | undefined> =>
  Config.withDefault(config, undefined as A | undefined)

/** An integer, or `false` for no limit. */
const limit = (name: string): Config.Config<number | false> =>
  Config.map(Config.schema(Schema.Union([Schema.Literal("false"), Schema.Int]), name), (value) =>
    value === "false" ? false : value
  )

const configError = (message: string) => new Config.ConfigError(new SourceError({ message }))

/** A plain number is a number of milliseconds, as in options. */
const duration = (name: string): Config.Config<Duration.Duration> =>
  Config.mapEffect(Config.NonEmptyString(name), (text) => {
    const input = /^\d+$/.test(text) ? Number(text) : (text as Duration.Input)
    return Option.match(Duration.fromInput(input), {
      onNone: () => Effect.fail(configError(`${name} must be a duration, such as 5000 (milliseconds) or "5 seconds"`)),
      onSome: Effect.succeed
    })
  })

/** Reads `name=value,name=value` with percent-encoded values, without quoting any of it in an error. */
const parseHeaders = (text: Redacted.Redacted): Effect.Effect<Record<string, Redacted.Redacted>, Config.ConfigError> =>
  Effect.try({
    try: () => {
      const headers: Record<string, Redacted.Redacted> = {}
      for (const part of Redacted.value(text).split(",")) {
        const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(part) ?? []
        if (name === undefined || value === undefined) throw new Error("no name")
        headers[name] = Redacted.make(decodeURIComponent(value), { label: name })
      }
      return headers
    },
    catch: () => configError(`${variables.headers} must be name=value,name=value with percent-encoded values`)
  })

/**
 * The configuration of each option.
 *
 * Durations are written like `30 seconds`, `30000` (milliseconds) or `Infinity`. `OPENMETER_HEADERS` is
 * `name=value,name=value` with percent-encoded values. `OPENMETER_CONCURRENCY` and `OPENMETER_RETRY_BUDGET_CAPACITY`
 * are a number, or `false` for no limit.
 *
 * @since 2.0.0
 * @category config
 */
export const environment = {
  baseUrl: Config.NonEmptyString(variables.baseUrl),
  apiKey: optional(Config.Redacted(variables.apiKey)),
  username: optional(Config.NonEmptyString(variables.username)),
  password: optional(Config.Redacted(variables.password)),
  headers: optional(Config.mapEffect(Config.Redacted(variables.headers), parseHeaders)),
  attemptTimeout: optional(duration(variables.attemptTimeout)),
  timeout: optional(duration(variables.timeout)),
  retry: Config.all({
    times: optional(Config.Int(variables["retry.times"])),
    baseDelay: optional(duration(variables["retry.baseDelay"])),
    maxDelay: optional(duration(variables["retry.maxDelay"])),
    maxRetryAfter: optional(duration(variables["retry.maxRetryAfter"]))
  }),
  retryBudget: Config.map(
    Config.all({
      capacity: optional(limit(variables["retryBudget.capacity"])),
      cost: optional(Config.Int(variables["retryBudget.cost"])),
      gain: optional(Config.Int(variables["retryBudget.gain"]))
    }),
    ({ capacity, cost, gain }) => {
      if (capacity === false) return false
      return capacity === undefined && cost === undefined && gain === undefined ? undefined : { capacity, cost, gain }
    }
  ),
  concurrency: optional(limit(variables.concurrency))
} satisfies { readonly [K in keyof Options]-?: Config.Config<Options[K]> }

/**
 * Names the environment variable in the error, if the invalid option was read from one.
 *
 * @param given - options that were not read from the environment
 * @internal
 */
export const byVariable = (error: InvalidRequestError, given: object): InvalidRequestError => {
  const { field, message } = error
  const [option = ""] = field.split(".")
  const name = option === "headers" ? option : field
  if (option in given || !(name in variables)) return error
  const reason = message.slice(message.indexOf(field) + field.length).trimStart()
  const header = field.slice(name.length + 1)
  return Check.invalid(variables[name as keyof typeof variables], header === "" ? reason : `(${header}) ${reason}`)
}
