import { TransportError, type Fetch } from "@openmeter/sdk"
import { connected } from "./client.ts"
import { equal, rejects } from "./expect.ts"
import type { Part } from "./Suite.ts"

/** A `fetch` of the program's own. */
export const fetch: Part = async ({ baseUrl }) => {
  const asked: Array<string> = []
  const recording: Fetch = (input, init) => {
    asked.push(`${init?.method} ${String(input)} ${new Headers(init?.headers).get("authorization")}`)
    return globalThis.fetch(input, init)
  }
  await connected({ baseUrl, token: "secret", fetch: recording }, async ({ events, subjects }) => {
    await subjects.upsert({ key: "a/b c" })
    await subjects.get("a/b c")
    await events.ingest({ type: "fetch", subject: "a/b c" })
  })
  equal("requests", asked, [
    `POST ${baseUrl}/api/v1/subjects Bearer secret`,
    `GET ${baseUrl}/api/v1/subjects/a%2Fb%20c Bearer secret`,
    `POST ${baseUrl}/api/v1/events Bearer secret`
  ])

  const broken: Fetch = () => Promise.reject(new TypeError("no network"))
  await connected({ baseUrl, fetch: broken, retry: false }, async ({ meters }) => {
    await rejects("a fetch that fails", meters.list(), TransportError)
  })
}
