/**
 * The attributes of an event beyond those that CloudEvents names.
 *
 * Without a schema, so that a program which only sends events carries none.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"

/**
 * Tells whether an attribute is an extension that CloudEvents allows.
 *
 * @internal
 */
export const isExtension = (name: string, value: unknown): boolean =>
  /^[a-z0-9]+$/i.test(name) &&
  (Predicate.isNullish(value) || Predicate.isString(value) || Predicate.isBoolean(value) || Number.isFinite(value))

/**
 * What is wrong with an attribute that is none.
 *
 * @internal
 */
export const EXTENSION_ISSUE =
  "is no attribute of an event, nor an extension: letters and digits, with a text, number or boolean"
