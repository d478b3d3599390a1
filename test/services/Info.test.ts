import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { NotFoundError } from "../../src/errors.ts"
import { Debug } from "../../src/services/Debug.ts"
import { Info } from "../../src/services/Info.ts"
import { connect, json, problem, text } from "../support/http.ts"

describe("Info", () => {
  it.effect("lists currencies", () =>
    Effect.gen(function* () {
      const forint = { code: "HUF", name: "Hungarian Forint", symbol: "Ft", subunits: 2 }
      const { service: info, sent } = yield* connect(Info, Info.layer, json(200, [forint]))
      assert.deepStrictEqual(yield* info.listCurrencies(), [forint])
      assert.deepStrictEqual(sent, [["GET", "/api/v1/info/currencies"]])
    })
  )

  it.effect("tells the progress of an operation, or that there is no such operation", () =>
    Effect.gen(function* () {
      const { service: info, sent } = yield* connect(
        Info,
        Info.layer,
        json(200, { success: 3, failed: 1, total: 9, updatedAt: "2025-01-01T00:00:00Z" }),
        problem(404, "progress not found for id: b")
      )
      assert.deepStrictEqual(yield* info.getProgress("my query"), {
        success: 3,
        failed: 1,
        total: 9,
        updatedAt: new Date("2025-01-01T00:00:00Z")
      })
      assert.instanceOf(yield* Effect.flip(info.getProgress("b")), NotFoundError)
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/info/progress/my%20query"],
        ["GET", "/api/v1/info/progress/b"]
      ])
    })
  )
})

describe("Debug", () => {
  it.effect("reads the metrics as the text that they are", () =>
    Effect.gen(function* () {
      const metrics = '# TYPE openmeter_events counter\nopenmeter_events_total{subject="a"} 2.0\n# EOF\n'
      const { service: debug, sent } = yield* connect(
        Debug,
        Debug.layer,
        text(200, "text/plain; version=0.0.4; charset=utf-8", metrics)
      )
      assert.strictEqual(yield* debug.getMetrics(), metrics)
      assert.deepStrictEqual(sent, [["GET", "/api/v1/debug/metrics"]])
    })
  )
})
