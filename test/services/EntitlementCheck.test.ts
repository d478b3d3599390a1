import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { InvalidRequestError } from "../../src/errors.ts"
import { withCallOptions } from "../../src/layers/Call.ts"
import * as Retry from "../../src/layers/Retry.ts"
import { Transport } from "../../src/layers/Transport.ts"
import type { EntitlementCheckOptions } from "../../src/services/AccessCache.ts"
import { CustomerEntitlementCheck } from "../../src/services/CustomerEntitlementCheck.ts"
import { CustomerEntitlements } from "../../src/services/CustomerEntitlements.ts"
import { EntitlementCheck } from "../../src/services/EntitlementCheck.ts"
import { Entitlements } from "../../src/services/Entitlements.ts"
import { after, following, hang, reset, scripted, status, type Scripted, type Step } from "../support/script.ts"

const access = (hasAccess: boolean): Step => status(200, {}, JSON.stringify({ hasAccess }))
const yes = access(true)
const no = access(false)
const problem = (code: number, detail: string): Step =>
  status(
    code,
    { "content-type": "application/problem+json" },
    JSON.stringify({ title: "Problem", status: code, detail })
  )
const missing = problem(404, "entitlement not found ai_tokens in namespace default")
const down = status(503)

/** Both checks over a server that does not have to be asked twice: what the tests are about is the check's own. */
const over = (server: Scripted, options?: EntitlementCheckOptions) =>
  Layer.merge(EntitlementCheck.layer(options), CustomerEntitlementCheck.layer(options)).pipe(
    Layer.provideMerge(Layer.merge(Entitlements.layer, CustomerEntitlements.layer)),
    Layer.provide(Transport.layerWithoutHttpClient({ baseUrl: "http://openmeter.test" })),
    Layer.provide(Layer.succeed(HttpClient.HttpClient, server.client)),
    Layer.provide(Retry.layerOff)
  )

const check = Effect.flatMap(EntitlementCheck, ({ hasAccess }) => hasAccess("customer-1", "ai_tokens"))
const invalidate = Effect.flatMap(EntitlementCheck, (check) => check.invalidate("customer-1", "ai_tokens"))
const tag = Effect.map(Effect.flip(check), ({ _tag }) => _tag)

