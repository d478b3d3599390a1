/**
 * What a runtime is to the command that runs the suite: something to be had, and then to be started.
 */
import type { Outcome } from "../suite/Suite.ts"
import type { Servers } from "./servers.ts"

/** A runtime that is there. */
export interface Installed {
  readonly version: string
  /** Checks the suite by the runtime's own types; rejects with what is wrong. */
  readonly checkTypes: () => Promise<unknown>
  /** Runs the suite against servers of its own. */
  readonly run: (servers: Servers) => Promise<ReadonlyArray<Outcome>>
}

/** A runtime, by its name in the table. */
export interface Runtime {
  readonly name: string
  /** Whether it asks servers for leave before it sends them a header. */
  readonly isBrowser: boolean
  /** Gets the runtime; rejects when it cannot be had. `project` is where the package and the suite are. */
  readonly install: (project: string) => Promise<Installed>
}

/** How long a runtime may take for the whole suite, in milliseconds. */
export const patience = 120_000
