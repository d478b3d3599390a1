import { InvalidRequestError } from "@openmeter/sdk"
import { Faults, startEmulator } from "@openmeter/sdk/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Emulator } from "../../src/emulator/Emulator.ts"

/** What a program without types may pass. */
// oxlint-disable-next-line typescript/no-explicit-any
type Untyped = any

const untyped = Faults as Untyped
const { hang, status } = untyped

const refusal = (call: () => unknown): InvalidRequestError => {
  try {
    call()
  } catch (error) {
    assert.instanceOf(error, InvalidRequestError)
    return error
  }
  return assert.fail("it was accepted")
}

describe("faults", () => {
  const wrong: ReadonlyArray<readonly [message: string, field: string, call: () => unknown]> = [
    [
      'Faults.once: operation "ingestEvnts" is not a known operation; did you mean "ingestEvents"?',
      "operation",
      () => untyped.once("ingestEvnts", hang)
    ],
    [
      'Faults.always: operation "nonsense" is not a known operation; operations are named like "ingestEvents"',
      "operation",
      () => untyped.always(["ingestEvents", "nonsense"], hang)
    ],
    [
      "Faults.always: operation must name at least one operation, not an empty array",
      "operation",
      () => untyped.always([], hang)
    ],
    [
      'Faults.once: operation must be an operation such as "ingestEvents", an array of operations, or "*", not a function',
      "operation",
      () => untyped.once(hang, "ingestEvents")
    ],
    [
      'Faults.once: operation must be an operation such as "ingestEvents", an array of operations, or "*", not undefined',
      "operation",
      () => untyped.once(undefined, hang)
    ],
    [
      "Faults.once: behaviour must be a behaviour such as Faults.hang or Faults.status(503), not undefined",
      "behaviour",
      () => untyped.once("ingestEvents")
    ],
    [
      "Faults.once: behaviour must be a behaviour such as Faults.hang or Faults.status(503), not the function that makes one",
      "behaviour",
      () => untyped.once("ingestEvents", status)
    ],
    ["Faults.times: count must be an integer of at least 0, not -1", "count", () => untyped.times(-1, "*", hang)],
    ["Faults.times: count must be an integer of at least 0, not 1.5", "count", () => untyped.times(1.5, "*", hang)],
    ['Faults.times: count must be an integer of at least 0, not "*"', "count", () => untyped.times("*", 2, hang)],
    ["Faults.random: probability must be a number from 0 to 1, not 2", "probability", () => untyped.random(2, hang)],
    [
      "Faults.random: probability must be a number from 0 to 1, not a function",
      "probability",
      () => untyped.random(hang, 0.5)
    ],
    [
      "Faults.random: options.sead is not a known option (did you mean seed?); the options are seed, operation",
      "options.sead",
      () => untyped.random(0.5, hang, { sead: 1 })
    ],
    [
      "Faults.random: options.seed must be a string or a finite number, not NaN",
      "options.seed",
      () => untyped.random(0.5, hang, { seed: Number.NaN })
    ],
    [
      'Faults.random: options.operation "listMetres" is not a known operation; did you mean "listMeters"?',
      "options.operation",
      () => untyped.random(0.5, hang, { operation: "listMetres" })
    ],
    [
      'Faults.between: from must be a finite duration of zero or more, such as 500 (milliseconds) or "5 seconds", not "10"',
      "from",
      () => untyped.between("10", "20 seconds", hang)
    ],
    ["Faults.between: until must be later than from", "until", () => untyped.between("2 minutes", "1 minute", hang)],
    [
      "Faults.between: behaviour must be a behaviour such as Faults.hang or Faults.status(503), not undefined",
      "behaviour",
      () => untyped.between(0, 1)
    ],
    [
      "Faults.make: selection.operations is not a known option (did you mean operation?); " +
        "the options are operation, skip, times, probability, from, until, seed",
      "selection.operations",
      () => untyped.make({ operations: "*" }, hang)
    ],
    ["Faults.make: selection must be an object, not a function", "selection", () => untyped.make(hang, {})],
    [
      "Faults.make: selection.skip must be an integer of at least 0, not -1",
      "selection.skip",
      () => untyped.make({ skip: -1 }, hang)
    ],
    ['Faults.status: code must be an integer from 200 to 599, not "x"', "code", () => untyped.status("x")],
    ["Faults.status: code must be an integer from 200 to 599, not 1000", "code", () => untyped.status(1000)],
    ["Faults.status: code must be an integer from 200 to 599, not 100", "code", () => untyped.status(100)],
    [
      'Faults.status: headers["retry-after"] must be a string, not 2',
      'headers["retry-after"]',
      () => untyped.status(503, { "retry-after": 2 })
    ],
    [
      "Faults.respond: response.status must be an integer from 200 to 599, not undefined",
      "response.status",
      () => untyped.respond({})
    ],
    [
      "Faults.respond: response.header is not a known option (did you mean headers?); the options are status, headers, body",
      "response.header",
      () => untyped.respond({ status: 200, header: {} })
    ],
    [
      "Faults.respond: response.body must be a string, not an object",
      "response.body",
      () => untyped.respond({ status: 200, body: {} })
    ],
    [
      'Faults.latency: latency must be a finite duration of zero or more, such as 500 (milliseconds) or "5 seconds", not -1',
      "latency",
      () => untyped.latency(-1)
    ],
    [
      'Faults.latency: latency must be a finite duration of zero or more, such as 500 (milliseconds) or "5 seconds", not an object',
      "latency",
      () => untyped.latency({ mean: 5 })
    ],
    [
      'Faults.latency: latency.max must be a finite duration of zero or more, such as 500 (milliseconds) or "5 seconds", not undefined',
      "latency.max",
      () => untyped.latency({ min: 5 })
    ],
    ["Faults.latency: latency.max must not be less than min", "latency.max", () => untyped.latency({ min: 2, max: 1 })],
    [
      "Faults.latency: latency.median must be longer than zero",
      "latency.median",
      () => untyped.latency({ median: 0, p99: 1 })
    ],
    [
      "Faults.latency: latency.p99 must not be less than median",
      "latency.p99",
      () => untyped.latency({ median: 2, p99: 1 })
    ],
    [
      'Faults.clockSkew: skew must be a finite duration, such as 500 (milliseconds) or "5 seconds", not Infinity',
      "skew",
      () => untyped.clockSkew(Infinity)
    ],
    ["Faults.replaceBody: body must be a string, not an object", "body", () => untyped.replaceBody({})],
    [
      "Faults.replaceBody: contentType must be a non-empty string, not 1",
      "contentType",
      () => untyped.replaceBody("", 1)
    ],
    ["Faults.combine: behaviours must be at least one behaviour", "behaviours", () => untyped.combine()],
    [
      "Faults.combine: behaviours[1] must be a behaviour such as Faults.hang or Faults.status(503), not 503",
      "behaviours[1]",
      () => untyped.combine(hang, 503)
    ]
  ]

  it.each(wrong)("are refused: %s", (message, field, call) => {
    const error = refusal(call)
    assert.deepStrictEqual([error.message, error.field], [message, field])
  })

  it("are accepted at the ends of every range", () => {
    assert.isDefined([
      Faults.times(0, "*", Faults.hang),
      Faults.random(0, Faults.hang, { seed: "a", operation: ["ingestEvents"] }),
      Faults.random(1, Faults.hang),
      Faults.between(0, "Infinity", Faults.hang),
      Faults.status(200),
      Faults.status(599),
      Faults.latency(0),
      Faults.latency({ seconds: 1 }),
      Faults.latency({ min: 0, max: 0 }),
      Faults.latency({ median: 1, p99: 1 }),
      Faults.clockSkew("-5 minutes"),
      Faults.respond({ status: 200 })
    ])
  })

  const injected: ReadonlyArray<readonly [message: string, fault: Untyped]> = [
    ['is a behaviour, not a fault; say which requests it affects, as in Faults.always("*", Faults.hang)', hang],
    [
      'must be a fault such as Faults.once("ingestEvents", Faults.reset), not an array',
      [Faults.always("*", Faults.hang)]
    ],
    ['must be a fault such as Faults.once("ingestEvents", Faults.reset), not undefined', undefined]
  ]

  it.effect.each(injected)("are not injected when one %s", ([message, fault]) =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      const error = yield* Effect.flip(emulator.inject(Faults.always("*", Faults.reset), fault))
      assert.deepStrictEqual([error._tag, error.message], ["InvalidRequestError", `inject: faults[1] ${message}`])
      const outcome = yield* emulator.exchange({ method: "GET", url: "/api/v1/meters", headers: {}, body: "" })
      assert.strictEqual(outcome._tag, "Answered")
    }).pipe(Effect.provide(Emulator.layer))
  )

  it.effect("that a program puts together by itself are checked too", () =>
    Effect.gen(function* () {
      const emulator = yield* Emulator
      const fault: Untyped = { selection: { operation: "ingestEvnts" }, behaviour: Faults.hang }
      const error = yield* Effect.flip(emulator.inject(fault))
      assert.strictEqual(error.field, "selection.operation")
    }).pipe(Effect.provide(Emulator.layer))
  )
})

