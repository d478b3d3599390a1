import { OpenMeter } from "@openmeter/sdk"
import { startEmulator } from "@openmeter/sdk/testing"
import { assert, describe, it } from "@effect/vitest"
import { main } from "../../examples/documented-api.ts"

/** Every documented call, in order, and what comes of it. */
const outcomes = [
  ["events.ingest(event)", "sent as 1.0"],
  ["events.ingest([…])", "sent 3"],
  ["events.ingest([])", "sent 0"],
  ["events.list(query)", "4 events"],
  ["meters.list()", "1 of ours"],
  ["meters.get(slug)", "SUM"],
  ["meters.query(slug, params)", "100 tokens"],
  ["meters.subjects(slug)", "1 subject"],
  ["meters.create(meter)", "COUNT"],
  ["meters.update(slug, meter)", "Calls"],
  ["meters.delete(slug)", "done"],
  ["portal.createToken(token)", "a token"],
  ["portal.invalidateTokens(which)", "NotImplementedError"],
  ["subjects.upsert([…])", "ACME"],
  ["subjects.upsert(subject)", "ACME"],
  ["subjects.list()", "2 of ours"],
  ["subjects.get(key)", "ACME"],
  ["subjects.delete(key)", "done"],
  ["subjects.createEntitlement(subject, metered)", "metered"],
  ["subjects.createEntitlement(subject, boolean)", "boolean"],
  ["subjects.listEntitlements(subject)", "2 entitlements"],
  ["subjects.getEntitlement(subject, featureKey)", "metered"],
  ["subjects.getEntitlement(subject, id)", "metered"],
  ["subjects.deleteEntitlement(subject, featureKey)", "done"],
  ["subjects.getEntitlementValue(subject, featureKey)", "900 left"],
  ["subjects.getEntitlementHistory(subject, featureKey)", "100 used"],
  ["subjects.resetEntitlementUsage(subject, featureKey, …)", "done"],
  ["subjects.resetEntitlementUsage(subject, …)", "done"],
  ["subjects.createEntitlementGrant(subject, featureKey, …)", "100 granted"],
  ["subjects.listEntitlementGrants(subject, featureKey)", "2 grants"],
  ["subjects.overrideEntitlement(subject, featureKey, …)", "metered"],
  ["features.create(feature)", "Images"],
  ["features.list(query)", "1 feature"],
  ["features.list({ page })", "1 feature in all"],
  ["features.get(key)", "Images"],
  ["features.delete(key)", "done"],
  ["grants.list(query)", "3 grants"],
  ["grants.delete(id)", "done"],
  ["entitlements.list(query)", "1 entitlement"],
  ["entitlements.get(id)", "metered"]
]

const run = async (server?: { readonly baseUrl: string }): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
  let text = ""
  const write = (part: string) => {
    text += part
  }
  await main({ write }, server)
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/))
}

describe("documented-api.ts", () => {
  it("makes every documented call, and each does what is documented", async () => {
    assert.deepStrictEqual(await run(), outcomes)
  })

  it("runs against a server, again and again, and leaves nothing but events there", async () => {
    await using emulator = await startEmulator()
    assert.deepStrictEqual(await run({ baseUrl: emulator.url }), outcomes)
    assert.deepStrictEqual(await run({ baseUrl: emulator.url }), outcomes)
    await using openmeter = new OpenMeter({ baseUrl: emulator.url })
    assert.deepStrictEqual(await openmeter.meters.list(), [])
    assert.deepStrictEqual(await openmeter.features.list(), [])
    assert.deepStrictEqual(await openmeter.subjects.list(), [])
    assert.deepStrictEqual((await openmeter.customers.list()).items, [])
    assert.deepStrictEqual(await openmeter.entitlements.list({ excludeInactive: true }), [])
  })
})
