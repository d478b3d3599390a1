import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import { inspect } from "node:util"
import { InvalidRequestError } from "../../src/errors.ts"
import { resolve, type Options } from "../../src/layers/Options.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { thrown } from "../support/failure.ts"

const baseUrl = "https://openmeter.test"

/** What a caller in plain JavaScript may give. */
const asOptions = (options: unknown) => options as Options

describe("resolve", () => {
  const wrong: ReadonlyArray<readonly [what: string, options: unknown, field: string]> = [
    ["nothing", undefined, "baseUrl"],
    ["null", null, "baseUrl"],
    ["a text", baseUrl, "baseUrl"],
    ["an empty object", {}, "baseUrl"],
    ["an empty baseUrl", { baseUrl: "" }, "baseUrl"],
    ["a baseUrl of null", { baseUrl: null }, "baseUrl"],
    ["a number as baseUrl", { baseUrl: 8888 }, "baseUrl"],
    ["a baseUrl without protocol", { baseUrl: "localhost/openmeter" }, "baseUrl"],
    ["a host and port as baseUrl", { baseUrl: "localhost:8888" }, "baseUrl"],
    ["a path as baseUrl", { baseUrl: "/api" }, "baseUrl"],
    ["another protocol", { baseUrl: "ftp://openmeter.test" }, "baseUrl"],
    ["a file", { baseUrl: new URL("file:///etc") }, "baseUrl"],
    ["credentials in baseUrl", { baseUrl: "https://user:s3cret@openmeter.test" }, "baseUrl"],
    ["a query in baseUrl", { baseUrl: `${baseUrl}?token=s3cret` }, "baseUrl"],
    ["a fragment in baseUrl", { baseUrl: `${baseUrl}#s3cret` }, "baseUrl"],
    ["an empty apiKey", { baseUrl, apiKey: "" }, "apiKey"],
    ["an apiKey that is a number", { baseUrl, apiKey: 5 }, "apiKey"],
    ["an apiKey with a line break", { baseUrl, apiKey: "s3cret\n" }, "apiKey"],
    ["an apiKey with a control character", { baseUrl, apiKey: "s3cret\u0001" }, "apiKey"],
    ["an apiKey beyond Latin-1", { baseUrl, apiKey: "s3cret€" }, "apiKey"],
    ["a redacted apiKey with a line break", { baseUrl, apiKey: Redacted.make("s3cret\r") }, "apiKey"],
    ["apiKey and username", { baseUrl, apiKey: "s3cret", username: "u", password: "s3cret" }, "username"],
    ["a username alone", { baseUrl, username: "u" }, "password"],
    ["a password alone", { baseUrl, password: "s3cret" }, "username"],
    ["an empty username", { baseUrl, username: "", password: "s3cret" }, "username"],
    ["an empty password", { baseUrl, username: "u", password: "" }, "password"],
    ["a username with a colon", { baseUrl, username: "u:v", password: "s3cret" }, "username"],
    ["a password with a line break", { baseUrl, username: "u", password: "s3cret\n" }, "password"],
    ["headers of null", { baseUrl, headers: null }, "headers"],
    ["headers that are a text", { baseUrl, headers: "a: b" }, "headers"],
    ["headers that are a Headers", { baseUrl, headers: new Headers({ a: "s3cret" }) }, "headers"],
    ["headers that are a Map", { baseUrl, headers: new Map([["a", "s3cret"]]) }, "headers"],
    ["headers that are pairs", { baseUrl, headers: [["a", "s3cret"]] }, "headers"],
    ["credentials twice", { baseUrl, apiKey: "s3cret", headers: { Authorization: "s3cret" } }, "headers.authorization"],
    ["a header without a name", { baseUrl, headers: { "": "s3cret" } }, "headers."],
    ["a header with a blank in its name", { baseUrl, headers: { "a b": "s3cret" } }, "headers.a b"],
    ["a header that is empty", { baseUrl, headers: { tenant: "" } }, "headers.tenant"],
    ["a header that is a number", { baseUrl, headers: { tenant: 5 } }, "headers.tenant"],
    ["a header with a line break", { baseUrl, headers: { tenant: "s3cret\r\nx: y" } }, "headers.tenant"],
    ["a header beyond Latin-1", { baseUrl, headers: { tenant: "s3cret😀" } }, "headers.tenant"],
    ["an attemptTimeout of zero", { baseUrl, attemptTimeout: 0 }, "attemptTimeout"],
    ["a negative timeout", { baseUrl, timeout: -1 }, "timeout"],
    ["a timeout that is NaN", { baseUrl, timeout: Number.NaN }, "timeout"],
    ["a timeout that is no length of time", { baseUrl, timeout: "soon" }, "timeout"],
    ["a timeout that is a boolean", { baseUrl, timeout: true }, "timeout"],
    ["a number as retry", { baseUrl, retry: 3 }, "retry"],
    ["a negative number of retries", { baseUrl, retry: { times: -1 } }, "retry.times"],
    ["a retry's option that there is not", { baseUrl, retry: { attempts: 3 } }, "retry.attempts"],
    ["a retry that costs nothing", { baseUrl, retryBudget: { cost: 0 } }, "retryBudget.cost"],
    ["a concurrency of zero", { baseUrl, concurrency: 0 }, "concurrency"],
    ["an option that there is not", { baseUrl, baseURL: baseUrl }, "baseURL"],
    ["the path of the API", { baseUrl: `${baseUrl}/api/v1` }, "baseUrl"],
    ["a scheme before the key", { baseUrl, apiKey: "Bearer s3cret" }, "apiKey"],
    ["the Promise API's token", { baseUrl, token: "s3cret" }, "token"]
  ]
  for (const [what, options, field] of wrong) {
    it.effect(`refuses ${what}, and names ${field}`, () =>
      Effect.gen(function* () {
        const error = thrown(() => resolve(asOptions(options)))
        assert.instanceOf(error, InvalidRequestError)
        assert.strictEqual(error.field, field)
        assert.isTrue(error.message.startsWith(`OpenMeter options: ${field} `), error.message)
        assert.notInclude(inspect(error, { depth: Infinity }), "s3cret")
        const failure = yield* Effect.flip(Layer.build(Transport.layer(asOptions(options))))
        assert.deepInclude({ ...failure }, { _tag: "InvalidRequestError", field })
      })
    )
  }

  it("suggests the option that was meant", () => {
    const suggestion = (options: object) => String(thrown(() => resolve(asOptions(options))))
    assert.match(suggestion({ baseUrl, token: "s3cret" }), /did you mean apiKey\?$/)
    assert.match(suggestion({ baseURL: baseUrl }), /did you mean baseUrl\?$/)
    assert.match(suggestion({ baseUrl, retry: { maxdelay: 1 } }), /did you mean retry\.maxDelay\?$/)
  })

  it("fills in the defaults", () => {
    assert.deepStrictEqual(resolve({ baseUrl }), {
      baseUrl,
      headers: {},
      attemptTimeout: 30_000,
      timeout: 120_000,
      retry: {},
      retryBudget: undefined,
      concurrency: undefined
    })
    assert.deepStrictEqual(
      resolve(
        asOptions({ baseUrl, apiKey: undefined, headers: undefined, attemptTimeout: undefined, timeout: undefined })
      ),
      resolve({ baseUrl })
    )
  })

  it("takes lengths of time in every form, as far as timers go, or without end", () => {
    const timeouts = [1500, "1500 millis", "1.5 seconds", Duration.seconds(1.5)] as const
    for (const timeout of timeouts) assert.strictEqual(resolve({ baseUrl, timeout }).timeout, 1500)
    assert.strictEqual(resolve({ baseUrl, timeout: "365 days" }).timeout, 2 ** 31 - 1)
    for (const timeout of [Infinity, Duration.infinity]) {
      assert.strictEqual(resolve({ baseUrl, timeout }).timeout, Infinity)
    }
  })

  it("keeps secrets redacted", () => {
    const resolved = resolve({ baseUrl, apiKey: "s3cret", headers: { tenant: "s3cret" } })
    assert.notInclude(inspect(resolved, { depth: Infinity }) + JSON.stringify(resolved), "s3cret")
  })
})
