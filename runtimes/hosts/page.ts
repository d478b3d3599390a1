/** The suite in a page: runs when it is loaded, and reports to the server that the page is from. */
import { parts } from "../suite/index.ts"
import { run } from "../suite/Suite.ts"

const setting = await (await fetch("/suite/setting")).json()
const outcomes = await run(parts, setting, (report) =>
  addEventListener("unhandledrejection", ({ reason }) => report(reason))
)
await fetch("/suite/outcomes", { method: "POST", body: JSON.stringify(outcomes) })
