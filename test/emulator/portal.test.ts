import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { createHash, createHmac } from "node:crypto"
import { Emulator } from "../../src/emulator/Emulator.ts"
import type { Claims } from "../../src/emulator/portal/Jwt.ts"
import * as Jwt from "../../src/emulator/portal/Jwt.ts"
import { hmac, sha256 } from "../../src/emulator/portal/sha256.ts"

const now = Date.parse("2025-06-10T12:00:00Z")

const send = (method: string, url: string, headers: Readonly<Record<string, string>>, body = "") =>
  Effect.flatMap(Emulator, (emulator) => emulator.handle({ method, url, headers, body }))

const post = (url: string, body: unknown, contentType = "application/json") =>
  Effect.map(send("POST", url, { "content-type": contentType }, JSON.stringify(body)), (response) => ({
    status: response.status,
    body: response.body === undefined ? undefined : JSON.parse(response.body)
  }))

const createToken = (body: unknown) =>
  Effect.map(post("/api/v1/portal/tokens", body), (answer): string => answer.body.token)

const ask = (authorization: string, url = "/api/v1/portal/meters/tokens/query") =>
  Effect.map(send("GET", url, { authorization }), (response) => ({
    status: response.status,
    body: JSON.parse(response.body ?? "null")
  }))

const setUp = Effect.gen(function* () {
  yield* TestClock.setTime(now)
  yield* post("/api/v1/meters", { slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.n" })
  yield* post("/api/v1/meters", { slug: "prompts", eventType: "prompt", aggregation: "COUNT" })
  yield* post(
    "/api/v1/events",
    ["ann", "ann", "bob"].map((subject, i) => ({
      specversion: "1.0",
      id: String(i),
      source: "test",
      type: "prompt",
      subject,
      data: { n: 10 ** i }
    })),
    "application/cloudevents-batch+json"
  )
})

const withEmulator = <A, E>(effect: Effect.Effect<A, E, Emulator>) =>
  Effect.provide(Effect.andThen(setUp, effect), Emulator.layer)

describe("sha256", () => {
  it.prop(
    "agrees with the platform",
    { bytes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))) },
    ({ bytes }) => {
      const message = Uint8Array.from(bytes)
      assert.deepStrictEqual(Buffer.from(sha256(message)), createHash("sha256").update(message).digest())
      const key = message.slice(0, 64)
      assert.deepStrictEqual(Buffer.from(hmac(key, message)), createHmac("sha256", key).update(message).digest())
    }
  )

  it.each([0, 55, 56, 63, 64, 65, 119, 120, 1000])("agrees with the platform on %d bytes", (length) => {
    const message = new Uint8Array(length).fill(7)
    assert.deepStrictEqual(Buffer.from(sha256(message)), createHash("sha256").update(message).digest())
  })
})

describe("Jwt", () => {
  const claims: Claims = {
    iss: "openmeter",
    sub: "ann – Ännchen",
    iat: 1000,
    exp: 2000,
    Namespace: "default",
    Id: "id",
    AllowedMeterSlugs: ["m"]
  }

  it("is valid until its expiry", () => {
    const token = Jwt.sign(claims)
    assert.deepStrictEqual(Jwt.verify(token, 1_999_999), Result.succeed(claims))
    assert.deepStrictEqual(Jwt.verify(token, 2_000_000), Result.fail("token has invalid claims: token is expired"))
  })

  it("tells the signature before the expiry", () => {
    const [head, , signature] = Jwt.sign(claims).split(".")
    const payload = Buffer.from(JSON.stringify({ ...claims, sub: "bob" })).toString("base64url")
    assert.deepStrictEqual(
      Jwt.verify(`${head}.${payload}.${signature}`, 3_000_000),
      Result.fail("token signature is invalid: signature is invalid")
    )
  })

  it.each([
    ["abc", /^token is malformed: token contains an invalid number of segments$/],
    ["a.b.c.d", /^token is malformed: token contains an invalid number of segments$/],
    ["!.e30.x", /^token is malformed: could not base64 decode header/],
    [`${btoa("no JSON").replace(/=+$/, "")}.e30.x`, /^token is malformed: could not JSON decode header/],
    [`${Buffer.from('{"alg":"RS256"}').toString("base64url")}.e30.x`, /signing method RS256 is invalid$/],
    [`${Buffer.from("null").toString("base64url")}.e30.x`, /^token is unverifiable/],
    [`${Buffer.from('{"alg":"XX"}').toString("base64url")}.e30.x`, /^token is unverifiable/]
  ])("refuses %s", (token, expected) => {
    assert.match(Result.getOrThrow(Result.flip(Jwt.verify(token, 0))), expected)
  })
})

