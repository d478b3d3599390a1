/**
 * The metrics of buffers: those of one program add up.
 *
 * @since 2.0.0
 */
import * as Metric from "effect/Metric"

/**
 * How many events buffers were offered: the sum of those in {@link settledEvents} and {@link pendingEvents}.
 *
 * @since 2.0.0
 * @category metrics
 */
export const offeredEvents = Metric.counter("openmeter.buffer.offered", {
  description: "Events offered, or found in an outbox"
})

/**
 * How many events came to an end, by `outcome`: `delivered`, `rejected`, `dropped` or `unknown`.
 *
 * @since 2.0.0
 * @category metrics
 */
export const settledEvents = Metric.counter("openmeter.buffer.settled", {
  description: "Events of which the fate is known",
  incremental: true
})

/**
 * How many events are neither delivered nor given up.
 *
 * @since 2.0.0
 * @category metrics
 */
export const pendingEvents = Metric.gauge("openmeter.buffer.pending", {
  description: "Events of which the fate is open"
})

/**
 * How many bytes of JSON those events have.
 *
 * @since 2.0.0
 * @category metrics
 */
export const pendingBytes = Metric.gauge("openmeter.buffer.pending.bytes", {
  description: "Bytes of the events of which the fate is open",
  attributes: { unit: "By" }
})

/**
 * {@link settledEvents} by outcome.
 *
 * @internal
 */
export const settled = {
  delivered: Metric.withAttributes(settledEvents, { outcome: "delivered" }),
  rejected: Metric.withAttributes(settledEvents, { outcome: "rejected" }),
  dropped: Metric.withAttributes(settledEvents, { outcome: "dropped" }),
  unknown: Metric.withAttributes(settledEvents, { outcome: "unknown" })
}
