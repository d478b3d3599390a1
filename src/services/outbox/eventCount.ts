/**
 * Event counts in messages.
 *
 * @since 2.0.0
 */

/**
 * Returns a number of events in words: `1 event`, `2 events`.
 *
 * @internal
 */
export const eventCount = (count: number): string => `${count} ${count === 1 ? "event" : "events"}`
