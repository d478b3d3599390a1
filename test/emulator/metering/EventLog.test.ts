import { assert, describe, it } from "@effect/vitest"
import type { StoredEvent } from "../../../src/emulator/metering/EventLog.ts"
import * as EventLog from "../../../src/emulator/metering/EventLog.ts"
import { dayOne, Events, int, logOf } from "./arbitraries.ts"

const event = (fields: Partial<StoredEvent>): StoredEvent => ({
  id: "1",
  source: "test",
  type: "t",
  subject: "s",
  time: dayOne,
  data: undefined,
  ingestedAt: dayOne,
  ...fields
})

const logWith = (...events: ReadonlyArray<StoredEvent>) => {
  const log = EventLog.make()
  return { log, taken: events.map((one) => EventLog.append(log, one)) }
}

describe("EventLog", () => {
  it("takes the first event of an id and source, whatever else differs", () => {
    const { log, taken } = logWith(
      event({ subject: "first" }),
      event({ subject: "second" }),
      event({ type: "other" }),
      event({ time: dayOne + 1000 })
    )
    assert.deepStrictEqual(taken, [true, false, false, false])
    assert.deepStrictEqual(
      log.arrived.map((one) => one.subject),
      ["first"]
    )
  })

  it("tells ids and sources apart to the letter", () => {
    const { taken } = logWith(
      event({ id: "bc", source: "a" }),
      event({ id: "c", source: "ab" }),
      event({ id: "bc", source: "A" }),
      event({ id: "bc", source: "a/" }),
      event({ id: "1:abc", source: "x" })
    )
    assert.deepStrictEqual(taken, [true, true, true, true, true])
  })

  it("forgets a key after 32 days", () => {
    const { taken } = logWith(
      event({}),
      event({ ingestedAt: dayOne + EventLog.keyLifetime - 1 }),
      event({ ingestedAt: dayOne + EventLog.keyLifetime })
    )
    assert.deepStrictEqual(taken, [true, false, true])
  })

  it("loses events of the epoch and earlier, which keep their key", () => {
    const { log, taken } = logWith(event({ time: 0 }), event({ id: "2", time: -1000 }), event({ time: dayOne }))
    assert.deepStrictEqual(taken, [true, true, false])
    assert.strictEqual(log.arrived.length, 0)
  })

  it("keeps events of the epoch itself while a clock that began there is in its first year", () => {
    const held = (ingestedAt: number) =>
      logWith(event({ id: "1", time: 0, ingestedAt }), event({ id: "2", time: -1000, ingestedAt })).log.arrived.map(
        ({ id }) => id
      )
    assert.deepStrictEqual(held(0), ["1"])
    assert.deepStrictEqual(held(Date.UTC(1970, 11, 31)), ["1"])
    assert.deepStrictEqual(held(Date.UTC(1971, 0, 1)), [])
  })

  it("keeps the order of arrival among events of one second", () => {
    const { log } = logWith(
      event({ id: "late", time: dayOne + 1000 }),
      event({ id: "a" }),
      event({ id: "b" }),
      event({ id: "early", time: dayOne - 1000 })
    )
    assert.deepStrictEqual(
      EventLog.between(log, "t").map((one) => one.id),
      ["early", "a", "b", "late"]
    )
    assert.deepStrictEqual(
      log.arrived.map((one) => one.id),
      ["late", "a", "b", "early"]
    )
  })

  it("survives structured cloning, as the whole state must", () => {
    const { log } = logWith(event({ id: "b", time: dayOne + 1000 }), event({ id: "a" }))
    const copy = structuredClone(log)
    assert.isFalse(EventLog.append(copy, event({ id: "a" })))
    assert.isTrue(EventLog.append(copy, event({ id: "c", time: dayOne + 500 })))
    assert.strictEqual(EventLog.between(copy, "t").length, 3)
    assert.strictEqual(EventLog.between(log, "t").length, 2)
  })

  it.prop(
    "finds what is in a range, by time",
    { events: Events, more: Events, from: int(0, 4320), length: int(0, 4320) },
    ({ events, from, length, more }) => {
      const log = logOf(events)
      EventLog.between(log, "t")
      // Reading must not keep later events, in whatever order, from their place.
      for (const [i, one] of logOf(more).arrived.entries()) EventLog.append(log, { ...one, id: `more-${i}` })
      const [start, end] = [dayOne + from * 60_000, dayOne + (from + length) * 60_000]
      const expected = log.arrived
        .filter(({ time }) => start <= time && time < end)
        .sort((a, b) => a.time - b.time)
        .map(({ id }) => id)
      assert.deepStrictEqual(
        EventLog.between(log, "t", start, end).map(({ id }) => id),
        expected
      )
      assert.deepStrictEqual(EventLog.between(log, "other", start, end), [])
    }
  )
})
