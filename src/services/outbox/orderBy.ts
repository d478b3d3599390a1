/**
 * Keys of events that belong together and keep their order.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"
import { refused } from "../../errors.ts"
import * as Check from "../../layers/Check.ts"
import type { Event } from "../../schemas/Event.ts"
import { ingestEvents } from "../Ingest.ts"

/**
 * Returns the key of an event. Events with the same key keep their order; `undefined` means no order.
 *
 * Throws an `InvalidRequestError` if the user's function throws or returns anything else, which a storage would convert
 * to an arbitrary string, or to the same one for all events.
 *
 * @param place - position of the event in the input, for the error
 * @internal
 */
export type KeyOf = (event: Event, place?: string) => string | undefined

/**
 * Resolves the `orderBy` option. Throws an `InvalidRequestError` if it is invalid.
 *
 * @internal
 */
export const keyOf = (orderBy: unknown): KeyOf => {
  if (orderBy === undefined) return () => undefined
  if (orderBy !== "subject" && !Predicate.isFunction(orderBy)) {
    throw Check.invalid("orderBy", 'must be "subject" or a function')
  }
  const refuse = (reason: string, place = "") =>
    refused(ingestEvents, "orderBy", place === "" ? reason : `${reason}, for ${place}`)
  return (event, place) => {
    let key: unknown
    try {
      key = orderBy === "subject" ? event.subject : orderBy(event)
    } catch (error) {
      throw refuse(`throws ${Predicate.isError(error) ? error.message : String(error)}`, place)
    }
    if (key === undefined || Predicate.isString(key)) return key
    throw refuse(
      `must return a string or undefined, not ${key === null ? "null" : `a value of type ${typeof key}`}`,
      place
    )
  }
}
