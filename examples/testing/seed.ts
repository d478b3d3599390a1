/**
 * The state that the tests start with: ACME may use 100 tokens per month.
 */
import type { Seed } from "@openmeter/sdk/testing"

export const seed: Seed = {
  meters: [
    {
      slug: "tokens_total",
      eventType: "completion",
      aggregation: "SUM",
      valueProperty: "$.tokens",
      groupBy: { model: "$.model" }
    }
  ],
  features: [{ key: "ai_tokens", name: "AI tokens", meterSlug: "tokens_total" }],
  customers: [{ key: "acme", name: "ACME" }],
  entitlements: [
    {
      customer: "acme",
      type: "metered",
      featureKey: "ai_tokens",
      usagePeriod: { interval: "MONTH" },
      issue: { amount: 100 }
    }
  ]
}
