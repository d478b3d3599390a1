import { assert, describe, it } from "@effect/vitest"
import { killFleet } from "../support/fleet.ts"

describe("A fleet on an outbox in Postgres", () => {
  it("delivers every offer that was taken, and nothing that was rolled back, though its workers are killed", async ({
    skip
  }) => {
    const report = await killFleet({ workers: 3, kills: 5, events: 1000 })
    if (typeof report === "string") {
      console.warn(`A fleet on an outbox in Postgres is not tested: ${report}`)
      return skip(report)
    }
    assert.deepInclude(report, { lost: [], unexpected: [], stored: 800, unique: 800, deadLetters: 0, clean: 3 })
    assert.isAbove(report.acknowledged, 300)
  }, 180_000)
})
