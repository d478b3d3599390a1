import { assert, describe, it } from "@effect/vitest"
import { bar, columns, progress, sparkline, table, type Terminal } from "../../examples/support/terminal.ts"

const record = (isTTY: boolean): Terminal & { readonly parts: Array<string> } => {
  const parts: Array<string> = []
  return { isTTY, parts, write: (part) => parts.push(part) }
}

describe("terminal", () => {
  it("draws a bar as long as the part, never longer than the whole", () => {
    assert.strictEqual(bar(1, 4, 8, "░"), "██░░░░░░")
    assert.strictEqual(bar(9, 4, 4, "░"), "████")
    assert.strictEqual(bar(-1, 4, 4, "░"), "░░░░")
  })

  it("sets the cells of a table flush", () => {
    const rows = [["Model", "Tokens"], ["small", "7"], [], ["largest", "12,345"]]
    assert.strictEqual(table(rows, [1]), "  Model    Tokens\n  small         7\n\n  largest  12,345")
  })

  it("shows the smallest value in a sparkline, and nothing for none", () => {
    assert.strictEqual(sparkline([0, 1, 500, 1000]), " ▁▄█")
  })

  it("draws columns to scale over their labels", () => {
    assert.strictEqual(
      columns([0, 5, 20, 15], (i) => (i % 2 === 0 ? `d${i}` : ""), 4),
      ["  20 ┤     █", "     │     █ █", "  10 ┤     █ █", "     │   █ █ █", "   0 ┼────────", "       d0  d2"].join(
        "\n"
      )
    )
  })

  it("writes progress over the same line where somebody looks on", () => {
    const terminal = record(true)
    const show = progress(terminal, "sent", 2)
    show(1)
    show(2)
    assert.deepStrictEqual(terminal.parts, [
      `\r${"█".repeat(20)}${"░".repeat(20)}  1 of 2 sent`,
      `\r${"█".repeat(40)}  2 of 2 sent\n`
    ])
  })

  it("writes a line each quarter of the progress where nobody looks on", () => {
    const terminal = record(false)
    const show = progress(terminal, "sent", 100)
    for (let done = 1; done <= 100; done++) show(done)
    assert.deepStrictEqual(
      terminal.parts,
      [25, 50, 75, 100].map((done) => `${done} of 100 sent\n`)
    )
  })
})
