import { WindowSize } from "@openmeter/sdk"
import { connected } from "./client.ts"
import { equal, holds } from "./expect.ts"
import type { Part } from "./Suite.ts"

/** The documented calls. */
export const calls: Part = ({ baseUrl }) =>
  connected({ baseUrl }, async ({ customers, events, features, meters, portal, subjects }) => {
    await meters.create({
      slug: "tokens",
      eventType: "prompt",
      aggregation: "SUM",
      valueProperty: "$.tokens",
      groupBy: { model: "$.model" }
    })
    const meter = await meters.get("tokens")
    holds("a time is a Date", meter.createdAt instanceof Date)

    await features.create({ key: "ai_tokens", name: "AI tokens", meterSlug: "tokens" })
    await customers.create({ key: "acme", name: "ACME", usageAttribution: { subjectKeys: ["customer-1"] } })
    await subjects.upsert({ key: "customer-1", displayName: "ACME, Köln" })
    equal("subject", (await subjects.get("customer-1")).displayName, "ACME, Köln")
    await subjects.createEntitlement("customer-1", {
      type: "metered",
      featureKey: "ai_tokens",
      usagePeriod: { interval: "MONTH", anchor: "2025-01-01T00:00:00Z" },
      measureUsageFrom: "CURRENT_PERIOD_START",
      issueAfterReset: 1_000
    })

    const [sent] = await events.ingest({
      type: "prompt",
      subject: "customer-1",
      data: { tokens: 42, model: "gpt-4" }
    })
    holds("an id is made", /^[0-9a-f-]{36}$/.test(sent?.id ?? ""))
    await events.ingest([
      { id: "call-1", type: "prompt", subject: "customer-1", time: new Date(), data: { tokens: 7, model: "gpt-5" } },
      { id: "call-1", type: "prompt", subject: "customer-1", data: { tokens: 7, model: "gpt-5" } }
    ])
    equal("events", (await events.list()).length, 2)

    const { data } = await meters.query("tokens", { windowSize: WindowSize.DAY, groupBy: ["model"] })
    const rows = data.map(({ groupBy, value }) => `${groupBy["model"]}: ${value}`)
    equal("rows", rows.sort(), ["gpt-4: 42", "gpt-5: 7"])
    holds(
      "a window is of Dates",
      data.every(({ windowStart }) => windowStart instanceof Date)
    )
    const csv = await meters.queryCsv("tokens")
    holds("a query as CSV", csv.startsWith("window_start,window_end,") && csv.trimEnd().endsWith(",49.000000"))

    await subjects.createEntitlementGrant("customer-1", "ai_tokens", {
      amount: 500,
      priority: 1,
      effectiveAt: new Date(),
      expiration: { duration: "MONTH", count: 1 }
    })
    const { balance, hasAccess } = await subjects.getEntitlementValue("customer-1", "ai_tokens")
    equal("entitlement", [hasAccess, balance], [true, 1_451])
    const { token } = await portal.createToken({ subject: "customer-1" })
    holds("a portal token", typeof token === "string")
    await subjects.deleteEntitlement("customer-1", "ai_tokens")
    equal("entitlements", await subjects.listEntitlements("customer-1"), [])
  })
