/**
 * Filters over texts: `{ "$eq": "a" }`, `{ "$or": [{ "$like": "a%" }, { "$in": ["b"] }] }`.
 */
import { compareCodePoints } from "./codePoints.ts"

/** A filter as it travels. One operator an object; without any, nothing is filtered. */
export interface StringFilter {
  readonly $eq?: string | null | undefined
  readonly $ne?: string | null | undefined
  readonly $in?: ReadonlyArray<string> | null | undefined
  readonly $nin?: ReadonlyArray<string> | null | undefined
  readonly $like?: string | null | undefined
  readonly $nlike?: string | null | undefined
  readonly $ilike?: string | null | undefined
  readonly $nilike?: string | null | undefined
  readonly $gt?: string | null | undefined
  readonly $gte?: string | null | undefined
  readonly $lt?: string | null | undefined
  readonly $lte?: string | null | undefined
  readonly $and?: ReadonlyArray<StringFilter> | null | undefined
  readonly $or?: ReadonlyArray<StringFilter> | null | undefined
}

/** Whether a text passes. */
export type Predicate = (text: string) => boolean

const escape = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}]/gu, String.raw`\$&`)

const like = (pattern: string, caseSensitive: boolean): Predicate => {
  const source = pattern.replaceAll(
    /\\(.)|([%_])|([^%_])/gsu,
    (_, escaped?: string, wildcard?: string, plain?: string) =>
      wildcard === undefined ? escape(escaped ?? plain ?? "") : wildcard === "%" ? ".*" : "."
  )
  const expression = new RegExp(`^${source}$`, caseSensitive ? "su" : "isu")
  return (text) => expression.test(text)
}

const oneOf = (texts: ReadonlyArray<string>): Predicate => {
  const set = new Set(texts)
  return (text) => set.has(text)
}

const not =
  (predicate: Predicate): Predicate =>
  (text) =>
    !predicate(text)

const predicates = (filters: ReadonlyArray<StringFilter>): ReadonlyArray<Predicate> =>
  filters.flatMap((filter) => predicate(filter) ?? [])

const every = (all: ReadonlyArray<Predicate>): Predicate | undefined =>
  all.length === 0 ? undefined : (text) => all.every((one) => one(text))

const some = (all: ReadonlyArray<Predicate>): Predicate | undefined =>
  all.length === 0 ? undefined : (text) => all.some((one) => one(text))

/** The predicate of a filter without fault, or `undefined` if it filters nothing. */
export const predicate = (filter: StringFilter): Predicate | undefined => {
  const { $and, $eq, $gt, $gte, $ilike, $in, $like, $lt, $lte, $ne, $nilike, $nin, $nlike, $or } = filter
  if ($eq != null) return (text) => text === $eq
  if ($ne != null) return (text) => text !== $ne
  if ($in != null) return oneOf($in)
  if ($nin != null) return not(oneOf($nin))
  if ($like != null) return like($like, true)
  if ($nlike != null) return not(like($nlike, true))
  if ($ilike != null) return like($ilike, false)
  if ($nilike != null) return not(like($nilike, false))
  if ($gt != null) return (text) => compareCodePoints(text, $gt) > 0
  if ($gte != null) return (text) => compareCodePoints(text, $gte) >= 0
  if ($lt != null) return (text) => compareCodePoints(text, $lt) < 0
  if ($lte != null) return (text) => compareCodePoints(text, $lte) <= 0
  if ($and != null) return every(predicates($and))
  if ($or != null) return some(predicates($or))
  return undefined
}

const operators = [
  "$eq",
  "$ne",
  "$in",
  "$nin",
  "$like",
  "$nlike",
  "$ilike",
  "$nilike",
  "$gt",
  "$gte",
  "$lt",
  "$lte",
  "$and",
  "$or"
] as const

/**
 * What is wrong with a filter, in the server's words.
 *
 * @param depth how deep `$and` and `$or` may be nested; without limit if left out
 */
export const fault = (filter: StringFilter, depth = Infinity): string | undefined => {
  const used = operators.filter((operator) => filter[operator] != null)
  if (used.length > 1) return "filter is invalid: multiple operators are set"
  const nested = filter.$and ?? filter.$or
  if (nested != null) {
    if (depth < 1) return "filter complexity exceeds maximum allowed depth"
    return nested.map((inner) => fault(inner, depth - 1)).find((found) => found !== undefined)
  }
  const operands = used.map((operator) => filter[operator])
  return operands.flat().some((operand) => operand === "") ? "filter is invalid: format mismatch" : undefined
}
