/**
 * Meters a month of LLM calls, in ten minutes of reading: `npm run quickstart`.
 *
 * It runs against its own emulator, or against the server at OPENMETER_BASE_URL (with OPENMETER_API_KEY, if the server
 * requires one). It can run there repeatedly within a month: existing resources are kept, and no event counts twice.
 */
import { ConflictError, OpenMeter, WindowSize } from "@openmeter/sdk"
import { startEmulator } from "@openmeter/sdk/testing"
import { setTimeout as sleep } from "node:timers/promises"
import { balanceReport, usageReport } from "./support/report.ts"
import { progress, type Terminal } from "./support/terminal.ts"
import { customers, endOf, lastMonth, readUsage, totalTokens } from "./support/usage.ts"

/** A resource that exists from an earlier run is as good as a new one. */
const ensure = async (created: Promise<unknown>): Promise<void> => {
  try {
    await created
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
  }
}

const quickstart = async (openmeter: OpenMeter, terminal: Terminal): Promise<void> => {
  // A meter aggregates events. This one sums a number in their data, and can be grouped by model.
  await ensure(
    openmeter.meters.create({
      slug: "llm_tokens",
      name: "LLM tokens",
      eventType: "llm.completion",
      eventFrom: lastMonth(),
      aggregation: "SUM",
      valueProperty: "$.total_tokens",
      groupBy: { model: "$.model", provider: "$.provider" }
    })
  )

  // A feature is what customers get access to. A customer owns the subjects that its events name.
  await ensure(openmeter.features.create({ key: "llm_tokens", name: "LLM tokens", meterSlug: "llm_tokens" }))
  for (const { key, name } of customers) {
    await ensure(openmeter.customers.create({ key, name, usageAttribution: { subjectKeys: [key] } }))
  }

  // Events are sent in batches, for the month in which the meter starts. Each has an id, and counts once however often
  // it is sent.
  const { eventFrom: start = lastMonth() } = await openmeter.meters.get("llm_tokens")
  const events = await readUsage(start)
  const show = progress(terminal, "events sent", events.length)
  const size = 100
  for (let sent = 0; sent < events.length; sent += size) {
    await openmeter.events.ingest(events.slice(sent, sent + size))
    show(Math.min(sent + size, events.length))
  }

  // Events show up in queries a moment after they were sent.
  const month = { from: start, to: endOf(start) }
  const signal = AbortSignal.timeout(60_000)
  const total = async () => (await openmeter.meters.query("llm_tokens", month, { signal })).data[0]?.value ?? 0
  while ((await total()) < totalTokens(events)) await sleep(500)

  // Query usage in different ways.
  const byDay = await openmeter.meters.query("llm_tokens", { ...month, windowSize: WindowSize.DAY, groupBy: ["model"] })
  const byCustomer = await openmeter.meters.query("llm_tokens", { ...month, groupBy: ["subject"] })
  terminal.write(usageReport({ start, byDay: byDay.data, byCustomer: byCustomer.data }))

  // An entitlement grants a customer an amount of a feature, and tracks what is left.
  const [customer] = customers
  await ensure(
    openmeter.customers.createEntitlement(customer.key, {
      type: "metered",
      featureKey: "llm_tokens",
      issue: { amount: 5_000_000 },
      usagePeriod: { interval: "YEAR", anchor: start },
      measureUsageFrom: start
    })
  )
  const value = await openmeter.customers.getEntitlementValue(customer.key, "llm_tokens")
  terminal.write(balanceReport(customer.name, value))
}

/** Runs the quickstart, against a server or an emulator. */
export const main = async (
  terminal: Terminal,
  server?: { readonly baseUrl: string; readonly token?: string | undefined }
): Promise<void> => {
  await using emulator = server === undefined ? await startEmulator() : undefined
  await using openmeter = new OpenMeter(server ?? { baseUrl: emulator!.url })
  terminal.write(`OpenMeter ${server === undefined ? "emulator" : "server"} at ${server?.baseUrl ?? emulator?.url}\n\n`)
  await quickstart(openmeter, terminal)
}

if (import.meta.main) {
  const { OPENMETER_API_KEY: token, OPENMETER_BASE_URL: baseUrl } = process.env
  await main(process.stdout, baseUrl === undefined ? undefined : { baseUrl, token })
}
