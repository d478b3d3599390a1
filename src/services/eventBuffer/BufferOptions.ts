/**
 * Options of event buffers.
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
 * Policy for an event for which there is no room: the program waits (`backpressure`), the offer fails (`fail`), the
 * event is dropped (`dropNewest`), or the oldest waiting events are dropped to make room (`dropOldest`).
 *
 * @since 2.0.0
 * @category models
 */
export type Overflow = "backpressure" | "fail" | "dropNewest" | "dropOldest"

/**
 * Options of an event buffer.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventBufferOptions {
  /** Maximum number of pending events, at least 1. Defaults to the capacity of the outbox, 100,000 in memory. */
  readonly maxCount?: number | undefined
  /**
   * Maximum size of the pending events in bytes of JSON, at least 1. Defaults to the capacity of the outbox, 64 MiB in
   * memory.
   */
  readonly maxBytes?: number | undefined
  /** Policy for events for which there is no room. Default: `backpressure`. */
  readonly overflow?: Overflow | undefined
  /** Maximum number of events per batch, 1 to 10,000. Default: 500. */
  readonly maxBatchCount?: number | undefined
  /** Maximum size of a batch in bytes, unless a single event is larger. Default: 512 KiB. */
  readonly maxBatchBytes?: number | undefined
  /** How long an event waits for others to fill its batch. Default: 100 milliseconds. */
  readonly linger?: Duration.Input | undefined
  /** Maximum number of batches in flight, at least 1. Default: 4. */
  readonly concurrency?: number | undefined
  /**
   * Keeps the order of related events: by subject, or by the key that a function returns for an event; `undefined`
   * means no order. Default: no order, so that events of different batches may overtake each other.
   */
  readonly orderBy?: "subject" | ((event: Event) => string | undefined) | undefined
  /**
   * How long after its offer an event is given up, checked between attempts. Default: never, so that only the limits of
   * the buffer and its closing end an event.
   */
  readonly deliveryTimeout?: Duration.Input | undefined
  /**
   * Maximum pause after the server first could not accept a batch, which doubles with every further failure. Default: 1
   * second.
   */
  readonly baseDelay?: Duration.Input | undefined
  /** Maximum pause between attempts, unless the server asks for a longer one. Default: 30 seconds. */
  readonly maxDelay?: Duration.Input | undefined
  /** How long the buffer keeps delivering after its scope closes. Default: 10 seconds. */
  readonly drainTimeout?: Duration.Input | undefined
  /**
   * Receives each accepted event that was not delivered: rejected by the server, dropped because of its age or to make
   * room, or with an unknown outcome. Up to 16 events are handled concurrently. Called before the event leaves the
   * outbox, and again if the process ends in between.
   *
   * When the buffer closes, handlers that are still running when the closing time is over are interrupted. The
   * remaining events are logged as an error, unless a durable outbox keeps them for the next process.
   *
   * Default: logs an error, one for all events that are given up together.
   */
  readonly deadLetter?: ((letter: DeadLetter) => Effect.Effect<void, unknown>) | undefined
}

/**
 * Validated {@link EventBufferOptions}, with durations in milliseconds.
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
 * Resolves the options of a buffer. Throws an `InvalidRequestError` that names the first invalid option.
 *
 * @internal
 */
export const resolve = (options: EventBufferOptions): BufferSettings => {
  Check.options(options, names)
  const { deadLetter, overflow = "backpressure" }: EventBufferOptions = options
  if (!overflows.includes(overflow)) throw Check.invalid("overflow", `must be one of ${overflows.join(", ")}`)
  if (deadLetter !== undefined && !Predicate.isFunction(deadLetter)) {
    throw Check.invalid("deadLetter", "must be a function")
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
