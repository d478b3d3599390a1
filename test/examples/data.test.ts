import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { text } from "../../examples/data/generate.ts"
import { file } from "../../examples/support/usage.ts"

describe("llm-usage.jsonl", () => {
  it.effect("is what the generator writes", () =>
    Effect.gen(function* () {
      const written = yield* text
      assert.isTrue(written === (yield* Effect.promise(() => readFile(file, "utf8"))), "run examples/data/generate.ts")
    })
  )
})
