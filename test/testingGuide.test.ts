import { Faults, SeedError, startEmulator } from "@openmeter/sdk/testing"
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "..")
const text = readFileSync(join(root, "docs/testing.md"), "utf8")

const run = (script: string, ...args: ReadonlyArray<string>): string =>
  execFileSync(process.execPath, [script, ...args], { cwd: root, encoding: "utf8" })

describe("the testing guide", () => {
  it("shows every fault", () => {
    assert.deepStrictEqual(
      Object.keys(Faults).filter((name) => !text.includes(`Faults.${name}`)),
      []
    )
  })

  it("names every section of a seed", async () => {
    const nonsense: object = { nonsense: [] }
    const error: unknown = await startEmulator({ seed: nonsense }).catch((error) => error)
    assert.instanceOf(error, SeedError)
    const sections = error.detail.replace(/^.* the sections are /, "").split(", ")
    assert.include(sections, "meters")
    assert.deepStrictEqual(
      sections.filter((section) => !text.includes(`\`${section}\``)),
      []
    )
  })

  it("lists every option of the command", () => {
    const options = [...run("src/emulator/bin.ts", "--help").matchAll(/^ {2}(--\w+)/gm)].map(([, option]) => option!)
    assert.include(options, "--port")
    assert.deepStrictEqual(
      options.filter((option) => option !== "--help" && !text.includes(`| \`${option}`)),
      []
    )
  })

  it("tells what the replay prints: every deviation with its reason, and the figures", () => {
    const golden = globSync("test/golden/*.json", { cwd: root })
    const report = run("scripts/replay.ts", "--quiet", ...golden)
      .split("\n")
      .filter((line) => !line.startsWith("test/golden/"))
      .join("\n")
    assert.include(text, `\n\`\`\`\n${report}\`\`\`\n`)
  })
})
