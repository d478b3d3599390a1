/**
 * The last word of a process that ends before its buffers were closed.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"

const buffers = new Set<() => number>()
let isListening = false

const warn = () => {
  let lost = 0
  for (const pending of buffers) lost += pending()
  if (lost === 0) return
  // A log might be written too late: only what is synchronous still happens.
  console.error(
    `@openmeter/sdk: the process ends with ${lost} undelivered ${lost === 1 ? "event" : "events"} in a buffer that was ` +
      "never closed: they are lost. Close the buffer, or its scope, before the process ends."
  )
}

/** Only Node and what is like it tell when the process ends. */
const listen = () => {
  const { process } = globalThis
  if (typeof process !== "undefined" && Predicate.isFunction(process.on)) process.on("exit", warn)
}

/**
 * Warns at the exit of the process if a buffer still holds events then. Gives what takes the warning back.
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
