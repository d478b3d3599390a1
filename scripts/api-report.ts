/**
 * The API report: `npm run api` writes every public signature to `api/report.md`, and `npm run api:check` fails when
 * that file says something else, so that what changes for users is seen in review. Both read the build.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { parseArgs } from "node:util"
import { API } from "typescript/unstable/sync"
import manifest from "../package.json" with { type: "json" }
import { Report } from "./api-report/Report.ts"

const root = join(import.meta.dirname, "..")
const file = join("api", "report.md")

/** The names that programs import, and the declarations behind them. */
const entryPoints = Object.entries(manifest.exports).flatMap(([path, target]) =>
  typeof target === "string" ? [] : [{ name: join(manifest.name, path), declarations: join(root, target.types) }]
)

/** The build as a project of its own, for as long as it is looked at. */
const withProject = <A>(use: (report: Report) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "openmeter-api-"))
  const config = join(folder, "tsconfig.json")
  const files = entryPoints.map(({ declarations }) => declarations)
  const compilerOptions = { module: "NodeNext", target: "ES2023", types: [], strict: true, noEmit: true }
  writeFileSync(config, JSON.stringify({ compilerOptions, files }))
  const api = new API({ cwd: root })
  try {
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
    if (project === undefined) throw new Error("the compiler has not opened the build")
    return use(new Report(project, join(root, "dist")))
  } finally {
    api.close()
    rmSync(folder, { recursive: true })
  }
}

const write = (report: Report): string => {
  const exports = entryPoints.map(({ declarations, name }) => ({ name, names: report.add(declarations) }))
  const code = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\`\n`
  return [
    "# API report\n",
    "Written by `npm run api`, and checked by `npm run api:check`: what each entry point exports, and every signature.\n",
    ...exports.map(({ name, names }) => `## ${name}\n\n${code("", names.join("\n"))}`),
    ...report.modules().map(([module, declarations]) => `## ${module}\n\n${code("ts", declarations.join("\n"))}`)
  ].join("\n")
}

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } })
const report = withProject(write)
if (!values.check) {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), report)
  console.log(`${file} written`)
} else if (report === readFileSync(join(root, file), "utf8")) {
  console.log(`${file} is up to date`)
} else {
  console.error(`${file} is not what the build declares: see what has changed, and run \`npm run api\``)
  process.exitCode = 1
}
