import { OpenMeter, ServerError } from "@openmeter/sdk"
import { Faults, SeedError, ServeError, startEmulator } from "@openmeter/sdk/testing"
import { assert, describe, it } from "@effect/vitest"

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it resolved"),
    (error: unknown) => error
  )

describe("startEmulator", () => {
  it("serves a client, and shows what arrived", async () => {
    await using emulator = await startEmulator()
    await using openmeter = new OpenMeter({ baseUrl: emulator.url })
    await openmeter.events.ingest({ id: "1", type: "prompt", subject: "acme", data: { tokens: 42 } })
    assert.deepStrictEqual(
      (await emulator.events()).map(({ data, id, subject, type }) => ({ data, id, subject, type })),
      [{ id: "1", type: "prompt", subject: "acme", data: { tokens: 42 } }]
    )
    assert.deepStrictEqual(
      (await emulator.requests()).map(({ operation, status }) => ({ operation, status })),
      [{ operation: "ingestEvents", status: 204 }]
    )
    assert.strictEqual(emulator.url, `http://127.0.0.1:${emulator.port}`)
  })

  it("holds its seed from the start, and what is planted later", async () => {
    const tokens = { slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" }
    await using emulator = await startEmulator({ seed: { meters: [tokens] } })
    await emulator.seed({ events: [{ type: "prompt", subject: "acme", data: { tokens: 42 } }] })
    await using openmeter = new OpenMeter({ baseUrl: emulator.url })
    const { data } = await openmeter.meters.query("tokens")
    assert.deepStrictEqual(
      data.map(({ value }) => value),
      [42]
    )
  })

  it("holds again what it held at a snapshot, its own or another's", async () => {
    await using emulator = await startEmulator({ seed: { events: [{ id: "1", type: "prompt", subject: "acme" }] } })
    const snapshot = await emulator.snapshot()
    await emulator.seed({ events: [{ id: "2", type: "prompt", subject: "acme" }] })
    await emulator.restore(snapshot)
    await using other = await startEmulator()
    await other.restore(snapshot)
    for (const held of [await emulator.events(), await other.events()]) {
      assert.deepStrictEqual(
        held.map(({ id }) => id),
        ["1"]
      )
    }
  })

  it("goes back to its seed, lives through skipped time, and tells the time", async () => {
    await using emulator = await startEmulator({
      seed: { events: [{ id: "1", type: "prompt", subject: "acme", time: "2025-01-15T12:00:00Z" }] }
    })
    await emulator.seed({ events: [{ id: "2", type: "prompt", subject: "acme" }] })
    const before = Date.now()
    await emulator.advance("31 days")
    assert.isAtLeast((await emulator.now()).getTime(), before + 31 * 86_400_000)
    await emulator.inject(Faults.always("*", Faults.status(500)))
    await fetch(`${emulator.url}/api/v1/meters`)
    await emulator.reset()
    assert.isBelow((await emulator.now()).getTime(), before + 31 * 86_400_000)
    assert.deepStrictEqual(await emulator.requests(), [])
    assert.deepStrictEqual(
      (await emulator.events()).map(({ id }) => id),
      ["1"]
    )
    assert.strictEqual((await fetch(`${emulator.url}/api/v1/meters`)).status, 200)
  })

  it("listens on the host that it is given", async () => {
    await using emulator = await startEmulator({ host: "0.0.0.0" })
    assert.strictEqual(emulator.url, `http://127.0.0.1:${emulator.port}`)
    assert.strictEqual((await fetch(`${emulator.url}/api/v1/meters`)).status, 200)
  })

  it("rejects when an entry of the seed is refused", async () => {
    const error = await rejection(startEmulator({ seed: { meters: [{ slug: "tokens" }] } }))
    assert.instanceOf(error, SeedError)
    assert.strictEqual(error.entry, "meters[0]")
  })

  it("lets requests fail until the faults are cleared, and begins the record of requests anew", async () => {
    await using emulator = await startEmulator()
    await using openmeter = new OpenMeter({ baseUrl: emulator.url })
    await emulator.inject(Faults.always("listMeters", Faults.status(500)))
    assert.instanceOf(await rejection(openmeter.meters.list().then()), ServerError)
    await emulator.clearFaults()
    await emulator.clearRequests()
    assert.deepStrictEqual(await openmeter.meters.list(), [])
    assert.deepStrictEqual(
      (await emulator.requests()).map(({ status }) => status),
      [200]
    )
  })

  it("rejects when the port is taken", async () => {
    await using emulator = await startEmulator()
    assert.instanceOf(await rejection(startEmulator({ port: emulator.port })), ServeError)
    assert.strictEqual((await fetch(`${emulator.url}/api/v1/meters`)).status, 200)
  })

  it("lets go of the port when it is closed, once or twice, and keeps what it holds", async () => {
    const first = await startEmulator({ seed: { events: [{ type: "prompt", subject: "acme" }] } })
    await first.close()
    await first.close()
    assert.instanceOf(await rejection(fetch(first.url)), TypeError)
    await using second = await startEmulator({ port: first.port })
    assert.strictEqual((await first.events()).length, 1)
    assert.strictEqual((await second.events()).length, 0)
  })
})
