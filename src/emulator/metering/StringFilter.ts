/**
 * Filters over texts: `{ "$eq": "a" }`, `{ "$or": [{ "$like": "a%" }, { "$in": ["b"] }] }`.
 */
import { compareCodePoints } from "../codePoints.ts"
import type { Predicate } from "./predicate.ts"
import { every, not, some } from "./predicate.ts"

/** A filter on the wire: one operator per object; without any, nothing is filtered. */
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

const escape = (text: string): string => text.replaceAll(/[$()*+./?[\\\]^{|}]/gu, String.raw`\$&`)

/** Passes texts that match a pattern in which `%` stands for any text, `_` for one character, `\` takes both as is. */
export const like = (pattern: string, caseSensitive = true): Predicate<string> => {
  const source = pattern.replaceAll(
    /\\(.)|([%_])|([^%_])/gsu,
    (_, escaped?: string, wildcard?: string, plain?: string) =>
      wildcard === undefined ? escape(escaped ?? plain ?? "") : wildcard === "%" ? ".*" : "."
  )
  const expression = new RegExp(`^${source}$`, caseSensitive ? "su" : "isu")
  return (text) => expression.test(text)
}

const oneOf = (texts: ReadonlyArray<string>): Predicate<string> => {
  const set = new Set(texts)
  return (text) => set.has(text)
}

const predicates = (filters: ReadonlyArray<StringFilter>): ReadonlyArray<Predicate<string>> =>
  filters.flatMap((filter) => predicate(filter) ?? [])

/** The predicate of a valid filter, or `undefined` if it filters nothing. */
export const predicate = (filter: StringFilter): Predicate<string> | undefined => {
  const { $and, $eq, $gt, $gte, $ilike, $in, $like, $lt, $lte, $ne, $nilike, $nin, $nlike, $or } = filter
  if ($eq != null) return (text) => text === $eq
  if ($ne != null) return (text) => text !== $ne
  if ($in != null) return oneOf($in)
  if ($nin != null) return not(oneOf($nin))
  if ($like != null) return like($like)
  if ($nlike != null) return not(like($nlike))
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
 * What is wrong with a filter (over texts or instants), in the server's words.
 *
 * @param depth how deep `$and` and `$or` may be nested; no limit if omitted
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
