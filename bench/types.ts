/**
 * How long the compiler takes to check a program that uses every service, against the types of the package as built.
 */
import { execFileSync } from "node:child_process"
import { join } from "node:path"
import { median } from "./rounds.ts"

const root = join(import.meta.dirname, "..")
const rounds = 3

const options = [
  "--noEmit",
  "--strict",
  "--exactOptionalPropertyTypes",
  "--skipLibCheck",
  "--target",
  "ES2023",
  "--lib",
  "ES2024,ESNext.Disposable,DOM,DOM.Iterable,DOM.AsyncIterable",
  "--module",
  "NodeNext",
  "--ignoreConfig",
  "--extendedDiagnostics"
]

/** What the compiler says of a program. */
export interface Check {
  readonly seconds: number
  readonly instantiations: number
}

const check = (file: string): Check => {
  const compiler = join(root, "node_modules/typescript/bin/tsc")
  const args = [compiler, ...options, join(import.meta.dirname, "types", file)]
  const output = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" })
  const figure = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, "m").exec(output)?.[1])
  return { seconds: figure("Total time"), instantiations: figure("Instantiations") }
}

/** Takes the times of programs that use nothing but effect, and every service. */
export const measure = (): Readonly<Record<string, Check>> => {
  const files = { "effect alone": "effect.ts", "every service": "everything.ts" }
  const checks = Array.from({ length: rounds }, () => Object.values(files).map(check))
  return Object.fromEntries(
    Object.keys(files).map((name, i) => [
      name,
      {
        seconds: median(checks.map((round) => round[i]!.seconds)),
        instantiations: checks[0]![i]!.instantiations
      }
    ])
  )
}
