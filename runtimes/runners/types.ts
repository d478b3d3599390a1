/**
 * The package's types beside those of a runtime, which often declare the same globals in another way.
 */
import { writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { install, output } from "./command.ts"

/** The types of a runtime. */
export interface RuntimeTypes {
  /** The host of the suite that is checked with all that it imports. */
  readonly host: string
  /** The npm package that declares the runtime's globals; without one, they are those of a page. */
  readonly package?: { readonly name: string; readonly version: string }
}

const tsc = join(import.meta.dirname, "..", "..", "node_modules", ".bin", "tsc")

/** Checks the suite by the types of a runtime. */
export const checkTypes = async (project: string, { host, package: declaring }: RuntimeTypes): Promise<void> => {
  const lib = ["ES2024", "ESNext.Disposable", ...(declaring === undefined ? ["DOM", "DOM.Iterable"] : [])]
  const types =
    declaring === undefined ? [] : [join(await install(project, declaring.name, declaring.version), declaring.name)]
  const config = join(project, `tsconfig.${host}.json`)
  const compilerOptions = {
    lib,
    types,
    target: "ES2023",
    module: "preserve",
    allowImportingTsExtensions: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true
  }
  writeFileSync(config, JSON.stringify({ compilerOptions, files: [join("hosts", `${host}.ts`)] }))
  await output(tsc, ["-p", config], { cwd: dirname(config) })
}
