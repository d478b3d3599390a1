/**
 * Options of an outbox in Postgres.
 *
 * @since 2.0.0
 */
import type * as Duration from "effect/Duration"
import * as Predicate from "effect/Predicate"
import * as Check from "../../../layers/Check.ts"
import type { Event } from "../../../schemas/Event.ts"
import { keyOf } from "../orderBy.ts"
import { tables } from "./Tables.ts"

/**
 * Options of an outbox in Postgres: its table, its limits and the order of its events.
 *
 * @since 2.0.0
 * @category models
 */
export interface PostgresOutboxOptions {
  /**
   * Name of the table of events, with or without a schema: at most 48 lowercase letters, digits and `_`. Two more
   * tables use this name with the suffixes `_instance` and `_dead_letter`. Default: `openmeter_outbox`.
   */
  readonly table?: string | undefined
  /**
   * Whether to create missing tables when the layer is built. Otherwise, the layer fails until your own migrations have
   * created them. Default: `true`.
   */
  readonly migrate?: boolean | undefined
  /**
   * Maximum number of waiting events, of all programs together, at least 1. They are counted every second (less often
   * if that takes more than 50 milliseconds), so programs that offer concurrently can exceed the limit by what they
   * offer in between. Default: 1,000,000.
   */
  readonly maxCount?: number | undefined
  /** Maximum size of the waiting events in bytes of JSON, at least 1, applied in the same way. Default: 1 GiB. */
  readonly maxBytes?: number | undefined
  /**
   * Keeps the order of related events offered here: by subject, or by the key that a function returns for an event;
   * `undefined` means no order. Default: no order.
   */
  readonly orderBy?: "subject" | ((event: Event) => string | undefined) | undefined
}

/**
 * Options of an instance that delivers events.
 *
 * @since 2.0.0
 * @category models
 */
export interface PostgresDeliveryOptions {
  /**
   * How long an instance may go without renewing its lease before others can take its claimed events. It renews the
   * lease three times as often. Default: 30 seconds.
   */
  readonly lease?: Duration.Input | undefined
  /** How often an instance looks for events put by others. Default: 1 second. */
  readonly pollInterval?: Duration.Input | undefined
}

const names: ReadonlyArray<string> = ["table", "migrate", "maxCount", "maxBytes", "orderBy"] satisfies ReadonlyArray<
  keyof PostgresOutboxOptions
>

const deliveryNames: ReadonlyArray<string> = ["lease", "pollInterval"] satisfies ReadonlyArray<
  keyof PostgresDeliveryOptions
>

/**
 * Resolves {@link PostgresOutboxOptions}. Throws an `InvalidRequestError` that names the invalid option.
 *
 * @internal
 */
export const resolve = (options: PostgresOutboxOptions) => {
  Check.options(options, names)
  const { migrate = true } = options
  if (!Predicate.isBoolean(migrate)) throw Check.invalid("migrate", "must be true or false")
  return {
    tables: tables(options.table),
    migrate,
    capacity: {
      count: Check.whole("maxCount", options.maxCount ?? 1_000_000, 1),
      bytes: Check.whole("maxBytes", options.maxBytes ?? 1024 ** 3, 1)
    },
    keyOf: keyOf(options.orderBy)
  }
}

/**
 * Resolves {@link PostgresDeliveryOptions}, with durations in milliseconds. Throws like {@link resolve}.
 *
 * @internal
 */
export const resolveDelivery = (options: PostgresDeliveryOptions) => {
  Check.options(options, deliveryNames)
  return {
    lease: Check.duration("lease", options.lease ?? 30_000),
    pollInterval: Check.duration("pollInterval", options.pollInterval ?? 1000)
  }
}
