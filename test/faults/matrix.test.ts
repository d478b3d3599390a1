import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { defaults, matrix } from "./cases.ts"
import { faces, type Face } from "./faces.ts"
import { operations } from "./operations.ts"
import { ok, problem } from "./replies.ts"
import { page } from "./report.ts"
import { run, runAll, settled, type Result, type Strike } from "./run.ts"
import { scenarios } from "./scenarios.ts"
import { serve } from "./server.ts"

/** All strikes run together, and the first test waits for all of them. */
const TIMEOUT = 90_000

describe("a fault, through both faces, when the server", () => {
  let running: Promise<ReadonlyArray<Result>> | undefined
  const results = () => (running ??= Effect.runPromise(runAll))
  for (const { cases, title } of matrix) {
    describe(title, () => {
      for (const fault of cases) {
        const said = async () => {
          const struck = (await results()).filter(({ strike }) => strike.fault === fault)
          assert.isNotEmpty(struck)
          assert.deepStrictEqual(
            struck.flatMap(({ wrong }) => wrong),
            []
          )
        }
        it(fault.name, said, TIMEOUT)
      }
    })
  }
})

describe("many calls together, through both faces, when the server", () => {
  for (const { holds, name, run } of scenarios) {
    const said = Effect.map(run, (reports) => {
      assert.lengthOf(reports, 2)
      assert.deepStrictEqual(
        reports.flatMap(({ wrong }) => wrong),
        []
      )
    })
    it.live(`${name}: ${holds}`, () => said, TIMEOUT)
  }
})

describe("what watches over the matrix", () => {
  const strike = (
    replies: Strike["fault"]["replies"],
    outcome: Strike["expected"]["outcome"],
    attempts: number
  ): Strike => {
    const expected = { outcome, attempts }
    return {
      group: "",
      operation: "getMeter",
      expected,
      fault: { name: "", replies, expected: { getMeter: expected } }
    }
  }

  const wrong: ReadonlyArray<readonly [what: string, strike: Strike, found: string]> = [
    ["another error", strike([problem(404)], "ConflictError", 1), "comes out as NotFoundError, not ConflictError"],
    ["a success", strike([ok], "NotFoundError", 1), "comes out as success, not NotFoundError"],
    [
      "an error in the place of a success",
      strike([problem(404)], "success", 1),
      "comes out as NotFoundError, not success"
    ],
    ["fewer attempts", strike([problem(503), ok], "success", 3), "attempts 2, not 3"],
    ["more attempts", strike([problem(503), problem(503), ok], "success", 2), "attempts 3, not 2"]
  ]
  for (const [what, strike, found] of wrong) {
    it.live(`finds ${what}`, () =>
      Effect.map(run(strike), ({ wrong }) => {
        assert.include(wrong, `Effect: ${found}`)
        assert.include(wrong, `Promise: ${found}`)
      })
    )
  }

  it.live("sees a socket that is left in the midst of an answer", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => ({ bytes: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", ending: "hang" }))
      const response = yield* Effect.promise(() => fetch(`http://127.0.0.1:${server.port}`))
      assert.strictEqual(server.busy(), 1)
      yield* Effect.promise(async () => response.body?.cancel())
      yield* settled(server)
      assert.strictEqual(server.busy(), 0)
    }).pipe(Effect.scoped)
  )

  for (const [name, makeFace] of Object.entries(faces)) {
    it.live(`sees the fibers of a call through ${name} while it is under way, and none afterwards`, () =>
      Effect.gen(function* () {
        const alive: Array<number> = []
        const server = yield* serve(() => {
          alive.push(face.alive())
          return operations.getMeter.ok
        })
        const face: Face = yield* makeFace(`http://127.0.0.1:${server.port}`, defaults)
        yield* face.call(operations.getMeter)
        assert.isAbove(alive[0]!, 0)
        assert.strictEqual(face.alive(), 0)
      }).pipe(Effect.scoped)
    )
  }
})

describe("docs/faults.md", () => {
  it("is what `npm run faults -- --page` writes", () => {
    assert.strictEqual(readFileSync(join(import.meta.dirname, "../../docs/faults.md"), "utf8"), page())
  })
})
