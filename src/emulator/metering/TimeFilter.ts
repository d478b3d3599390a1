/**
 * Filters over instants: `{ "$gte": "2025-01-01T00:00:00Z" }`, `{ "$and": [ … ] }`.
 */
import { floorToSecond, parseInstant } from "../instant.ts"
import type { Predicate } from "./predicate.ts"
import { every, some } from "./predicate.ts"

/** A filter on the wire: one operator per object; without any, nothing is filtered. */
export interface TimeFilter {
  readonly $gt?: string | null | undefined
  readonly $gte?: string | null | undefined
  readonly $lt?: string | null | undefined
  readonly $lte?: string | null | undefined
  readonly $and?: ReadonlyArray<TimeFilter> | null | undefined
  readonly $or?: ReadonlyArray<TimeFilter> | null | undefined
}

/** Every text of a filter that has to be an instant. */
export const operands = (filter: TimeFilter): ReadonlyArray<string> => [
  ...[filter.$gt, filter.$gte, filter.$lt, filter.$lte].filter((operand) => operand != null),
  ...[...(filter.$and ?? []), ...(filter.$or ?? [])].flatMap(operands)
]

// Event times are truncated to the second, and so is what they are compared with.
const second = (text: string): number => floorToSecond(parseInstant(text) ?? Number.NaN)

const predicates = (filters: ReadonlyArray<TimeFilter>): ReadonlyArray<Predicate<number>> =>
  filters.flatMap((filter) => predicate(filter) ?? [])

/** The predicate of a valid filter over epoch milliseconds, or `undefined` if it filters nothing. */
export const predicate = (filter: TimeFilter): Predicate<number> | undefined => {
  const { $and, $gt, $gte, $lt, $lte, $or } = filter
  if ($gt != null) return (instant) => instant > second($gt)
  if ($gte != null) return (instant) => instant >= second($gte)
  if ($lt != null) return (instant) => instant < second($lt)
  if ($lte != null) return (instant) => instant <= second($lte)
  if ($and != null) return every(predicates($and))
  if ($or != null) return some(predicates($or))
  return undefined
}
