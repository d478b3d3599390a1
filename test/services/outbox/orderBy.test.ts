import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { InvalidRequestError } from "../../../src/errors.ts"
import type { Event } from "../../../src/schemas/Event.ts"
import { EventBuffer } from "../../../src/services/EventBuffer.ts"
import { keyOf } from "../../../src/services/outbox/orderBy.ts"
import { BufferLive, event } from "../../support/buffer.ts"

/** Functions that give no key, and what is said of them. */
const wrong: ReadonlyArray<readonly [what: string, orderBy: (event: Event) => unknown, message: RegExp]> = [
  ["a number", () => 42, /must return a string or undefined, not a value of type number/],
  ["null", () => null, /must return a string or undefined, not null/],
  ["a promise", async () => "key", /must return a string or undefined, not a value of type object/],
  [
    "an error",
    () => {
      throw new Error("no tenant")
    },
    /throws no tenant/
  ]
]

describe("The key of an event", () => {
  it("is its subject, what a function returns, or nothing", () => {
    assert.strictEqual(keyOf("subject")(event(1)), "customer-1")
    assert.strictEqual(keyOf(({ id }: Event) => id)(event(1)), "1")
    assert.isUndefined(keyOf(() => undefined)(event(1)))
    assert.isUndefined(keyOf(undefined)(event(1)))
  })

  it("is asked for by a subject or a function alone", () => {
    for (const orderBy of ["type", null, 1]) {
      assert.throws(() => keyOf(orderBy), InvalidRequestError, /orderBy.* must be "subject" or a function/)
    }
  })

  for (const [what, orderBy, message] of wrong) {
    it.effect(`cannot be ${what}: the offer fails, and the event is not taken`, () =>
      Effect.gen(function* () {
        const buffer = yield* EventBuffer
        const error = yield* Effect.flip(buffer.offer(event(1)))
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "orderBy" })
        assert.match(error.message, message)
        assert.deepInclude(yield* buffer.stats, { offered: 0, pending: 0 })
      }).pipe(Effect.provide(BufferLive({ orderBy: orderBy as () => string })))
    )
  }
})
