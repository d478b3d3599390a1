import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { join } from "node:path"

const leaver = join(import.meta.dirname, "../../support/kill/leaver.ts")

/** What a process says when it ends so. */
const lastWords = (how: "close" | "leave") => spawnSync(process.execPath, [leaver, how], { encoding: "utf8" }).stderr

describe("a process that ends", () => {
  it("with undelivered events in a buffer that was never closed says so", () => {
    assert.include(lastWords("leave"), "1 event undelivered in a buffer that was never closed")
  })

  it("after its buffers were closed says nothing", () => {
    assert.notInclude(lastWords("close"), "undelivered")
  })
})