describe("options", () => {
  const wrong: ReadonlyArray<readonly [message: string, options: Untyped]> = [
    ["startEmulator: options must be an object, not 8888", 8888],
    ["startEmulator: options must be an object, not null", null],
    [
      "startEmulator: options.sead is not a known option (did you mean seed?); the options are port, host, seed",
      { sead: {} }
    ],
    [
      "startEmulator: options.onAnswer is not a known option; the options are port, host, seed",
      { onAnswer: () => undefined }
    ],
    ['startEmulator: options.port must be an integer from 0 to 65535, not "x"', { port: "x" }],
    ["startEmulator: options.port must be an integer from 0 to 65535, not 65536", { port: 65_536 }],
    ['startEmulator: options.host must be a non-empty string, not ""', { host: "" }]
  ]

  it.each(wrong)("are refused: %s", async (message, options) => {
    const error: unknown = await startEmulator(options).catch((error: unknown) => error)
    assert.instanceOf(error, InvalidRequestError)
    assert.strictEqual(error.message, message)
  })

  const served: ReadonlyArray<readonly [message: string, options: Untyped]> = [
    ["Emulator.serve: options.port must be an integer from 0 to 65535, not undefined", {}],
    ["Emulator.serve: options.log is not a known option; the options are port, host, onAnswer", { port: 0, log: true }],
    ["Emulator.serve: options.onAnswer must be a function, not true", { port: 0, onAnswer: true }]
  ]

  it.effect.each(served)("are refused: %s", ([message, options]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.scoped(Emulator.serve(options)))
      assert.deepStrictEqual([error._tag, error.message], ["InvalidRequestError", message])
    }).pipe(Effect.provide(Emulator.layer))
  )

  it("of another time than zero or more are refused", async () => {
    await using emulator = await startEmulator()
    const error: unknown = await emulator.advance("-1 hour").catch((error: unknown) => error)
    assert.instanceOf(error, InvalidRequestError)
    assert.strictEqual(error.field, "duration")
  })
})
