import { OpenMeter } from "@openmeter/sdk"
import { Faults, startEmulator, type RunningEmulator } from "@openmeter/sdk/testing"
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { type Completion, mayGenerate, recordCompletion } from "./metering.ts"
import { seed } from "./seed.ts"

const completion = (id: string, tokens: number, model = "large"): Completion => ({
  id,
  customer: "acme",
  model,
  tokens
})

describe("unit tests: one call is mocked", () => {
  it("asks for the customer's tokens", async () => {
    await using openmeter = new OpenMeter({ baseUrl: "http://localhost" })
    const value = vi.spyOn(openmeter.customers, "getEntitlementValue").mockResolvedValue({ hasAccess: false })
    expect(await mayGenerate(openmeter, "acme")).toBe(false)
    expect(value.mock.calls[0]?.slice(0, 2)).toEqual(["acme", "ai_tokens"])
  })
})

describe("integration tests: an emulator answers", () => {
  let emulator: RunningEmulator
  let openmeter: OpenMeter

  beforeAll(async () => {
    // The emulator and the client both read this Date, which keeps running. Their timers stay real.
    vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true, now: new Date("2025-01-15T12:00:30Z") })
    emulator = await startEmulator({ seed })
    openmeter = new OpenMeter({ baseUrl: emulator.url, retry: { baseDelay: "1 millis" } })
  })

  beforeEach(async () => {
    vi.setSystemTime("2025-01-15T12:00:30Z")
    await emulator.reset()
  })

  afterAll(async () => {
    await openmeter.close()
    await emulator.close()
    vi.useRealTimers()
  })

  it("records what a completion used", async () => {
    await recordCompletion(openmeter, completion("a", 60))
    expect(await emulator.events()).toMatchObject([
      { id: "a", type: "completion", subject: "acme", data: { model: "large", tokens: 60 } }
    ])
  })

  it("counts tokens by model", async () => {
    await recordCompletion(openmeter, completion("a", 60))
    await recordCompletion(openmeter, completion("b", 7, "small"))
    const { data } = await openmeter.meters.query("tokens_total", { groupBy: ["model"] })
    expect(Object.fromEntries(data.map(({ groupBy, value }) => [groupBy["model"], value]))).toEqual({
      large: 60,
      small: 7
    })
  })

  it("counts a completion once, though the answer to the first request is lost", async () => {
    await emulator.inject(Faults.once("ingestEvents", Faults.loseAnswer))
    await recordCompletion(openmeter, completion("a", 60))
    expect((await emulator.requests()).map(({ operation, status }) => [operation, status])).toEqual([
      ["ingestEvents", undefined],
      ["ingestEvents", 204]
    ])
    expect(await emulator.events()).toHaveLength(1)
  })

  it("turns away a customer whose tokens are used up, until the next month", async () => {
    expect(await mayGenerate(openmeter, "acme")).toBe(true)
    await recordCompletion(openmeter, completion("a", 100))
    expect(await mayGenerate(openmeter, "acme")).toBe(false)
    vi.setSystemTime("2025-02-15T12:00:30Z")
    expect(await mayGenerate(openmeter, "acme")).toBe(true)
  })

  it.each([
    ["fails", Faults.status(503)],
    ["breaks connections", Faults.reset],
    ["hangs", Faults.hang]
  ])("turns nobody away while metering %s", async (_, outage) => {
    await recordCompletion(openmeter, completion("a", 100))
    await emulator.inject(Faults.always("*", outage))
    expect(await mayGenerate(openmeter, "acme")).toBe(true)
  })
})
