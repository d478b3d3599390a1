/**
 * Writes the documentation as a site: the guides, and the reference that the comments of the sources are.
 *
 *     npm run docs               checks the comments and writes the site to dist-docs
 *     npm run docs -- --check    only checks
 *
 * Fails when a public symbol lacks a sentence, `@since` or `@category`, when a public class or function lacks an example,
 * or when a link of the site leads nowhere.
 */
import { join } from "node:path"
import { parseArgs } from "node:util"
import { entryPoints } from "./docs/entryPoints.ts"
import * as Gaps from "./docs/gaps.ts"
import { read } from "./docs/reference.ts"
import * as Site from "./docs/site.ts"

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } })
const root = join(import.meta.dirname, "..")

const entries = await read(root, entryPoints)
const gaps = [...Gaps.find(entries), ...Gaps.findDeadLinks(Site.pages(root, entries))]
for (const gap of gaps) console.error(gap)
const symbols = entries.flatMap(({ modules }) => modules.flatMap(({ items }) => items)).length
console.log(`${symbols} public symbols, ${gaps.length} gaps`)
if (!values.check)
  console.log(`${Site.write(root, entries, join(root, "dist-docs"))} files in dist-docs: open dist-docs/index.html`)
if (gaps.length > 0) process.exitCode = 1
