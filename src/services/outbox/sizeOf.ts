/**
 * Size of events.
 *
 * @since 2.0.0
 */
import type { Size } from "../Outbox.ts"

/**
 * Returns the number of events, and of the bytes of their JSON.
 *
 * @internal
 */
export const sizeOf = (events: ReadonlyArray<{ readonly bytes: number }>): Size => {
  let bytes = 0
  for (const event of events) bytes += event.bytes
  return { count: events.length, bytes }
}
