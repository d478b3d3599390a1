/**
 * What a program says of its buffer.
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Check from "../../layers/Check.ts"
import type { Event } from "../../schemas/Event.ts"
import { keyOf, type KeyOf } from "../outbox/orderBy.ts"
import type { DeadLetter } from "./Outcome.ts"

/**
 * What happens to an event for which there is no room: the program waits (`backpressure`), its offer fails (`fail`), the
 * event is dropped (`dropNewest`), or those that wait longest are dropped for it (`dropOldest`).
 *
 * @since 2.0.0
 * @category models
 */
export type Overflow = "backpressure" | "fail" | "dropNewest" | "dropOldest"

/**
 * What a program says of its buffer.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventBufferOptions {
  /** How many events may be pending, at least 1. Default: what the outbox holds, 100,000 in memory. */
  readonly maxCount?: number | undefined
  /** How many bytes of JSON may be pending, at least 1. Default: what the outbox holds, 64 MiB in memory. */
  readonly maxBytes?: number | undefined
  /** What happens to an event for which there is no room. Default: `backpressure`. */
  readonly overflow?: Overflow | undefined
  /** How many events a batch holds at the most, 1 to 10,000. Default: 500. */
  readonly maxBatchCount?: number | undefined
  /** How many bytes a batch holds at the most, unless one event alone is larger. Default: 512 KiB. */
  readonly maxBatchBytes?: number | undefined
  /** How long an event waits for others to fill its batch. Default: 100 milliseconds. */
  readonly linger?: Duration.Input | undefined
  /** How many batches may be under way at the same time, at least 1. Default: 4. */
  readonly concurrency?: number | undefined
  /**
   * Keeps the order of events that belong together: by subject, or by what a function gives for an event; `undefined` is
   * no order. Default: no order, events may overtake each other from batch to batch.
   */
  readonly orderBy?: "subject" | ((event: Event) => string | undefined) | undefined
  /**
   * How long after its offer an event is given up, looked at between attempts. Default: never; the buffer's bounds and
   * the closing of it are the only ends.
   */
  readonly deliveryTimeout?: Duration.Input | undefined
  /** The longest first pause after the server could not take a batch; it doubles with each further one. Default: 1 second. */
  readonly baseDelay?: Duration.Input | undefined
  /** The longest pause between attempts, unless the server asks for a longer one. Default: 30 seconds. */
  readonly maxDelay?: Duration.Input | undefined
  /** How long the buffer goes on delivering when its scope closes. Default: 10 seconds. */
  readonly drainTimeout?: Duration.Input | undefined
  /**
   * Is given each event that the buffer had taken and did not deliver: what the server rejects, what was dropped for age
   * or for others, what is unknown. Up to 16 events are handled at the same time. It is called before the event leaves the
   * outbox, and again if the process ends in between.
   *
   * When the buffer closes it has until the end of the time that there is for that. What it has not done by then is
   * interrupted: an error is logged for each event that is left, unless a durable outbox keeps it for the next process.
   *
   * Default: an error is logged.
   */
  readonly deadLetter?: ((letter: DeadLetter) => Effect.Effect<void, unknown>) | undefined
}

/**
 * {@link EventBufferOptions} that have passed their checks: times in milliseconds.
 *
 * @internal
 */
export interface BufferSettings {
  readonly maxCount: number | undefined
  readonly maxBytes: number | undefined
  readonly overflow: Overflow
  readonly maxBatchCount: number
  readonly maxBatchBytes: number
  readonly linger: number
  readonly concurrency: number
  readonly keyOf: KeyOf
  readonly deliveryTimeout: number
  readonly baseDelay: number
  readonly maxDelay: number
  readonly drainTimeout: number
  readonly deadLetter: ((letter: DeadLetter) => Effect.Effect<void, unknown>) | undefined
}

const overflows: ReadonlyArray<Overflow> = ["backpressure", "fail", "dropNewest", "dropOldest"]

const names: ReadonlyArray<string> = [
  "maxCount",
  "maxBytes",
  "overflow",
  "maxBatchCount",
  "maxBatchBytes",
  "linger",
  "concurrency",
  "orderBy",
  "deliveryTimeout",
  "baseDelay",
  "maxDelay",
  "drainTimeout",
  "deadLetter"
] satisfies ReadonlyArray<keyof EventBufferOptions>

/**
 * Checks what a program says of its buffer. Throws the `InvalidRequestError` that names the option which is wrong.
 *
 * @internal
 */
export const resolve = (options: EventBufferOptions): BufferSettings => {
  if (!Predicate.isObject(options)) throw Check.invalid("options", "is not an object")
  Check.refuseUnknown(options, names)
  const { deadLetter, overflow = "backpressure" }: EventBufferOptions = options
  if (!overflows.includes(overflow)) throw Check.invalid("overflow", `is none of ${overflows.join(", ")}`)
  if (deadLetter !== undefined && !Predicate.isFunction(deadLetter)) {
    throw Check.invalid("deadLetter", "is not a function")
  }
  const atLeastOne = (name: "maxCount" | "maxBytes") =>
    options[name] === undefined ? undefined : Check.whole(name, options[name], 1)
  return {
    maxCount: atLeastOne("maxCount"),
    maxBytes: atLeastOne("maxBytes"),
    overflow,
    maxBatchCount: Check.whole("maxBatchCount", options.maxBatchCount ?? 500, 1, 10_000),
    maxBatchBytes: Check.whole("maxBatchBytes", options.maxBatchBytes ?? 512 * 1024, 1),
    linger: Check.wait("linger", options.linger ?? 100),
    concurrency: Check.whole("concurrency", options.concurrency ?? 4, 1),
    keyOf: keyOf(options.orderBy),
    deliveryTimeout:
      options.deliveryTimeout === undefined ? Infinity : Check.duration("deliveryTimeout", options.deliveryTimeout),
    baseDelay: Check.duration("baseDelay", options.baseDelay ?? 1000),
    maxDelay: Check.duration("maxDelay", options.maxDelay ?? 30_000),
    drainTimeout: Check.wait("drainTimeout", options.drainTimeout ?? 10_000),
    deadLetter
  }
}
