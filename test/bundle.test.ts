import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { basename, join, relative } from "node:path"
import { build } from "rolldown"

const root = join(import.meta.dirname, "..")

/** The modules that have code in the bundle of a program. */
const bundled = async (program: string): Promise<ReadonlyArray<string>> => {
  const { output } = await build({
    cwd: root,
    input: "program",
    write: false,
    platform: "neutral",
    logLevel: "silent",
    // Imported where the emulator is served on a socket.
    external: ["node:http"],
    resolve: {
      alias: {
        "@openmeter/sdk/effect": join(root, "src/effect.ts"),
        "@openmeter/sdk/testing": join(root, "src/testing.ts"),
        "@openmeter/sdk": join(root, "src/index.ts")
      }
    },
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === "program" ? id : undefined),
        load: (id) => (id === "program" ? program : undefined)
      }
    ]
  })
  return output
    .flatMap((file) => (file.type === "chunk" ? Object.entries(file.modules) : []))
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .map(([id]) => relative(root, id))
}

const within = (modules: ReadonlyArray<string>, ...parts: ReadonlyArray<string>) =>
  modules.filter((module) => parts.some((part) => module.includes(part)))

/** The groups of the contract, each of which one service of the same name speaks, but for ingestion. */
const groups = globSync("src/api/*.ts", { cwd: root })
  .filter((file) => readFileSync(join(root, file), "utf8").includes("HttpApiGroup.make("))
  .filter((file) => basename(file) !== "Ingest.ts")

/** Breaker and limiter, ours and those of effect. */
const policies = ["CircuitBreaker.", "RateLimit.", "RateLimiter."]

describe("a bundle", () => {
  it("of a program that sends events holds no other service, no HttpApi and no schemas", async () => {
    const modules = await bundled('export { Ingest, Transport } from "@openmeter/sdk/effect"')
    assert.deepStrictEqual(within(modules, "/http-api/", "/Schema", "/schema/", "src/api/", ...policies), [])
    const services = within(modules, "src/services/").filter((module) => !module.startsWith("src/services/ingest/"))
    assert.deepStrictEqual(services, ["src/services/Ingest.ts"])
  })

  for (const group of groups) {
    const service = basename(group, ".ts")
    it(`of a program that needs ${service} holds no other group of the contract`, async () => {
      const modules = await bundled(`export { ${service}, Transport } from "@openmeter/sdk/effect"`)
      assert.deepStrictEqual(
        modules.filter((module) => groups.includes(module)),
        [group]
      )
      assert.deepStrictEqual(within(modules, ...policies), [])
    })
  }

  it("holds circuit breaker and rate limit only where a program asks for them", async () => {
    for (const entryPoint of ["@openmeter/sdk", "@openmeter/sdk/effect"]) {
      const modules = await bundled(`export { OpenMeter } from "${entryPoint}"`)
      assert.deepStrictEqual(within(modules, ...policies), [], entryPoint)
    }
    const asked = await bundled('export { CircuitBreaker, RateLimit } from "@openmeter/sdk/effect"')
    for (const policy of policies) assert.isNotEmpty(within(asked, policy), policy)
  })

  it("holds the emulator only where a program asks for it", async () => {
    for (const entryPoint of ["@openmeter/sdk", "@openmeter/sdk/effect"]) {
      const modules = await bundled(`export * from "${entryPoint}"`)
      assert.deepStrictEqual(within(modules, "src/emulator/", "src/testing"), [], entryPoint)
    }
    assert.isNotEmpty(within(await bundled('export { Emulator } from "@openmeter/sdk/testing"'), "src/emulator/"))
  })
})
