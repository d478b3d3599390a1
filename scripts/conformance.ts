/**
 * Compares the contract with the server's API document: `npm run conformance -- OPENAPI…`.
 *
 * Prints what differs, and fails when a difference is not accepted in `conformance.accepted.ts`, or when an accepted one
 * is no more.
 */
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { parse } from "yaml"
import { OpenMeterApi } from "../src/api/OpenMeterApi.ts"
import { accepted } from "./conformance.accepted.ts"
import { explain } from "./conformance/accept.ts"
import { compare } from "./conformance/compare.ts"
import { contractOperations } from "./conformance/contract.ts"
import { readOperations } from "./conformance/operations.ts"

const run = (files: ReadonlyArray<string>): boolean => {
  const document = files.flatMap((file) => readOperations(parse(readFileSync(file, "utf8"))))
  const { compared, differences, missing } = compare(contractOperations(OpenMeterApi), document)
  const { explained, stale, unexplained } = explain(differences, accepted)
  for (const [reason, lines] of explained) console.log(`accepted: ${lines.length} × ${reason}`)
  for (const [tag, count] of missing) console.log(`not in the contract: ${count} of ${tag}`)
  for (const pattern of stale) console.log(`accepted, but no more: ${pattern}`)
  for (const difference of unexplained) console.log(`differs: ${difference}`)
  console.log(
    `total: ${compared} operations, ${differences.length} differences, ` +
      `${differences.length - unexplained.length} accepted, ${unexplained.length} unexplained, ${stale.length} stale`
  )
  return unexplained.length + stale.length === 0
}

const { positionals } = parseArgs({ allowPositionals: true })
if (positionals.length === 0) console.error("Name the API documents: npm run conformance -- OPENAPI…")
if (positionals.length === 0 || !run(positionals)) process.exitCode = 1
