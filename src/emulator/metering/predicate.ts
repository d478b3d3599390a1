/**
 * Predicates and how filters combine them. A filter that filters nothing has no predicate.
 */

/** Whether a value passes. */
export type Predicate<in A> = (value: A) => boolean

/** Passes what the predicate does not. */
export const not =
  <A>(predicate: Predicate<A>): Predicate<A> =>
  (value) =>
    !predicate(value)

/** Passes what all predicates pass; without any, nothing is filtered. */
export const every = <A>(predicates: ReadonlyArray<Predicate<A>>): Predicate<A> | undefined =>
  predicates.length === 0 ? undefined : (value) => predicates.every((passes) => passes(value))

/** Passes what one of the predicates passes; without any, nothing is filtered. */
export const some = <A>(predicates: ReadonlyArray<Predicate<A>>): Predicate<A> | undefined =>
  predicates.length === 0 ? undefined : (value) => predicates.some((passes) => passes(value))
