/**
 * Installs the packed package into a project of its own, outside this one, and uses it as a program would: one copy of
 * effect, types with `skipLibCheck: false`, then a run of the entry points, from ES modules and from CommonJS.
 */
import { execFileSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = new URL("..", import.meta.url).pathname
const project = mkdtempSync(join(tmpdir(), "openmeter-consumer-"))
const { devDependencies, peerDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

const run = (command: string, args: ReadonlyArray<string>, cwd: string) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })

const program = `
import { OpenMeter, NotFoundError, WindowSize, type Meter } from "@openmeter/sdk"
import { Meters, OpenMeter as OpenMeterLayer } from "@openmeter/sdk/effect"
import { Emulator } from "@openmeter/sdk/testing"
import { Effect, Layer } from "effect"

const meter = { slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" } as const

const effects = Effect.gen(function* () {
  const meters = yield* Meters
  const created: Meter = yield* meters.create(meter)
  return created.slug
}).pipe(
  Effect.provide(
    OpenMeterLayer.layerWithoutHttpClient({ baseUrl: "http://emulator" }).pipe(
      Layer.provide(Emulator.layerHttpClient),
      Layer.provide(Emulator.layer)
    )
  )
)

const promises = Effect.gen(function* () {
  const { url } = yield* Emulator.serve({ port: 0 })
  return yield* Effect.promise(async () => {
    await using openmeter = new OpenMeter({ baseUrl: url })
    await openmeter.meters.create(meter)
    await openmeter.events.ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
    const missing = await openmeter.meters.get("missing").catch((error: unknown) => error)
    const { data } = await openmeter.meters.query("tokens", { windowSize: WindowSize.DAY })
    return missing instanceof NotFoundError ? data[0]?.value : missing
  })
}).pipe(Effect.scoped, Effect.provide(Emulator.layer))

console.log(await Effect.runPromise(effects), await Effect.runPromise(promises))
`

/** The same package, loaded by `require`: as TypeScript that compiles to it, and as what it compiles to. */
const commonjs = {
  "typed.cts": `
import { NotFoundError, type Meter } from "@openmeter/sdk"
export const slugOf = (meter: Meter | NotFoundError): string => (meter instanceof NotFoundError ? "" : meter.slug)
`,
  "main.cjs": `
const { OpenMeter } = require("@openmeter/sdk")
const { Meters } = require("@openmeter/sdk/effect")
const { startEmulator } = require("@openmeter/sdk/testing")
startEmulator().then(async (emulator) => {
  const openmeter = new OpenMeter({ baseUrl: emulator.url })
  console.log(Meters.key, (await openmeter.meters.list()).length)
  await openmeter.close()
  await emulator.close()
})
`
}

try {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", project], root))
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      dependencies: { "@openmeter/sdk": `file:${packed.filename}`, ...peerDependencies },
      devDependencies: { typescript: devDependencies.typescript, "@types/node": devDependencies["@types/node"] }
    })
  )
  writeFileSync(
    join(project, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2022",
        lib: ["ES2023", "ESNext.Disposable", "DOM", "DOM.Iterable"],
        module: "NodeNext",
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        types: ["node"]
      },
      include: ["main.ts", "typed.cts"]
    })
  )
  writeFileSync(join(project, "main.ts"), program)
  for (const [file, text] of Object.entries(commonjs)) writeFileSync(join(project, file), text)
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], project)
  // Services of one copy of effect are strangers to another.
  const copies = globSync("node_modules/**/effect/package.json", { cwd: project }).filter(
    (file) => JSON.parse(readFileSync(join(project, file), "utf8")).name === "effect"
  )
  if (copies.length !== 1) throw new Error(`the consumer has effect at ${copies.join(", ")}`)
  run(join(project, "node_modules/.bin/tsc"), [], project)
  const output = run(process.execPath, ["main.ts"], project).trim()
  if (output !== "tokens 42") throw new Error(`the consumer printed ${JSON.stringify(output)}`)
  const required = run(process.execPath, ["main.cjs"], project).trim()
  if (required !== "@openmeter/sdk/Meters 0") throw new Error(`CommonJS printed ${JSON.stringify(required)}`)
  console.log(
    "consumer: installed with one copy of effect, typed and run from the packed package, by import and by require"
  )
} finally {
  rmSync(project, { recursive: true, force: true })
}
