#!/usr/bin/env node
/**
 * The command `openmeter-emulator`: the emulator as a server, for programs in any language.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { readFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import { VERSION } from "../version.ts"
import { Emulator } from "./Emulator.ts"
import type { Seed } from "./Seed.ts"
import type { ServedRequest } from "./serve.ts"

const usage = `Usage: openmeter-emulator [--port N] [--host ADDRESS] [--seed FILE] [--log]

Runs an OpenMeter that answers like the real server and keeps everything in memory.

  --port N        the port to listen on (default 8888); 0 takes a free one
  --host ADDRESS  the address to listen on (default 127.0.0.1, which only this machine can reach);
                  0.0.0.0 makes it reachable from other machines and containers
  --seed FILE     a JSON file of what to hold from the start:
                  { "meters": [], "features": [], "subjects": [], "customers": [], "entitlements": [], "events": [] }
                  Every entry is the body of the request that would create it;
                  an entitlement also names its "customer".
  --log           print every request with the status of its answer and the time it took
  --version       print the version
  -h, --help      print this text
`

const options = () =>
  parseArgs({
    options: {
      port: { type: "string", default: "8888" },
      host: { type: "string", default: "127.0.0.1" },
      seed: { type: "string" },
      log: { type: "boolean", default: false },
      version: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false }
    }
  }).values

const print = (text: string) => Effect.sync(() => process.stdout.write(`${text}\n`))

const printRequest = ({ method, millis, status, url }: ServedRequest) =>
  print(`${method} ${url} ${status ?? "no answer"} ${millis.toFixed(1)} ms`)

const readSeed = (file: string): Effect.Effect<Seed, Error> =>
  Effect.tryPromise({
    // The emulator checks it.
    try: async () => JSON.parse(await readFile(file, "utf8")) as Seed,
    catch: (cause) => new Error(`cannot read the seed ${file}: ${cause instanceof Error ? cause.message : cause}`)
  })

const serve = Effect.fnUntraced(function* ({ host, log, port }: ReturnType<typeof options>) {
  const { url } = yield* Emulator.serve({ port: Number(port), host, ...(log ? { onAnswer: printRequest } : {}) })
  yield* print(`OpenMeter emulator listening on ${url}`)
  return yield* Effect.never
}, Effect.scoped)

const run = Effect.fnUntraced(function* (values: ReturnType<typeof options>) {
  const seed = values.seed === undefined ? {} : yield* readSeed(values.seed)
  return yield* Effect.provide(serve(values), Emulator.layerSeeded(seed))
})

const main = async (): Promise<number> => {
  let values: ReturnType<typeof options>
  try {
    values = options()
    if (!/^\d+$/.test(values.port) || Number(values.port) > 65_535) {
      throw new Error(`--port must be an integer from 0 to 65535, not ${JSON.stringify(values.port)}`)
    }
    if (values.host === "") throw new Error("--host must be an address, not an empty string")
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`)
    return 2
  }
  if (values.help) {
    process.stdout.write(usage)
    return 0
  }
  if (values.version) {
    process.stdout.write(`${VERSION}\n`)
    return 0
  }
  const fiber = Effect.runFork(run(values))
  const stop = () => fiber.interruptUnsafe()
  process.once("SIGINT", stop)
  process.once("SIGTERM", stop)
  const exit = await Effect.runPromise(Fiber.await(fiber))
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return 0
  const error = Cause.squash(exit.cause)
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  return 1
}

process.exitCode = await main()
