import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { inspect } from "node:util"
import { InvalidRequestError } from "../../src/errors.ts"
import { resolve, type Options } from "../../src/layers/Options.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { Meters } from "../../src/services/Meters.ts"
import * as OpenMeter from "../../src/services/OpenMeter.ts"
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
    ["the Promise API's token", { baseUrl, token: "s3cret" }, "token"]
  ]
  for (const [what, options, field] of wrong) {
    it.effect(`refuses ${what}, and names ${field}`, () =>
      Effect.gen(function* () {
        const error = thrown(() => resolve(asOptions(options)))
        assert.instanceOf(error, InvalidRequestError)
        assert.strictEqual(error.field, field)
        assert.isTrue(error.message.startsWith(`OpenMeter options: ${field}: `), error.message)
        assert.notInclude(inspect(error, { depth: Infinity }), "s3cret")
        const failure = yield* Effect.flip(Layer.build(Transport.layer(asOptions(options))))
        assert.deepInclude({ ...failure }, { _tag: "InvalidRequestError", field })
      })
    )
  }

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

describe("layerConfig", () => {
  /** Runs one call with options from an environment, and gives the request that was made. */
  const call = (env: Record<string, string>, config?: Parameters<typeof OpenMeter.layerConfig>[0]) =>
    Effect.gen(function* () {
      const requests: Array<Request> = []
      const fetch = (input: string | URL | Request, init?: RequestInit) => {
        requests.push(new Request(input, init))
        return Promise.resolve(Response.json([]))
      }
      yield* Effect.flatMap(Meters, (meters) => meters.list()).pipe(
        Effect.provide(OpenMeter.layerConfig(config)),
        Effect.provideService(FetchHttpClient.Fetch, fetch),
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
      )
      assert.strictEqual(requests.length, 1)
      return requests[0]!
    })

  it.effect("reads address and key from the environment", () =>
    Effect.gen(function* () {
      const { headers, url } = yield* call({ OPENMETER_BASE_URL: `${baseUrl}/p/`, OPENMETER_API_KEY: "om_abc" })
      assert.strictEqual(url, `${baseUrl}/p/api/v1/meters`)
      assert.strictEqual(headers.get("authorization"), "Bearer om_abc")
    })
  )

  it.effect("reads Basic credentials from the environment", () =>
    Effect.gen(function* () {
      const { headers } = yield* call({
        OPENMETER_BASE_URL: baseUrl,
        OPENMETER_USERNAME: "u",
        OPENMETER_PASSWORD: "p",
        OPENMETER_TIMEOUT: "5 seconds",
        OPENMETER_ATTEMPT_TIMEOUT: "1 second"
      })
      assert.strictEqual(headers.get("authorization"), `Basic ${btoa("u:p")}`)
    })
  )

  it.effect("prefers an option that is given to its variable", () =>
    Effect.gen(function* () {
      const { headers, url } = yield* call(
        { METERING_URL: "https://metering.test", OPENMETER_BASE_URL: baseUrl, OPENMETER_API_KEY: "om_abc" },
        { baseUrl: Config.String("METERING_URL"), headers: { tenant: Config.succeed("acme") } }
      )
      assert.strictEqual(url, "https://metering.test/api/v1/meters")
      assert.strictEqual(headers.get("authorization"), "Bearer om_abc")
      assert.strictEqual(headers.get("tenant"), "acme")
    })
  )

  const wrong: ReadonlyArray<readonly [what: string, env: Record<string, string>, variable: string]> = [
    ["no address", {}, "OPENMETER_BASE_URL"],
    ["an empty address", { OPENMETER_BASE_URL: "" }, "OPENMETER_BASE_URL"],
    ["a timeout that is none", { OPENMETER_BASE_URL: baseUrl, OPENMETER_TIMEOUT: "soon" }, "OPENMETER_TIMEOUT"],
    [
      "an attempt timeout that is none",
      { OPENMETER_BASE_URL: baseUrl, OPENMETER_ATTEMPT_TIMEOUT: "soon" },
      "OPENMETER_ATTEMPT_TIMEOUT"
    ]
  ]
  for (const [what, env, variable] of wrong) {
    it.effect(`fails with a ConfigError that names the variable for ${what}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(call(env))
        assert.strictEqual(error._tag, "ConfigError")
        assert.include(error.message, variable)
      })
    )
  }

  it.effect("fails with the InvalidRequestError that names the option when its value is wrong", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(call({ OPENMETER_BASE_URL: "localhost:8888" }))
      assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "baseUrl" })
    })
  )
})
