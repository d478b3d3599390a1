/**
 * What programs import, and the file of the sources that each import path is made of.
 */
import { join } from "node:path"
import manifest from "../../package.json" with { type: "json" }

/** Files by import path. */
export const entryPoints: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string"
      ? []
      : [[join(manifest.name, path), target.default.replace(/^\.\/dist\/(.+)\.js$/, "src/$1.ts")] as const]
  )
)
