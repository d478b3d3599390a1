import { Customers, Meters } from "@openmeter/sdk/effect"
import { Emulator, OpenMeterTest } from "@openmeter/sdk/testing"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const slugs = Effect.flatMap(Meters, (meters) => meters.list()).pipe(
  Effect.map((meters) => meters.map(({ slug }) => slug))
)

const seed = { meters: [{ slug: "requests_total", eventType: "request", aggregation: "COUNT" }] }

describe("OpenMeterTest", () => {
  it.effect("puts every service over one emulator", () =>
    Effect.gen(function* () {
      const customers = yield* Customers
      yield* customers.create({ key: "acme", name: "ACME" })
      assert.deepStrictEqual(yield* slugs, [])
      const emulator = yield* Emulator
      assert.deepStrictEqual(
        (yield* emulator.requests).map(({ operation }) => operation),
        ["createCustomer", "listMeters"]
      )
    }).pipe(Effect.provide(OpenMeterTest.layer))
  )

  it.effect("holds a seed from the start, anew wherever it is provided", () =>
    Effect.gen(function* () {
      const changed = Effect.andThen(
        Effect.flatMap(Meters, (meters) => meters.delete("requests_total")),
        slugs
      )
      assert.deepStrictEqual(yield* Effect.provide(changed, OpenMeterTest.layerSeeded(seed)), [])
      assert.deepStrictEqual(yield* Effect.provide(slugs, OpenMeterTest.layerSeeded(seed)), ["requests_total"])
      assert.deepStrictEqual(yield* Effect.provide(slugs, OpenMeterTest.layer), [])
    })
  )

  it.effect("fails when the seed is refused, naming the entry", () =>
    Effect.gen(function* () {
      const refused = OpenMeterTest.layerSeeded({ meters: [...seed.meters, { slug: "No" }] })
      const error = yield* Effect.flip(Effect.provide(slugs, refused))
      assert.strictEqual(error._tag === "SeedError" && error.entry, "meters[1]")
    })
  )
})
