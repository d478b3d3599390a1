/**
 * Writes the version of `package.json` into the sources, which tell it to servers: a part of `npm run release:version`.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import manifest from "../package.json" with { type: "json" }

const file = join(import.meta.dirname, "..", "src", "version.ts")
writeFileSync(file, readFileSync(file, "utf8").replace(/(?<=VERSION = )".*"/, JSON.stringify(manifest.version)))
