import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import { CurrentCallOptions, withCallOptions } from "../../../src/layers/Call.ts"
import { OutboxError, type OutboxEvent } from "../../../src/services/Outbox.ts"
import * as GroupCommit from "../../../src/services/outbox/GroupCommit.ts"
import { outboxEvent } from "../outboxLaws.ts"

type Store = (events: ReadonlyArray<OutboxEvent>) => Effect.Effect<ReadonlyArray<number>, OutboxError>

/** Puts over a storage, in a scope that the test closes. */
const over = (store: Store) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const put = yield* Scope.provide(GroupCommit.make(store), scope)
    return { put, close: Scope.close(scope, Exit.void) }
  })

const errorOf = <A>(exit: Exit.Exit<A, OutboxError>) =>
  Exit.isFailure(exit) ? Cause.squash(exit.cause) : assert.fail("nothing was refused")

describe("Puts that are stored together", () => {
  it.effect("fail with a typed error, and interrupt nobody, when the outbox closes meanwhile", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const { close, put } = yield* over(() => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never))
      const underWay = yield* Effect.forkChild(put([outboxEvent("1")]))
      yield* Deferred.await(begun)
      const waiting = yield* Effect.forkChild(put([outboxEvent("2")]))
      yield* Effect.yieldNow
      yield* close
      const refused = [underWay, waiting].map((fiber) => Effect.map(Fiber.await(fiber), errorOf))
      for (const error of yield* Effect.all([...refused, Effect.flip(put([outboxEvent("3")]))])) {
        assert.instanceOf(error, OutboxError)
        assert.strictEqual(error.reason, "unavailable")
        assert.match(error.message, /^the outbox is closed/)
      }
    })
  )

  it.effect("fail together with what the storage says, and those after them are stored", () =>
    Effect.gen(function* () {
      const full = new OutboxError({ reason: "full", message: "no room" })
      const { put } = yield* over((events) =>
        events.some(({ id }) => id === "0") ? Effect.fail(full) : Effect.succeed(events.map(({ id }) => Number(id)))
      )
      const first = yield* Effect.all([Effect.exit(put([outboxEvent("0")])), Effect.exit(put([outboxEvent("1")]))], {
        concurrency: 2
      })
      assert.deepStrictEqual(first, [Exit.fail(full), Exit.fail(full)])
      assert.deepStrictEqual(yield* put([outboxEvent("2"), outboxEvent("3")]), [2, 3])
    })
  )
})

describe("What stores puts", () => {
  it.effect("has neither the trace nor the call options of whoever opened the outbox", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const store: Store = (events) =>
        Effect.gen(function* () {
          seen.push(Option.isSome(yield* Effect.serviceOption(Tracer.ParentSpan)), yield* CurrentCallOptions)
          return events.map(({ id }) => Number(id))
        })
      const { put } = yield* over(store).pipe(
        withCallOptions({ headers: { "x-tenant": "a" } }),
        Effect.withSpan("open")
      )
      assert.deepStrictEqual(yield* put([outboxEvent("1")]), [1])
      assert.deepStrictEqual(seen, [false, { timeout: undefined, headers: {}, retry: {} }])
    })
  )
})

describe("An error of an outbox", () => {
  it("is retryable unless the storage is damaged", () => {
    const isRetryable = (reason: OutboxError["reason"]) => new OutboxError({ reason, message: "" }).isRetryable
    assert.deepStrictEqual(
      [isRetryable("full"), isRetryable("unavailable"), isRetryable("corrupt")],
      [true, true, false]
    )
  })
})
