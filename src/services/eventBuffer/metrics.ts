/**
 * Metrics of event buffers. The buffers of a program add up.
 *
 * @since 2.0.0
 */
import * as Metric from "effect/Metric"

/**
 * Number of events offered: the sum of {@link settledEvents} and {@link pendingEvents}.
 *
 * @since 2.0.0
 * @category metrics
 */
export const offeredEvents = Metric.counter("openmeter.buffer.offered", {
  description: "Number of events offered, or found in an outbox"
})

/**
 * Number of events with an outcome, by `outcome`: `delivered`, `rejected`, `dropped` or `unknown`.
 *
 * @since 2.0.0
 * @category metrics
 */
export const settledEvents = Metric.counter("openmeter.buffer.settled", {
  description: "Number of events with a known outcome",
  incremental: true
})

/**
 * Number of events without an outcome yet.
 *
 * @since 2.0.0
 * @category metrics
 */
export const pendingEvents = Metric.gauge("openmeter.buffer.pending", {
  description: "Number of events without an outcome yet"
})

/**
 * Size of the pending events, in bytes of JSON.
 *
 * @since 2.0.0
 * @category metrics
 */
export const pendingBytes = Metric.gauge("openmeter.buffer.pending.bytes", {
  description: "Size of the events without an outcome yet",
  attributes: { unit: "By" }
})

/**
 * {@link settledEvents}, by outcome.
 *
 * @internal
 */
export const settled = {
  delivered: Metric.withAttributes(settledEvents, { outcome: "delivered" }),
  rejected: Metric.withAttributes(settledEvents, { outcome: "rejected" }),
  dropped: Metric.withAttributes(settledEvents, { outcome: "dropped" }),
  unknown: Metric.withAttributes(settledEvents, { outcome: "unknown" })
}