describe("portal", () => {
  it.effect("shows a token the usage of its subject alone", () =>
    withEmulator(
      Effect.gen(function* () {
        const token = yield* createToken({ subject: "ann" })
        const { body, status } = yield* ask(`Bearer ${token}`)
        assert.strictEqual(status, 200)
        assert.deepStrictEqual(
          body.data.map((row: { subject: string; value: number }) => [row.subject, row.value]),
          [["ann", 11]]
        )
        const other = yield* ask(`Bearer ${token}`, "/api/v1/portal/meters/tokens/query?subject=bob&groupBy=subject")
        assert.deepStrictEqual(other.body, body)
      })
    )
  )

  it.effect("keeps a token to its meters, and tells the wrong meter before the unknown one", () =>
    withEmulator(
      Effect.gen(function* () {
        const token = yield* createToken({ subject: "ann", allowedMeterSlugs: ["prompts"] })
        assert.strictEqual((yield* ask(`Bearer ${token}`, "/api/v1/portal/meters/prompts/query")).status, 200)
        for (const slug of ["tokens", "none"]) {
          const { body, status } = yield* ask(`Bearer ${token}`, `/api/v1/portal/meters/${slug}/query`)
          assert.deepStrictEqual([status, body.detail], [401, "meter slug not allowed"])
        }
      })
    )
  )

  it.effect("lets a token expire after an hour", () =>
    withEmulator(
      Effect.gen(function* () {
        const authorization = `Bearer ${yield* createToken({ subject: "ann" })}`
        yield* TestClock.adjust("59 minutes")
        assert.strictEqual((yield* ask(authorization)).status, 200)
        yield* TestClock.adjust("1 minute")
        const { body, status } = yield* ask(authorization)
        assert.strictEqual(status, 401)
        assert.match(body.detail, /token is expired$/)
      })
    )
  )

  it.effect("gives every token an id of its own, which is a UUID", () =>
    withEmulator(
      Effect.gen(function* () {
        const ids = yield* Effect.all(
          Array.from({ length: 20 }, () =>
            Effect.map(post("/api/v1/portal/tokens", { subject: "ann" }), ({ body }): string => body.id)
          )
        )
        assert.strictEqual(new Set(ids).size, 20)
        for (const id of ids) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/)
      })
    )
  )

  it.effect("crashes, like the server, on a token without subject or of the past", () =>
    withEmulator(
      Effect.gen(function* () {
        for (const body of [{ subject: "" }, { subject: "ann", expiresAt: new Date(now).toISOString() }]) {
          const answer = yield* post("/api/v1/portal/tokens", body)
          assert.deepStrictEqual([answer.status, answer.body.detail], [500, undefined])
        }
      })
    )
  )

  it.effect("honours a token of a slug that was deleted and made again", () =>
    withEmulator(
      Effect.gen(function* () {
        const authorization = `Bearer ${yield* createToken({ subject: "ann", allowedMeterSlugs: ["tokens"] })}`
        yield* send("DELETE", "/api/v1/meters/tokens", {})
        assert.strictEqual((yield* ask(authorization)).status, 404)
        yield* post("/api/v1/meters", { slug: "tokens", eventType: "prompt", aggregation: "MAX", valueProperty: "$.n" })
        assert.strictEqual((yield* ask(authorization)).body.data[0].value, 10)
      })
    )
  )
})

describe("CORS", () => {
  const url = "/api/v1/portal/meters/tokens/query"
  const origin = "https://example.com"

  const preflight = (headers: Readonly<Record<string, string>>, path = url) =>
    send("OPTIONS", path, { origin, "access-control-request-method": "GET", ...headers })

  const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

  it.effect("allows browsers to ask meters, with the headers they need", () =>
    withEmulator(
      Effect.gen(function* () {
        const response = yield* preflight({ "access-control-request-headers": "authorization, accept" })
        assert.deepStrictEqual(response, {
          status: 200,
          headers: {
            vary,
            "access-control-allow-origin": origin,
            "access-control-allow-credentials": "true",
            "access-control-allow-methods": "GET",
            "access-control-allow-headers": "Authorization, Accept",
            "access-control-max-age": "1728000"
          },
          body: undefined
        })
      })
    )
  )

  it.effect("allows neither other methods nor other headers", () =>
    withEmulator(
      Effect.gen(function* () {
        for (const headers of [
          { "access-control-request-method": "DELETE" },
          { "access-control-request-headers": "x-custom" }
        ]) {
          assert.deepStrictEqual(yield* preflight(headers), { status: 200, headers: { vary }, body: undefined })
        }
      })
    )
  )

  it.effect("is for the meters of the portal only", () =>
    withEmulator(
      Effect.gen(function* () {
        for (const path of ["/api/v1/portal/tokens", "/api/v1/meters/tokens/query", "/api/v1/events"]) {
          assert.strictEqual((yield* preflight({}, path)).status, 405, path)
        }
        assert.strictEqual((yield* send("OPTIONS", url, { origin })).status, 405)
      })
    )
  )

  it.effect("lets browsers read answers and refusals", () =>
    withEmulator(
      Effect.gen(function* () {
        const authorization = `Bearer ${yield* createToken({ subject: "ann" })}`
        for (const headers of [{ origin, authorization }, { origin }]) {
          const response = yield* send("GET", url, headers)
          assert.strictEqual(response.headers["access-control-allow-origin"], origin)
          assert.strictEqual(response.headers["access-control-allow-credentials"], "true")
        }
        const elsewhere = yield* send("GET", "/api/v1/meters/tokens/query", { origin })
        assert.isUndefined(elsewhere.headers["access-control-allow-origin"])
        const withoutOrigin = yield* send("GET", url, { authorization })
        assert.isUndefined(withoutOrigin.headers["access-control-allow-origin"])
      })
    )
  )
})
