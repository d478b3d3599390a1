import { startEmulator } from "@openmeter/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import {
  fromExamples,
  fromMarkdown,
  isWhole,
  Workspace,
  type Faults,
  type Program,
  type Snippet
} from "./support/snippets.ts"

const readme = fromMarkdown("README.md")
const examples = fromExamples("src/**/*.ts")
const workspace = new Workspace([...readme, ...examples])

let check: (snippet: Snippet) => Faults

beforeAll(async () => {
  check = await workspace.check()
}, 60_000)

afterAll(() => workspace.remove())

/** Runs a program once, for all of its snippets, against an emulator of its own. */
const runner = (program: Program) => {
  const run = async () => {
    await using emulator = await startEmulator()
    return await workspace.run(program, emulator.url)
  }
  let outcome: ReturnType<typeof run> | undefined
  return () => (outcome ??= run())
}

describe("every snippet of the README compiles and runs", () => {
  for (const program of readme) {
    const run = runner(program)
    for (const snippet of program) {
      it(snippet.name, async () => {
        assert.deepStrictEqual(check(snippet), [])
        assert.deepStrictEqual((await run())(snippet), [])
      })
    }
  }
})

describe("every example in the sources compiles, and runs if it is a whole program", () => {
  for (const program of examples) {
    const run = runner(program)
    for (const snippet of program) {
      it(snippet.name, async () => {
        assert.deepStrictEqual(check(snippet), [])
        if (isWhole(program)) assert.deepStrictEqual((await run())(snippet), [])
      })
    }
  }
})