describe("EntitlementCheck", () => {
  it.effect("asks once within the time to live, and again after it", () => {
    const server = following(yes, no)
    return Effect.gen(function* () {
      assert.isTrue(yield* check)
      yield* TestClock.adjust(9_999)
      assert.isTrue(yield* check)
      assert.strictEqual(server.sent.length, 1)
      yield* TestClock.adjust(1)
      assert.isFalse(yield* check)
      assert.isFalse(yield* check)
      assert.deepStrictEqual(server.times(), [0, 10_000])
    }).pipe(Effect.provide(over(server)))
  })

  it.effect("asks for the value of the entitlement, of subjects and of customers", () => {
    const server = following(yes)
    return Effect.gen(function* () {
      yield* check
      assert.isTrue(yield* (yield* CustomerEntitlementCheck).hasAccess("acme", "ai_tokens"))
      assert.deepStrictEqual(
        server.sent.map(({ method, path }) => [method, path]),
        [
          ["GET", "/api/v1/subjects/customer-1/entitlements/ai_tokens/value"],
          ["GET", "/api/v2/customers/acme/entitlements/ai_tokens/value"]
        ]
      )
    }).pipe(Effect.provide(over(server)))
  })

  it.effect("makes one request for 1,000 checks at the same time", () => {
    const server = following(after(100, yes))
    return Effect.gen(function* () {
      const checks = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 1_000 }, () => check),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust(100)
      const answers = yield* Fiber.join(checks)
      assert.deepStrictEqual(
        answers,
        Array.from({ length: 1_000 }, () => true)
      )
      assert.strictEqual(server.sent.length, 1)
    }).pipe(Effect.provide(over(server)))
  })

  it.effect("tells a pair of names from any other", () => {
    const server = scripted(() => yes)
    return Effect.gen(function* () {
      const { hasAccess } = yield* EntitlementCheck
      const pairs = [
        ["a", "b:c"],
        ["a:b", "c"],
        ['a","b', "c"],
        ["a", 'b","c'],
        ["ab", "c"],
        ["a", "bc"]
      ] as const
      for (const [subject, feature] of [...pairs, ...pairs]) yield* hasAccess(subject, feature)
      assert.strictEqual(server.sent.length, pairs.length)
    }).pipe(Effect.provide(over(server)))
  })

  it.effect("leaves the plain call without memory", () => {
    const server = following(yes, no, yes)
    return Effect.gen(function* () {
      const entitlements = yield* Entitlements
      yield* check
      assert.isFalse((yield* entitlements.value("customer-1", "ai_tokens")).hasAccess)
      assert.isTrue((yield* entitlements.value("customer-1", "ai_tokens")).hasAccess)
    }).pipe(Effect.provide(over(server)))
  })

  describe("without an entitlement", () => {
    it.effect("says no, and remembers it, whatever it is that does not exist", () => {
      const server = following(missing, problem(412, "customer is deleted"))
      return Effect.gen(function* () {
        assert.isFalse(yield* check)
        assert.isFalse(yield* check)
        assert.isFalse(yield* (yield* CustomerEntitlementCheck).hasAccess("acme", "ai_tokens"))
        assert.strictEqual(server.sent.length, 2)
      }).pipe(Effect.provide(over(server)))
    })

    const strange: ReadonlyArray<readonly [what: string, step: Step]> = [
      ["a page that is not of the server", status(404, { "content-type": "text/html" }, "<h1>Not Found</h1>")],
      ["a gateway's problem", problem(404, "no route matched")],
      ["an empty object", status(404, { "content-type": "application/json" }, "{}")]
    ]
    it.effect.each(strange)("fails at %s", ([, step]) => {
      const server = following(step)
      return Effect.gen(function* () {
        assert.strictEqual(yield* tag, "NotFoundError")
      }).pipe(Effect.provide(over(server)))
    })
  })

  describe("while the server fails", () => {
    for (const [name, failure] of [
      ["answers 503", down],
      ["answers 520", status(520)],
      ["answers 429", status(429)],
      ["breaks the connection", reset]
    ] as const) {
      it.effect(`uses the last answer when it ${name}`, () => {
        const server = following(yes, failure)
        return Effect.gen(function* () {
          yield* check
          yield* TestClock.adjust("10 seconds")
          assert.isTrue(yield* check)
          assert.strictEqual(server.sent.length, 2)
        }).pipe(Effect.provide(over(server)))
      })
    }

    it.effect("uses the last answer when it does not answer in time", () => {
      const server = following(yes, hang)
      return Effect.gen(function* () {
        yield* check
        yield* TestClock.adjust("10 seconds")
        const late = yield* Effect.forkChild(check)
        yield* TestClock.adjust("2999 millis")
        assert.isUndefined(late.pollUnsafe())
        yield* TestClock.adjust("1 millis")
        assert.isTrue(yield* Fiber.join(late))
      }).pipe(Effect.provide(over(server, { timeout: "3 seconds" })))
    })

    it.effect("asks again every time to live, until the server answers", () => {
      const server = following(yes, down, down, no)
      return Effect.gen(function* () {
        for (let second = 0; second < 40; second++) {
          assert.strictEqual(yield* check, second < 30)
          yield* TestClock.adjust("1 second")
        }
        assert.deepStrictEqual(server.times(), [0, 10_000, 20_000, 30_000])
      }).pipe(Effect.provide(over(server)))
    })

    it.effect("fails when the last answer is too old, to the millisecond", () => {
      const server = following(yes, down)
      return Effect.gen(function* () {
        yield* check
        // Asked for and used again in between, which makes it no younger.
        yield* TestClock.adjust("35 seconds")
        assert.isTrue(yield* check)
        yield* TestClock.adjust(4_999)
        assert.isTrue(yield* check)
        yield* TestClock.adjust(1)
        assert.strictEqual(yield* tag, "ServerError")
      }).pipe(Effect.provide(over(server, { timeToLive: "10 seconds", staleIfError: "30 seconds" })))
    })

    it.effect("fails at once with staleIfError: false", () => {
      const server = following(yes, down)
      return Effect.gen(function* () {
        yield* check
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual(yield* tag, "ServerError")
      }).pipe(Effect.provide(over(server, { staleIfError: false })))
    })

    it.effect("fails where no answer is known, and keeps no failure", () => {
      const server = following(down, reset, yes)
      return Effect.gen(function* () {
        assert.strictEqual(yield* tag, "ServerError")
        assert.strictEqual(yield* tag, "TransportError")
        assert.isTrue(yield* check)
        assert.strictEqual(server.sent.length, 3)
      }).pipe(Effect.provide(over(server)))
    })

    it.effect("gives the failure to all that wait for it", () => {
      const server = following(after(100, down))
      return Effect.gen(function* () {
        const checks = yield* Effect.forkChild(Effect.all([tag, tag, tag], { concurrency: "unbounded" }))
        yield* TestClock.adjust(100)
        assert.deepStrictEqual(yield* Fiber.join(checks), ["ServerError", "ServerError", "ServerError"])
        assert.strictEqual(server.sent.length, 1)
      }).pipe(Effect.provide(over(server)))
    })
  })

  it.effect("does not hide credentials that are refused behind the last answer", () => {
    const server = following(yes, problem(401, "invalid token"))
    return Effect.gen(function* () {
      yield* check
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* tag, "UnauthorizedError")
    }).pipe(Effect.provide(over(server)))
  })

  describe("interrupted", () => {
    it.effect("leaves the others the answer that they wait for", () => {
      const server = following(after(100, yes))
      return Effect.gen(function* () {
        const [first, second, third] = yield* Effect.all([
          Effect.forkChild(check),
          Effect.forkChild(check),
          Effect.forkChild(check)
        ])
        yield* TestClock.adjust(50)
        // The one that made the request, and one that joined it.
        yield* Fiber.interrupt(first)
        yield* Fiber.interrupt(second)
        yield* TestClock.adjust(50)
        assert.isTrue(yield* Fiber.join(third))
        assert.strictEqual(server.sent.length, 1)
      }).pipe(Effect.provide(over(server)))
    })

    it.effect("breaks off the request when nobody waits for it, and asks anew", () => {
      const server = following(hang, yes)
      return Effect.gen(function* () {
        const only = yield* Effect.forkChild(check)
        yield* TestClock.adjust(1)
        assert.strictEqual(server.underWay(), 1)
        yield* Fiber.interrupt(only)
        assert.strictEqual(server.underWay(), 0)
        assert.isTrue(yield* check)
      }).pipe(Effect.provide(over(server)))
    })

    it.effect("is nothing that a timeout of one caller does to another", () => {
      const server = following(after(1_000, yes))
      return Effect.gen(function* () {
        const hasty = yield* Effect.forkChild(
          Effect.exit(withCallOptions(check, { timeout: 100, headers: { a: "b" } }))
        )
        const patient = yield* Effect.forkChild(check)
        yield* TestClock.adjust(1_000)
        assert.isTrue(Exit.isSuccess(yield* Fiber.join(hasty)))
        assert.isTrue(yield* Fiber.join(patient))
        assert.notProperty(server.sent[0]!.headers, "a")
      }).pipe(Effect.provide(over(server)))
    })
  })

  describe("invalidated", () => {
    it.effect("asks at the next check, about that subject and feature alone", () => {
      const server = scripted((count) => (count <= 2 ? no : yes))
      return Effect.gen(function* () {
        const { hasAccess, invalidateAll } = yield* EntitlementCheck
        const other = hasAccess("customer-2", "ai_tokens")
        assert.deepStrictEqual([yield* check, yield* other], [false, false])
        yield* invalidate
        assert.deepStrictEqual([yield* check, yield* other], [true, false])
        yield* invalidateAll
        assert.deepStrictEqual([yield* check, yield* other], [true, true])
      }).pipe(Effect.provide(over(server)))
    })

    it.effect("uses no answer from before when the server fails", () => {
      const server = following(yes, down)
      return Effect.gen(function* () {
        yield* check
        yield* invalidate
        assert.strictEqual(yield* tag, "ServerError")
      }).pipe(Effect.provide(over(server)))
    })

    it.effect("keeps no answer that was asked for before", () => {
      const server = following(after(100, yes), after(100, no), down)
      return Effect.gen(function* () {
        const before = yield* Effect.forkChild(check)
        yield* TestClock.adjust(50)
        yield* invalidate
        const afterwards = yield* Effect.forkChild(check)
        yield* TestClock.adjust(100)
        assert.deepStrictEqual([yield* Fiber.join(before), yield* Fiber.join(afterwards)], [true, false])
        assert.isFalse(yield* check)
        yield* TestClock.adjust("10 seconds")
        assert.isFalse(yield* check)
      }).pipe(Effect.provide(over(server)))
    })
  })

  it.effect("keeps so many answers and no more, those asked for last", () => {
    const server = scripted(() => yes)
    return Effect.gen(function* () {
      const { hasAccess } = yield* EntitlementCheck
      const ask = (...subjects: ReadonlyArray<string>) =>
        Effect.map(
          Effect.forEach(subjects, (subject) => hasAccess(subject, "ai_tokens")),
          () => server.sent.length
        )
      assert.strictEqual(yield* ask("a", "b", "a", "c"), 3)
      assert.strictEqual(yield* ask("a", "c"), 3)
      assert.strictEqual(yield* ask("b"), 4)
    }).pipe(Effect.provide(over(server, { capacity: 2 })))
  })

  it.effect("counts the time from the answer, not from the question", () => {
    const server = following(after(8_000, yes), no)
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(check)
      yield* TestClock.adjust(8_000)
      assert.isTrue(yield* Fiber.join(first))
      yield* TestClock.adjust(9_999)
      assert.isTrue(yield* check)
      yield* TestClock.adjust(1)
      assert.isFalse(yield* check)
    }).pipe(Effect.provide(over(server, { timeout: "9 seconds" })))
  })

  it.effect("refuses options that are wrong, and names them", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<readonly [unknown, string]> = [
        [{ timeToLive: 0 }, "entitlementCheck.timeToLive"],
        [{ capacity: 0 }, "entitlementCheck.capacity"],
        [{ capacity: 1.5 }, "entitlementCheck.capacity"],
        [{ staleIfError: "soon" }, "entitlementCheck.staleIfError"],
        [{ timeout: -1 }, "entitlementCheck.timeout"],
        [{ ttl: 5 }, "entitlementCheck.ttl"],
        [5, "entitlementCheck"]
      ]
      for (const [options, field] of wrong) {
        // As a program without types may call it.
        const built = Layer.build(over(following(yes), options as EntitlementCheckOptions))
        const error = yield* Effect.flip(Effect.scoped(built))
        assert.instanceOf(error, InvalidRequestError)
        assert.strictEqual(error.field, field)
      }
    })
  )
})
