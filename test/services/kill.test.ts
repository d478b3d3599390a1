import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { live } from "../support/kill/lives.ts"

describe("a process that is killed while it offers events to a buffer with a file", () => {
  it("has delivered every event that was taken, in the end", { timeout: 120_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), "openmeter-kill-"))
    const child = join(import.meta.dirname, "../support/kill/child.ts")
    try {
      const { received, taken } = await live([child, join(directory, "usage.outbox")], {
        kills: 5,
        offers: 5_000,
        seed: 7
      })
      assert.isAbove(taken.size, 0)
      assert.deepStrictEqual(
        [...taken].filter((id) => !received.has(id)),
        []
      )
      for (const id of received.keys()) assert.match(id, /^\d{1,2}-\d{1,4}$/)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
