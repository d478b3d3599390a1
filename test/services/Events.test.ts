import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { OpenMeterError } from "../../src/errors.ts"
import { Events } from "../../src/services/Events.ts"
import { connect, json } from "../support/http.ts"

const instant = "2025-06-01T00:00:00Z"

const answered = (id: string) => ({
  event: { id, source: "s", specversion: "1.0", type: "t", subject: "c", time: instant, data: { at: instant } },
  ingestedAt: instant,
  storedAt: instant
})

const listed = (id: string) => ({
  event: { ...answered(id).event, time: new Date(instant) },
  ingestedAt: new Date(instant),
  storedAt: new Date(instant)
})

describe("Events", () => {
  it.effect("lists the latest events, by every filter", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Events, Events.layer, json(200, [answered("a")]), json(200, []))
      assert.deepStrictEqual(yield* service.list(), [listed("a")])
      const customerId = ["01J00000000000000000000000", "01J00000000000000000000001"]
      yield* service.list({ subject: "c 1", customerId, from: new Date(instant), to: instant, id: "a", limit: 1 })
      assert.deepStrictEqual(sent[0], ["GET", "/api/v1/events"])
      const query = new URL(sent[1]?.[1] ?? "", "http://openmeter.test").searchParams
      assert.deepStrictEqual([...query].toSorted(), [
        ["customerId", customerId[0]],
        ["customerId", customerId[1]],
        ["from", "2025-06-01T00:00:00.000Z"],
        ["id", "a"],
        ["limit", "1"],
        ["subject", "c 1"],
        ["to", instant]
      ])
    })
  )

  it.effect("lists a page by a filter, and streams all pages with it", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(
        Events,
        Events.layer,
        json(200, { items: [answered("a")], nextCursor: "c2" }),
        json(200, { items: [answered("a")], nextCursor: "c2" }),
        json(200, { items: [answered("b")] })
      )
      const params = { limit: 1, filter: { type: { $eq: "t" } } }
      assert.deepStrictEqual(yield* service.listV2(params), { items: [listed("a")], nextCursor: "c2" })
      assert.deepStrictEqual(yield* Stream.runCollect(service.items(params)), [listed("a"), listed("b")])
      const cursors = sent.map(([, url]) => new URL(url, "http://openmeter.test").searchParams.get("cursor"))
      assert.deepStrictEqual(cursors, [null, null, "c2"])
      assert.isTrue(sent.every(([, url]) => url.includes(encodeURIComponent('{"type":{"$eq":"t"}}'))))
    })
  )

  it.effect("refuses a wrong parameter, names it and sends nothing", () =>
    Effect.gen(function* () {
      const { service, sent } = yield* connect(Events, Events.layer)
      for (const [call, field] of [
        [service.list({ limit: 0 }), "limit"],
        [service.list({ limit: 101 }), "limit"],
        [service.list({ limit: 1.5 }), "limit"],
        [service.list({ from: "yesterday" }), "from"],
        [service.list({ customerId: ["acme"] }), "customerId[0]"],
        [service.list({ subject: "" }), "subject"],
        [service.list({ hasError: true } as object), "hasError"],
        [service.listV2({ cursor: "" }), "cursor"],
        [service.listV2({ clientId: "" }), "clientId"],
        [service.listV2({ filter: { subject: { $eq: "a", $ne: "b" } } }), "filter.subject"],
        [service.listV2({ filter: { colour: { $eq: "red" } } as object }), "filter.colour"],
        [service.listV2({ filter: { time: { $gt: new Date(Number.NaN) } } }), "filter.time.$gt"]
      ] as const) {
        const error = yield* Effect.flip(call as Effect.Effect<unknown, OpenMeterError>)
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field }, error.message)
      }
      assert.deepStrictEqual(sent, [])
    })
  )
})
