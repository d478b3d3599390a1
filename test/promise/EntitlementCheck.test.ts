import { assert, describe, it } from "@effect/vitest"
import {
  AbortError,
  ClosedError,
  type OpenMeterConfig,
  InvalidRequestError,
  OpenMeter,
  ServerError
} from "@openmeter/sdk"
import { hanging, json, replying, type Fetch } from "../support/fetch.ts"

const connect = ({ fetch }: Fetch, entitlementCheck?: OpenMeterConfig["entitlementCheck"]) =>
  new OpenMeter({ baseUrl: "http://openmeter.test", fetch, retry: false, entitlementCheck })

const yes = json({ hasAccess: true })
const no = json({ hasAccess: false })

/** The error that a promise rejects with. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("resolved"),
    (error: unknown) => error
  )

describe.each([
  {
    resource: "subjects",
    path: "/api/v1/subjects/acme/entitlements/ai_tokens/value",
    of: ({ subjects }: OpenMeter) => subjects
  },
  {
    resource: "customers",
    path: "/api/v2/customers/acme/entitlements/ai_tokens/value",
    of: ({ customers }: OpenMeter) => customers
  }
])("openmeter.$resource.hasAccess", ({ of, path }) => {
  it("asks the server once", async () => {
    const server = replying(yes, no)
    await using openmeter = connect(server)
    assert.isTrue(await of(openmeter).hasAccess("acme", "ai_tokens"))
    assert.isTrue(await of(openmeter).hasAccess("acme", "ai_tokens"))
    assert.deepStrictEqual(
      server.requests.map(({ url }) => new URL(url).pathname),
      [path]
    )
    assert.isFalse((await of(openmeter).getEntitlementValue("acme", "ai_tokens")).hasAccess)
    assert.isTrue(await of(openmeter).hasAccess("acme", "ai_tokens"))
  })

  it("makes one request for 1,000 checks at the same time", async () => {
    const server = replying(yes)
    await using openmeter = connect(server)
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => of(openmeter).hasAccess("acme", "ai_tokens")))
    assert.isTrue(answers.every((hasAccess) => hasAccess))
    assert.strictEqual(server.requests.length, 1)
  })

  it("asks again after invalidateAccess", async () => {
    const server = replying(no, yes)
    await using openmeter = connect(server)
    assert.isFalse(await of(openmeter).hasAccess("acme", "ai_tokens"))
    await of(openmeter).invalidateAccess("acme", "ai_tokens")
    assert.isTrue(await of(openmeter).hasAccess("acme", "ai_tokens"))
  })

  it("rejects when nothing is known, and keeps no rejection", async () => {
    const server = replying(json({}, 500), yes)
    await using openmeter = connect(server)
    assert.instanceOf(await rejection(of(openmeter).hasAccess("acme", "ai_tokens")), ServerError)
    assert.isTrue(await of(openmeter).hasAccess("acme", "ai_tokens"))
  })

  it("aborted, leaves the others the answer that they wait for", async () => {
    let answer: ((response: Response) => void) | undefined
    const server = replying(() => new Promise((resolve) => (answer = resolve)))
    await using openmeter = connect(server)
    const controller = new AbortController()
    const aborted = rejection(of(openmeter).hasAccess("acme", "ai_tokens", { signal: controller.signal }))
    const waiting = of(openmeter).hasAccess("acme", "ai_tokens")
    await server.reached(1)
    controller.abort()
    assert.instanceOf(await aborted, AbortError)
    answer!(Response.json({ hasAccess: true }))
    assert.isTrue(await waiting)
    assert.isFalse(server.requests[0]!.signal.aborted)
  })

  it("breaks off its request when the client is closed", async () => {
    const server = replying(hanging)
    const openmeter = connect(server)
    const check = rejection(of(openmeter).hasAccess("acme", "ai_tokens"))
    await server.reached(1)
    await openmeter.close()
    assert.instanceOf(await check, ClosedError)
    assert.isTrue(server.requests[0]!.signal.aborted)
    assert.instanceOf(await rejection(of(openmeter).hasAccess("acme", "ai_tokens")), ClosedError)
  })
})

describe("the option entitlementCheck", () => {
  it("says how many answers are kept, of subjects and of customers each", async () => {
    const server = replying(yes)
    await using openmeter = connect(server, { capacity: 1 })
    for (const name of ["a", "b", "a"]) {
      await openmeter.subjects.hasAccess(name, "ai_tokens")
      await openmeter.customers.hasAccess("acme", "ai_tokens")
    }
    assert.strictEqual(server.requests.length, 4)
  })

  it("is checked when the client is made", () => {
    try {
      connect(replying(yes), { timeToLive: "soon" as never })
      assert.fail("not refused")
    } catch (error) {
      assert.instanceOf(error, InvalidRequestError)
      assert.strictEqual(error.field, "entitlementCheck.timeToLive")
    }
  })

  it("is taken as it is when the client is made", async () => {
    const server = replying(yes)
    const options = { capacity: 10 }
    await using openmeter = connect(server, options)
    options.capacity = 0
    assert.isTrue(await openmeter.subjects.hasAccess("acme", "ai_tokens"))
  })
})
