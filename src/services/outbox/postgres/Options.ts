/**
 * What a program says of its outbox in Postgres.
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
 * Which outbox it is, and how much it may hold.
 *
 * @since 2.0.0
 * @category models
 */
export interface PostgresOutboxOptions {
  /**
   * The table of the events, with or without a schema: at most 48 lower-case letters, digits and `_`. Two more tables
   * are called after it, with `_instance` and `_dead_letter`. Default: `openmeter_outbox`.
   */
  readonly table?: string | undefined
  /**
   * Whether tables that are not there are made when the layer is built. Otherwise the layer fails until migrations of
   * your own have made them. Default: `true`.
   */
  readonly migrate?: boolean | undefined
  /**
   * How many events may wait, from all programs together, at least 1. They are counted every second (less often where
   * that takes more than 50 milliseconds): programs that offer at the same time can go beyond the bound by what they
   * offer in between. Default: 1,000,000.
   */
  readonly maxCount?: number | undefined
  /** How many bytes of JSON may wait, at least 1, in the same way. Default: 1 GiB. */
  readonly maxBytes?: number | undefined
  /**
   * Keeps the order of events that belong together, of those that are offered here: by subject, or by what a function
   * gives for an event; `undefined` is no order. Default: no order.
   */
  readonly orderBy?: "subject" | ((event: Event) => string | undefined) | undefined
}

/**
 * How an instance takes part in the delivery.
 *
 * @since 2.0.0
 * @category models
 */
export interface PostgresDeliveryOptions {
  /**
   * After how long an instance that gives no sign of life loses what it has claimed to the others. It gives one three
   * times as often. Default: 30 seconds.
   */
  readonly lease?: Duration.Input | undefined
  /** How often an instance looks for events that others have put. Default: 1 second. */
  readonly pollInterval?: Duration.Input | undefined
}

const names: ReadonlyArray<string> = ["table", "migrate", "maxCount", "maxBytes", "orderBy"] satisfies ReadonlyArray<
  keyof PostgresOutboxOptions
>

const deliveryNames: ReadonlyArray<string> = ["lease", "pollInterval"] satisfies ReadonlyArray<
  keyof PostgresDeliveryOptions
>

/**
 * Checks {@link PostgresOutboxOptions}. Throws the `InvalidRequestError` that names the option which is wrong.
 *
 * @internal
 */
export const resolve = (options: PostgresOutboxOptions) => {
  if (!Predicate.isObject(options)) throw Check.invalid("options", "must be an object")
  Check.refuseUnknown(options, names)
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
 * Checks {@link PostgresDeliveryOptions}, and turns times into milliseconds. Throws as {@link resolve}.
 *
 * @internal
 */
export const resolveDelivery = (options: PostgresDeliveryOptions) => {
  if (!Predicate.isObject(options)) throw Check.invalid("options", "must be an object")
  Check.refuseUnknown(options, deliveryNames)
  return {
    lease: Check.duration("lease", options.lease ?? 30_000),
    pollInterval: Check.duration("pollInterval", options.pollInterval ?? 1000)
  }
}
