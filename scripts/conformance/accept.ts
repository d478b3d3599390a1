/**
 * Which differences are known and wanted.
 */
import type { Difference } from "./compare.ts"

/** Differences that are wanted, and why. */
export interface Accepted {
  readonly reason: string
  /** The differences word for word; `*` stands for any text. */
  readonly differences: ReadonlyArray<string>
}

/** Differences, told apart by what is accepted. */
export interface Explanation {
  /** The accepted ones, by reason. */
  readonly explained: ReadonlyMap<string, ReadonlyArray<Difference>>
  readonly unexplained: ReadonlyArray<Difference>
  /** What is accepted, but is no difference any more. */
  readonly stale: ReadonlyArray<string>
}

const matcher = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split("*")
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`
  )

/** Tells the accepted differences from the others. */
export const explain = (differences: ReadonlyArray<Difference>, accepted: ReadonlyArray<Accepted>): Explanation => {
  const rules = accepted.flatMap(({ differences, reason }) =>
    differences.map((pattern) => ({ pattern, reason, matches: matcher(pattern) }))
  )
  const reasonOf = (difference: Difference) => rules.find((rule) => rule.matches.test(difference))?.reason
  return {
    explained: Map.groupBy(
      differences.filter((difference) => reasonOf(difference) !== undefined),
      (difference) => reasonOf(difference) ?? ""
    ),
    unexplained: differences.filter((difference) => reasonOf(difference) === undefined),
    stale: rules
      .filter((rule) => !differences.some((difference) => rule.matches.test(difference)))
      .map((rule) => rule.pattern)
  }
}
