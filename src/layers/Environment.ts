/**
 * Options that a program's environment holds.
 *
 * @since 2.0.0
 */
import * as Config from "effect/Config"
import type { Options } from "./Options.ts"

const optional = <A>(config: Config.Config<A>): Config.Config<A | undefined> =>
  Config.withDefault(config, undefined as A | undefined)

/**
 * Where each option is read from: `OPENMETER_BASE_URL`, `OPENMETER_API_KEY`, `OPENMETER_USERNAME`,
 * `OPENMETER_PASSWORD`, `OPENMETER_ATTEMPT_TIMEOUT` and `OPENMETER_TIMEOUT` (such as `30 seconds`).
 *
 * @since 2.0.0
 * @category config
 */
export const environment = {
  baseUrl: Config.NonEmptyString("OPENMETER_BASE_URL"),
  apiKey: optional(Config.Redacted("OPENMETER_API_KEY")),
  username: optional(Config.NonEmptyString("OPENMETER_USERNAME")),
  password: optional(Config.Redacted("OPENMETER_PASSWORD")),
  attemptTimeout: optional(Config.Duration("OPENMETER_ATTEMPT_TIMEOUT")),
  timeout: optional(Config.Duration("OPENMETER_TIMEOUT"))
} satisfies { readonly [K in keyof Options]: Config.Config<Options[K]> }
