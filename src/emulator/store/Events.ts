/**
 * Accepted events: in the order of arrival, by type, and the keys of duplicates.
 */
import type { StoredEvent } from "../metering/StoredEvent.ts"

/** The accepted events of one emulator. */
export interface Events {
  /** Every event, in the order of arrival. */
  readonly log: Array<StoredEvent>
  /** The events of a type, in the order of their time (then of arrival). */
  readonly byType: Map<string, Array<StoredEvent>>
  /** The deduplication keys of everything accepted so far. */
  readonly keys: Set<string>
}

/** No events. */
export const make = (): Events => ({ log: [], byType: new Map(), keys: new Set() })
