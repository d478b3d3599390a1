/** The suite in a page: runs when it is loaded, and reports to the server that the page is from. */
import { equal } from "../suite/expect.ts"
import { parts } from "../suite/index.ts"
import { run, type Part } from "../suite/Suite.ts"

/** What the server lets pages of other origins send to the portal. */
const allowed = new Set(["accept", "authorization", "content-type"])

/** Chromium leaves a `user-agent` out where other browsers ask for leave to send it: what `fetch` is given tells. */
const portal: Part = async (setting) => {
  const given = new Set<string>()
  const native = globalThis.fetch
  globalThis.fetch = (input, init) => {
    new Headers(init?.headers).forEach((_, name) => given.add(name))
    return native(input, init)
  }
  try {
    await parts.portal(setting)
  } finally {
    globalThis.fetch = native
  }
  equal(
    "headers that are not allowed",
    [...given].filter((name) => !allowed.has(name)),
    []
  )
}

const setting = await (await fetch("/suite/setting")).json()
const outcomes = await run({ ...parts, portal }, setting, (report) =>
  addEventListener("unhandledrejection", ({ reason }) => report(reason))
)
await fetch("/suite/outcomes", { method: "POST", body: JSON.stringify(outcomes) })
