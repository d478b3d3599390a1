import { assert, describe, it } from "@effect/vitest"
import { Config, ConfigProvider, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { inspect } from "node:util"
import { environment } from "../../src/layers/Environment.ts"
import { resolve, type Options } from "../../src/layers/Options.ts"
import * as TransportConfig from "../../src/layers/TransportConfig.ts"
import { Meters } from "../../src/services/Meters.ts"
import * as OpenMeter from "../../src/services/OpenMeter.ts"

const baseUrl = "https://openmeter.test"

type Environment = Readonly<Record<string, string>>

const provided = (env: Environment) => ConfigProvider.layer(ConfigProvider.fromEnv({ env }))

/** Runs one call with options from an environment, and gives the requests that were made. */
const call = (env: Environment, config?: Parameters<typeof OpenMeter.layerConfig>[0], status = 200) =>
  Effect.gen(function* () {
    const requests: Array<Request> = []
    const fetch = (input: string | URL | Request, init?: RequestInit) => {
      requests.push(new Request(input, init))
      return Promise.resolve(Response.json([], { status }))
    }
    yield* Effect.flatMap(Meters, (meters) => meters.list()).pipe(
      Effect.catchTag("ServerError", () => Effect.void),
      Effect.provide(OpenMeter.layerConfig(config)),
      Effect.provideService(FetchHttpClient.Fetch, fetch),
      Effect.provide(provided(env))
    )
    return requests
  })

const one = (...args: Parameters<typeof call>) =>
  Effect.map(call(...args), (requests) => {
    assert.strictEqual(requests.length, 1)
    return requests[0]!
  })

describe("layerConfig", () => {
  it.effect("reads address and key from the environment", () =>
    Effect.gen(function* () {
      const { headers, url } = yield* one({ OPENMETER_BASE_URL: `${baseUrl}/p/`, OPENMETER_API_KEY: "om_abc" })
      assert.strictEqual(url, `${baseUrl}/p/api/v1/meters`)
      assert.strictEqual(headers.get("authorization"), "Bearer om_abc")
    })
  )

  it.effect("reads Basic credentials from the environment", () =>
    Effect.gen(function* () {
      const { headers } = yield* one({
        OPENMETER_BASE_URL: baseUrl,
        OPENMETER_USERNAME: "u",
        OPENMETER_PASSWORD: "p"
      })
      assert.strictEqual(headers.get("authorization"), `Basic ${btoa("u:p")}`)
    })
  )

  it.effect("reads headers from the environment, their values percent-encoded", () =>
    Effect.gen(function* () {
      const { headers } = yield* one({
        OPENMETER_BASE_URL: baseUrl,
        OPENMETER_HEADERS: "X-Tenant=acme , x-key=a%2Cb%3D==,x-percent=50%25"
      })
      assert.strictEqual(headers.get("x-tenant"), "acme")
      assert.strictEqual(headers.get("x-key"), "a,b===")
      assert.strictEqual(headers.get("x-percent"), "50%")
    })
  )

  it.live("reads how often to try again from the environment", () =>
    Effect.gen(function* () {
      const env = { OPENMETER_BASE_URL: baseUrl, OPENMETER_RETRY_BASE_DELAY: "1 millis" }
      assert.strictEqual((yield* call({ ...env, OPENMETER_RETRY_TIMES: "5" }, {}, 503)).length, 6)
      assert.strictEqual((yield* call({ ...env, OPENMETER_RETRY_TIMES: "0" }, {}, 503)).length, 1)
      assert.strictEqual((yield* call({ ...env, OPENMETER_RETRY_BUDGET_CAPACITY: "9" }, {}, 503)).length, 2)
    })
  )

  it.effect("reads every option", () =>
    Effect.gen(function* () {
      const options = yield* Config.unwrap<Options>(environment).pipe(
        Effect.provide(
          provided({
            OPENMETER_BASE_URL: baseUrl,
            OPENMETER_API_KEY: "om_abc",
            OPENMETER_HEADERS: "tenant=acme",
            OPENMETER_ATTEMPT_TIMEOUT: "1000",
            OPENMETER_TIMEOUT: "Infinity",
            OPENMETER_RETRY_TIMES: "4",
            OPENMETER_RETRY_BASE_DELAY: "100 millis",
            OPENMETER_RETRY_MAX_DELAY: "5 seconds",
            OPENMETER_RETRY_MAX_RETRY_AFTER: "2 minutes",
            OPENMETER_RETRY_BUDGET_CAPACITY: "100",
            OPENMETER_RETRY_BUDGET_COST: "2",
            OPENMETER_RETRY_BUDGET_GAIN: "0",
            OPENMETER_CONCURRENCY: "8"
          })
        )
      )
      const { headers, ...resolved } = resolve(options)
      assert.deepStrictEqual(resolved, {
        baseUrl,
        attemptTimeout: 1000,
        timeout: Infinity,
        retry: { times: 4, baseDelay: 100, maxDelay: 5000, maxRetryAfter: 120_000 },
        retryBudget: { capacity: 100, cost: 2, gain: 0 },
        concurrency: 8
      })
      assert.strictEqual(Redacted.value(headers["tenant"]!), "acme")
      assert.notMatch(inspect(options, { depth: Infinity }) + JSON.stringify(options), /om_abc|acme/)
    })
  )

  it.effect("leaves what the environment does not say to the defaults", () =>
    Effect.gen(function* () {
      const options = yield* Config.unwrap<Options>(environment).pipe(
        Effect.provide(provided({ OPENMETER_BASE_URL: baseUrl }))
      )
      assert.deepStrictEqual(resolve(options), resolve({ baseUrl }))
    })
  )

  it.effect("takes an empty variable for none", () =>
    Effect.gen(function* () {
      const { headers } = yield* one({ OPENMETER_BASE_URL: baseUrl, OPENMETER_API_KEY: "", OPENMETER_TIMEOUT: "" })
      assert.isNull(headers.get("authorization"))
    })
  )

  it.effect("takes false for no limit", () =>
    Effect.gen(function* () {
      const options = yield* Config.unwrap<Options>(environment).pipe(
        Effect.provide(
          provided({
            OPENMETER_BASE_URL: baseUrl,
            OPENMETER_CONCURRENCY: "false",
            OPENMETER_RETRY_BUDGET_CAPACITY: "false"
          })
        )
      )
      assert.deepInclude({ ...options }, { concurrency: false, retryBudget: false })
    })
  )

  it.effect("prefers an option that is given to its variable", () =>
    Effect.gen(function* () {
      const { headers, url } = yield* one(
        { METERING_URL: "https://metering.test", OPENMETER_BASE_URL: baseUrl, OPENMETER_API_KEY: "om_abc" },
        { baseUrl: Config.String("METERING_URL"), headers: { tenant: Config.succeed("acme") } }
      )
      assert.strictEqual(url, "https://metering.test/api/v1/meters")
      assert.strictEqual(headers.get("authorization"), "Bearer om_abc")
      assert.strictEqual(headers.get("tenant"), "acme")
    })
  )

  const wrong: ReadonlyArray<readonly [what: string, env: Environment, variable: string, tag: string]> = [
    ["no address", {}, "OPENMETER_BASE_URL", "ConfigError"],
    ["an empty address", { OPENMETER_BASE_URL: "" }, "OPENMETER_BASE_URL", "ConfigError"],
    ["an address that is none", { OPENMETER_BASE_URL: "localhost:8888" }, "OPENMETER_BASE_URL", "InvalidRequestError"],
    ["a key with a line break", { OPENMETER_API_KEY: "s3cret\n" }, "OPENMETER_API_KEY", "InvalidRequestError"],
    ["a username alone", { OPENMETER_USERNAME: "u" }, "OPENMETER_PASSWORD", "InvalidRequestError"],
    ["a password alone", { OPENMETER_PASSWORD: "s3cret" }, "OPENMETER_USERNAME", "InvalidRequestError"],
    ["headers without a name", { OPENMETER_HEADERS: "s3cret" }, "OPENMETER_HEADERS", "ConfigError"],
    ["headers with an empty name", { OPENMETER_HEADERS: "=s3cret" }, "OPENMETER_HEADERS", "ConfigError"],
    ["headers with a comma at the end", { OPENMETER_HEADERS: "a=s3cret," }, "OPENMETER_HEADERS", "ConfigError"],
    ["headers with a bare percent", { OPENMETER_HEADERS: "a=s3cret%" }, "OPENMETER_HEADERS", "ConfigError"],
    ["headers with a wrong name", { OPENMETER_HEADERS: "a:b=s3cret" }, "OPENMETER_HEADERS", "InvalidRequestError"],
    ["headers with a line break", { OPENMETER_HEADERS: "a=s3cret%0A" }, "OPENMETER_HEADERS", "InvalidRequestError"],
    ["a timeout that is none", { OPENMETER_TIMEOUT: "soon" }, "OPENMETER_TIMEOUT", "ConfigError"],
    ["a timeout of zero", { OPENMETER_TIMEOUT: "0 millis" }, "OPENMETER_TIMEOUT", "InvalidRequestError"],
    ["no attempt timeout", { OPENMETER_ATTEMPT_TIMEOUT: "soon" }, "OPENMETER_ATTEMPT_TIMEOUT", "ConfigError"],
    ["retries that are none", { OPENMETER_RETRY_TIMES: "many" }, "OPENMETER_RETRY_TIMES", "ConfigError"],
    ["too many retries", { OPENMETER_RETRY_TIMES: "101" }, "OPENMETER_RETRY_TIMES", "InvalidRequestError"],
    ["no delay", { OPENMETER_RETRY_BASE_DELAY: "-1 second" }, "OPENMETER_RETRY_BASE_DELAY", "InvalidRequestError"],
    ["no longest delay", { OPENMETER_RETRY_MAX_DELAY: "soon" }, "OPENMETER_RETRY_MAX_DELAY", "ConfigError"],
    [
      "no longest Retry-After",
      { OPENMETER_RETRY_MAX_RETRY_AFTER: "soon" },
      "OPENMETER_RETRY_MAX_RETRY_AFTER",
      "ConfigError"
    ],
    ["no budget", { OPENMETER_RETRY_BUDGET_CAPACITY: "none" }, "OPENMETER_RETRY_BUDGET_CAPACITY", "ConfigError"],
    ["free retries", { OPENMETER_RETRY_BUDGET_COST: "0" }, "OPENMETER_RETRY_BUDGET_COST", "InvalidRequestError"],
    ["a negative gain", { OPENMETER_RETRY_BUDGET_GAIN: "-1" }, "OPENMETER_RETRY_BUDGET_GAIN", "InvalidRequestError"],
    ["no concurrency", { OPENMETER_CONCURRENCY: "true" }, "OPENMETER_CONCURRENCY", "ConfigError"],
    ["a concurrency of zero", { OPENMETER_CONCURRENCY: "0" }, "OPENMETER_CONCURRENCY", "InvalidRequestError"]
  ]
  for (const [what, env, variable, tag] of wrong) {
    it.effect(`fails with an error that names the variable for ${what}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(call(what === "no address" ? env : { OPENMETER_BASE_URL: baseUrl, ...env }))
        assert.strictEqual(error._tag, tag)
        assert.include(error.message, variable)
        assert.notInclude(inspect(error, { depth: Infinity }) + JSON.stringify(error) + String(error), "s3cret")
      })
    )
  }

  it.effect("names an option that is given by its own name", () =>
    Effect.gen(function* () {
      const env = { OPENMETER_BASE_URL: baseUrl, OPENMETER_CONCURRENCY: "0" }
      const error = yield* Effect.flip(call(env, { concurrency: Config.succeed(-1) }))
      assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "concurrency" })
    })
  )
})

describe("TransportConfig", () => {
  const list = Effect.flatMap(Meters, (meters) => meters.list())
  const env = provided({ OPENMETER_BASE_URL: baseUrl, OPENMETER_API_KEY: "om_abc" })

  it.effect("serves one service alone, on fetch or on the program's own client", () =>
    Effect.gen(function* () {
      const seen: Array<string | null> = []
      const fetch = (input: string | URL | Request, init?: RequestInit) => {
        seen.push(new Request(input, init).headers.get("authorization"))
        return Promise.resolve(Response.json([]))
      }
      const own = Layer.provide(TransportConfig.layerWithoutHttpClient(), FetchHttpClient.layer)
      for (const transport of [TransportConfig.layer(), own]) {
        yield* list.pipe(
          Effect.provide(Layer.provide(Meters.layer, transport)),
          Effect.provideService(FetchHttpClient.Fetch, fetch),
          Effect.provide(env)
        )
      }
      assert.deepStrictEqual(seen, ["Bearer om_abc", "Bearer om_abc"])
    })
  )

  it.effect("fails with the variable that is wrong", () =>
    Effect.gen(function* () {
      const layer = TransportConfig.layer({ baseUrl: Config.succeed("nowhere") })
      const error = yield* Effect.flip(Layer.build(layer)).pipe(Effect.provide(env))
      assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "baseUrl" })
    })
  )
})
