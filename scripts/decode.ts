/**
 * Reads recorded answers by the contract: `npm run decode -- FILE…`.
 *
 * Prints what cannot be read, the figures of each operation and of all; fails when an answer cannot be read.
 */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { decode, operations, type DecodeResult } from "../test/golden/decode.ts"
import type { Scenario } from "../test/golden/Scenario.ts"

const { positionals: files } = parseArgs({ allowPositionals: true })

const isOk = (result: DecodeResult): boolean => result.faults.length === 0

const run = async (): Promise<void> => {
  const results: Array<DecodeResult> = []
  for (const file of files) {
    const scenarios: ReadonlyArray<Scenario> = JSON.parse(readFileSync(file, "utf8"))
    for (const scenario of scenarios) results.push(...(await Effect.runPromise(decode(scenario))))
  }
  const known = results.filter((result) => result.operation !== undefined)
  for (const { faults, index, request, scenario } of known.filter((result) => !isOk(result))) {
    console.log(`${scenario} #${index} ${request.method} ${request.path}\n  ${faults.join("\n  ")}`)
  }
  for (const operation of operations) {
    const own = known.filter((result) => result.operation === operation)
    const ok = own.filter(isOk).length
    console.log(own.length === 0 ? `${operation}: not recorded` : `${operation}: ${ok} ok, ${own.length - ok} failed`)
  }
  const ok = known.filter(isOk).length
  console.log(`no operation of the contract: ${results.length - known.length}`)
  console.log(`total: ${known.length} answers, ${ok} ok, ${known.length - ok} failed`)
  if (ok < known.length) process.exitCode = 1
}

await run()
