/** The suite in a process of its own: Node, Bun, Deno. It ends by itself, or something was left open. */
import { parts } from "../suite/index.ts"
import { outbox } from "../suite/outbox.ts"
import { serve } from "../suite/serve.ts"
import { run } from "../suite/Suite.ts"

const setting = JSON.parse(process.argv[2] ?? "")
const outcomes = await run({ ...parts, serve, outbox }, setting, (report) => process.on("unhandledRejection", report))
console.log(JSON.stringify(outcomes))
