import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Stream } from "effect"
import { NotImplementedError, UnauthorizedError, type OpenMeterError } from "../../src/errors.ts"
import { Portal } from "../../src/services/Portal.ts"
import { connect, json, noContent, problem, text } from "../support/http.ts"

const instant = "2025-06-01T00:00:00Z"

describe("Portal", () => {
  it.effect("makes a token, whose secret is redacted", () =>
    Effect.gen(function* () {
      const answered = { id: "a", subject: "c", allowedMeterSlugs: [], expiresAt: instant, token: "om_portal" }
      const { service, sent } = yield* connect(Portal, Portal.layer, json(200, answered))
      const { token, ...rest } = yield* service.createToken({
        subject: "c",
        allowedMeterSlugs: ["m"],
        expiresAt: new Date(instant)
      })
      assert.strictEqual(token && Redacted.value(token), "om_portal")
      assert.deepStrictEqual(rest, { id: "a", subject: "c", allowedMeterSlugs: [], expiresAt: new Date(instant) })
      assert.deepStrictEqual(sent, [
        [
          "POST",
          "/api/v1/portal/tokens",
          { subject: "c", allowedMeterSlugs: ["m"], expiresAt: "2025-06-01T00:00:00.000Z" }
        ]
      ])
    })
  )

  it.effect("lists tokens, and ends them", () =>
    Effect.gen(function* () {
      const answers = [json(200, [{ subject: "c" }]), json(200, [{ subject: "c" }]), noContent, noContent]
      const { service, sent } = yield* connect(Portal, Portal.layer, ...answers)
      assert.deepStrictEqual(yield* service.listTokens({ limit: 5 }), [{ subject: "c" }])
      assert.deepStrictEqual(yield* Stream.runCollect(service.tokens()), [{ subject: "c" }])
      yield* service.invalidateTokens({ subject: "c" })
      yield* service.invalidateTokens()
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/portal/tokens?limit=5"],
        ["GET", "/api/v1/portal/tokens"],
        ["POST", "/api/v1/portal/tokens/invalidate", { subject: "c" }],
        ["POST", "/api/v1/portal/tokens/invalidate", {}]
      ])
    })
  )

  it.effect("queries with the token that it is given, for this call alone", () =>
    Effect.gen(function* () {
      const csv = "window_start,window_end,value\r\n"
      const { service, sent, headers } = yield* connect(
        Portal,
        Portal.layer,
        json(200, { data: [] }),
        text(200, "text/csv", csv),
        json(200, { data: [] })
      )
      const token = Redacted.make("om_portal")
      assert.deepStrictEqual(yield* service.query("m", { windowSize: "DAY" }, token), { data: [] })
      assert.strictEqual(yield* service.queryCsv("m", {}, token), csv)
      yield* service.query("m")
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/portal/meters/m/query?windowSize=DAY"],
        ["GET", "/api/v1/portal/meters/m/query"],
        ["GET", "/api/v1/portal/meters/m/query"]
      ])
      assert.deepStrictEqual(
        headers.map(({ accept, authorization }) => [accept, authorization]),
        [
          [undefined, "Bearer om_portal"],
          ["text/csv", "Bearer om_portal"],
          [undefined, undefined]
        ]
      )
    })
  )

  it.effect("says when the portal is switched off, and when a token has ended", () =>
    Effect.gen(function* () {
      const { service } = yield* connect(
        Portal,
        Portal.layer,
        text(501, "text/plain", "portal is off"),
        problem(401, "token is expired")
      )
      const off = yield* Effect.flip(service.createToken({ subject: "c" }))
      assert.instanceOf(off, NotImplementedError)
      assert.strictEqual(off.message, "createPortalToken: 501 portal is off")
      assert.instanceOf(yield* Effect.flip(service.query("m")), UnauthorizedError)
    })
  )

  it.effect("refuses what the server would refuse, names the field and sends nothing", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Portal, Portal.layer)
      for (const [call, field] of [
        [service.createToken({ subject: "" }), "subject"],
        [service.createToken({ subject: "c", allowedMeterSlugs: [] }), "allowedMeterSlugs"],
        [service.createToken({ subject: "c", allowedMeterSlugs: [""] }), "allowedMeterSlugs[0]"],
        [service.createToken({ subject: "c", expiresAt: "tomorrow" }), "expiresAt"],
        [service.invalidateTokens({ id: "" }), "id"],
        [service.listTokens({ limit: 101 }), "limit"],
        [service.query("", {}), "meterSlug"],
        [service.query("m", { subject: ["other"] } as object), "subject"],
        [service.query("m", {}, Redacted.make("two\nlines")), "headers.authorization"]
      ] as const) {
        const error = yield* Effect.flip(call as Effect.Effect<unknown, OpenMeterError>)
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field }, error.message)
      }
      assert.deepStrictEqual(sent, [])
    })
  )
})
