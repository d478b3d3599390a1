import { assert, describe, it } from "@effect/vitest"
import { format, totals, type Row } from "../../runtimes/runners/table.ts"

const parts = ["calls", "serve"]

const passed: Row = { runtime: "node", version: "24.0.0", outcomes: [{ part: "calls" }, { part: "serve" }] }
const withoutSockets: Row = { runtime: "workerd", version: "2026-01-01", outcomes: [{ part: "calls" }] }
const failed: Row = { ...passed, outcomes: [{ part: "calls", failure: "404" }, { part: "serve" }] }
const ended: Row = { runtime: "deno", version: "2.0.0", problem: "ended with 1", outcomes: [] }
const absent: Row = { runtime: "chromium", problem: "not on the path", outcomes: [] }

describe("the table of runtimes", () => {
  it("counts a runtime that cannot be had as missing, and what a runtime is not asked for as nothing", () => {
    assert.deepStrictEqual(totals([passed, withoutSockets, absent], parts), { ok: 3, failed: 0, missing: 2 })
  })

  it("counts every part of a runtime that broke off as failed", () => {
    assert.deepStrictEqual(totals([failed, ended], parts), { ok: 1, failed: 3, missing: 0 })
  })

  it("says below the table what is wrong", () => {
    assert.deepStrictEqual(format([passed, failed, ended, absent], parts).split("\n"), [
      "runtime   version  calls    serve",
      "node      24.0.0   ok       ok",
      "node      24.0.0   failed   ok",
      "deno      2.0.0    failed   failed",
      "chromium           missing  missing",
      "node, calls failed: 404",
      "deno failed: ended with 1",
      "chromium missing: not on the path"
    ])
  })
})
