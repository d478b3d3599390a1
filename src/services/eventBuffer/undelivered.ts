/**
 * Logging of events that a buffer gives up without a dead-letter handler.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import type { OutboxEntry } from "../Outbox.ts"
import { reasonOf, type DeadLetter } from "./Outcome.ts"

/** Number of events that a summary names. */
const NAMED = 3

/**
 * An entry that is given up, with its outcome.
 *
 * @internal
 */
export interface Verdict {
  readonly entry: OutboxEntry
  readonly outcome: DeadLetter["outcome"]
}

/**
 * Returns the id and source of an entry for a log line.
 *
 * @internal
 */
export const nameOf = ({ id, source }: OutboxEntry): string => `${id} (source ${source})`

/** Returns the group in which a summary counts an outcome. Rejections are one group: each may have its own reason. */
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
 * Logs events that are given up together as one error: a single event with its reason, several events with the number
 * per outcome and the first few ids.
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
