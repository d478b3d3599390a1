import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator } from "../../src/emulator/Emulator.ts"
import { operationOf } from "../../src/emulator/http/router.ts"
import { routes } from "../../src/emulator/http/routes.ts"

const send = Effect.fnUntraced(function* (method: string, url: string) {
  const emulator = yield* Emulator
  const { body, headers, status } = yield* emulator.handle({ method, url, headers: {}, body: "" })
  return { status, contentType: headers["content-type"], body: body ?? "" }
}, Effect.provide(Emulator.layer))

describe("routing", () => {
  it("finds every operation by the method and path of its template", () => {
    for (const [operation, [method, path]] of Object.entries(routes)) {
      assert.strictEqual(operationOf(method, path.replaceAll(/:\w+/g, "x")), operation)
    }
  })

  const problems: ReadonlyArray<readonly [method: string, url: string, status: number, title: string]> = [
    ["GET", "/api/v1/meters/", 404, "Not Found"],
    ["GET", "/api/v1/subjects/a/b", 404, "Not Found"],
    ["PATCH", "/api/v1/meters", 405, "Method Not Allowed"],
    ["HEAD", "/api/v1/meters", 405, "Method Not Allowed"]
  ]

  it.effect.each(problems)("answers %s", ([method, url, status, title]) =>
    Effect.gen(function* () {
      const response = yield* send(method, url)
      const { instance, ...problem } = JSON.parse(response.body)
      assert.deepStrictEqual(problem, { type: "about:blank", title, status })
      assert.match(instance, /^urn:request:/)
      assert.strictEqual(response.contentType, "application/problem+json")
    })
  )

  const outside: ReadonlyArray<readonly [method: string, url: string, status: number, detail: RegExp]> = [
    ["POST", "/api/v1/plans?page=1", 501, /^the emulator does not implement POST \/api\/v1\/plans; it covers .*meters/],
    [
      "GET",
      "/api/v1/customers/acme/stripe",
      501,
      /^the emulator does not implement GET \/api\/v1\/customers\/acme\/stripe/
    ],
    ["GET", "/api/v2/meters", 501, /^the emulator does not implement GET \/api\/v2\/meters/],
    ["GET", "/nowhere", 404, /^GET \/nowhere is not in the OpenMeter API.*check the base URL$/],
    ["GET", "/api/v1/api/v1/meters", 404, /^GET \/api\/v1\/api\/v1\/meters is not in .*check the base URL$/],
    ["GET", "/prefix/api/v1/meters", 404, /^GET \/prefix\/api\/v1\/meters is not in the OpenMeter API/]
  ]

  it.effect.each(outside)("says that it does not cover %s %s", ([method, url, status, detail]) =>
    Effect.gen(function* () {
      const response = yield* send(method, url)
      assert.strictEqual(response.status, status)
      assert.match(JSON.parse(response.body).detail, detail)
    })
  )

  it.effect("answers an escape that cannot be read with a plain text", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* send("GET", "/api/v1/meters/%zz"), {
        status: 400,
        contentType: "text/plain; charset=utf-8",
        body: "400 Bad Request"
      })
    })
  )
})
