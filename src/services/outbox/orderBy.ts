/**
 * Which events belong together, and keep their order.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"
import { refused } from "../../errors.ts"
import * as Check from "../../layers/Check.ts"
import type { Event } from "../../schemas/Event.ts"
import { ingestEvents } from "../Ingest.ts"

/**
 * Gives the key of an event: events with the same key keep their order. `undefined` is no order.
 *
 * Throws an `InvalidRequestError` if the program's function throws or returns anything else: a storage would make some
 * other text of it, or one and the same of all events.
 *
 * @param place - of the event in what the program gave, for the error
 * @internal
 */
export type KeyOf = (event: Event, place?: string) => string | undefined

/**
 * Checks what a program says of the order of its events. Throws the `InvalidRequestError` that says what is wrong.
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
