/**
 * Logging of events that a buffer gives up without telling the program.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import type { OutboxEntry } from "../Outbox.ts"
import { reasonOf, type DeadLetter } from "./Outcome.ts"

/** The number of events that a line about several of them names. */
const NAMED = 3

/**
 * An entry that is given up, and why.
 *
 * @internal
 */
export interface Verdict {
  readonly entry: OutboxEntry
  readonly outcome: DeadLetter["outcome"]
}

/**
 * Returns how a log line names an entry.
 *
 * @internal
 */
export const nameOf = ({ id, source }: OutboxEntry): string => `${id} (source ${source})`

/** Returns the group that an outcome is counted in: reasons of rejections differ from event to event. */
const groupOf = (outcome: DeadLetter["outcome"]): string => {
  switch (outcome._tag) {
    case "Rejected":
      return "rejected"
    case "Dropped":
      return `dropped (${outcome.policy})`
    case "Unknown":
      return "unknown"
  }
}

const summaryOf = (verdicts: ReadonlyArray<Verdict>): string => {
  const counts = new Map<string, number>()
  for (const { outcome } of verdicts) counts.set(groupOf(outcome), (counts.get(groupOf(outcome)) ?? 0) + 1)
  const groups = [...counts].map(([group, count]) => `${count} ${group}`).join(", ")
  const first = verdicts
    .slice(0, NAMED)
    .map(({ entry }) => nameOf(entry))
    .join(", ")
  return `${verdicts.length} events were not delivered: ${groups}; first: ${first}`
}

/**
 * Logs events that are given up together as one error: a single one with its reason, several with the count of each
 * outcome and the first few ids.
 *
 * @internal
 */
export const logUndelivered = (verdicts: ReadonlyArray<Verdict>): Effect.Effect<void> =>
  Effect.suspend(() => {
    const [first, second] = verdicts
    if (first === undefined) return Effect.void
    const line =
      second === undefined
        ? `event ${nameOf(first.entry)} was not delivered: ${reasonOf(first.outcome)}`
        : summaryOf(verdicts)
    return Effect.logError(`OpenMeter: ${line}`)
  })
