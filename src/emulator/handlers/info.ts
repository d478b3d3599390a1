/**
 * What the server reports about itself: currencies, the progress of long operations, metrics.
 */
import { json, text } from "../http/Handler.ts"
import { operation } from "../http/operation.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { unit } from "../instant.ts"
import { notFound } from "../Refusal.ts"
import { currencies } from "../store/currencies.ts"

const listCurrencies = operation({}, () => json(200, currencies()))

// Every operation here completes before it answers, so none has any progress to report.
const getProgress = operation({ path: { id: Wire.string() } }, ({ path }) => {
  throw notFound(`progress not found for id: ${path.id}`)
})

const label = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(`"`, `\\"`)

const getDebugMetrics = operation({}, ({ state, now }) => {
  const midnight = now - (now % unit.day)
  const counts = new Map<string, number>()
  for (const event of state.events.arrived) {
    if (event.time >= midnight) counts.set(event.subject, (counts.get(event.subject) ?? 0) + 1)
  }
  const lines = Array.from(
    counts,
    ([subject, count]) => `openmeter_events_total{subject="${label(subject)}"} ${count}.0`
  )
  return text(
    200,
    "text/plain",
    [
      "# HELP openmeter_events Number of ingested events",
      "# TYPE openmeter_events counter",
      ...lines,
      "# EOF",
      ""
    ].join("\n")
  )
})

/** The handlers of currencies, progress and metrics. */
export const info = { listCurrencies, getProgress, getDebugMetrics } satisfies Handlers
