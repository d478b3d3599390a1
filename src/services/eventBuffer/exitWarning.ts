/**
 * Warning of a process that exits without closing its buffers.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"
import { eventCount } from "../outbox/eventCount.ts"

const buffers = new Set<() => number>()
let isListening = false

const warn = () => {
  let lost = 0
  for (const pending of buffers) lost += pending()
  if (lost === 0) return
  // A log might be written too late: at exit, only synchronous code still runs.
  console.error(
    `@openmeter/sdk: the process is exiting with ${eventCount(lost)} undelivered in a buffer that was ` +
      "never closed: they are lost. Close the buffer, or its scope, before the process exits."
  )
}

/** Only Node and compatible runtimes report the exit of the process. */
const listen = () => {
  const { process } = globalThis
  if (typeof process !== "undefined" && Predicate.isFunction(process.on)) process.on("exit", warn)
}

/**
 * Warns at the exit of the process if a buffer still holds events. Returns a function that cancels the warning.
 *
 * @internal
 */
export const watch = (pending: () => number): (() => void) => {
  if (!isListening) {
    isListening = true
    listen()
  }
  buffers.add(pending)
  return () => void buffers.delete(pending)
}
