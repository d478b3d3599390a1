import { TimeoutError } from "@openmeter/sdk"
import { connected } from "./client.ts"
import { holds, rejects } from "./expect.ts"
import type { Part } from "./Suite.ts"

const headers = { "x-fault": "hang" }

/** Servers that do not answer: an attempt, a call, and a call that is saved by its second attempt. */
export const timeouts: Part = ({ baseUrl }) =>
  connected({ baseUrl, attemptTimeout: 200, retry: { baseDelay: 1 } }, async ({ meters }) => {
    await rejects("attempt", meters.list(undefined, { headers, retry: false }), TimeoutError)
    await rejects("call", meters.list(undefined, { headers, timeout: 50 }), TimeoutError)
    const saved = await meters.list(undefined, { headers: { "x-fault": "hang timeouts" } })
    holds("an answer to the second attempt", Array.isArray(saved))
  })
