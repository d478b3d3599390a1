import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import { deviationOf, deviations } from "./deviations.ts"
import { replay } from "./replay.ts"
import type { Scenario } from "./Scenario.ts"

const recordings = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".json"))
  .map((file): readonly [string, ReadonlyArray<Scenario>] => [
    file,
    JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, "utf8"))
  ])

describe.each(recordings)("the emulator answers like the server in %s", (_, scenarios) => {
  it.effect.each(scenarios)("$name", (scenario) =>
    Effect.map(replay(scenario, "u1x7k"), (results) => {
      const differing = results.filter(({ mismatches }) => mismatches.length > 0)
      assert.deepStrictEqual(
        differing
          .filter(({ index, step }) => deviationOf(scenario.name, index, step.request) === undefined)
          .map(({ index, mismatches, step }) => ({ index, request: step.request, mismatches })),
        []
      )
      const listed = deviations.flatMap(({ where }) =>
        "steps" in where && where.scenario === scenario.name ? where.steps : []
      )
      assert.deepStrictEqual(
        listed.filter((step) => !differing.some(({ index }) => index === step)),
        [],
        "steps that are listed as deviations, but match"
      )
    })
  )
})
