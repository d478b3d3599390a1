/**
 * What the package holds: lists it by folder, and fails on a file that nobody needs or a source that is not there.
 *
 * The sources are part of it, so that "go to definition" and stack traces lead to what was written.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"

interface PackedFile {
  readonly path: string
  readonly size: number
}

const root = join(import.meta.dirname, "..")
const [packed] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: root, encoding: "utf8" }))
const files: ReadonlyArray<PackedFile> = packed.files
const paths = new Set(files.map(({ path }) => path))

const isWanted = (path: string): boolean =>
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path) ||
  /^docs\/[\w-]+\.md$/.test(path) ||
  /^src\/.+(?<!\.test)\.ts$/.test(path) ||
  /^dist\/.+\.(js|d\.ts)(\.map)?$/.test(path)

/** The sources that a map leads to. */
const sourcesOf = (map: string): ReadonlyArray<string> => {
  const { sources } = JSON.parse(readFileSync(join(root, map), "utf8"))
  return sources.map((source: string) => normalize(join(dirname(map), source)))
}

/** Of a module, which of what it is compiled to is not there. */
const missingOf = (source: string): ReadonlyArray<string> => {
  const compiled = source.replace(/^src/, "dist").replace(/\.ts$/, "")
  return [".js", ".js.map", ".d.ts", ".d.ts.map"].map((suffix) => compiled + suffix).filter((path) => !paths.has(path))
}

const problems = [
  ...[...paths].filter((path) => !isWanted(path)).map((path) => `${path} is nobody's to install`),
  ...[...paths]
    .filter((path) => path.startsWith("src/"))
    .flatMap(missingOf)
    .map((path) => `${path} is not there`),
  ...[...paths]
    .filter((path) => path.endsWith(".map"))
    .flatMap((map) =>
      sourcesOf(map)
        .filter((source) => !paths.has(source))
        .map((source) => `${map} leads to ${source}`)
    )
]

for (const folder of ["dist", "src", "docs", "."]) {
  const within = files.filter(({ path }) => (path.includes("/") ? path.split("/")[0] : ".") === folder)
  const size = within.reduce((sum, file) => sum + file.size, 0)
  const names = folder === "." ? `: ${within.map(({ path }) => path).join(", ")}` : ""
  console.log(
    `${folder.padEnd(4)}  ${String(within.length).padStart(4)} files  ${(size / 1000).toFixed(0).padStart(5)} kB${names}`
  )
}
for (const problem of problems) console.error(problem)
console.log(`total: ${files.length} files, ${(packed.size / 1000).toFixed(0)} kB packed, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
