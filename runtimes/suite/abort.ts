import { AbortError } from "@openmeter/sdk"
import { connected } from "./client.ts"
import { equal, holds, rejects } from "./expect.ts"
import type { Part } from "./Suite.ts"

const headers = { "x-fault": "hang" }

/** Calls that are broken off: before they begin, while they wait for an answer, between two items. */
export const abort: Part = ({ baseUrl }) =>
  connected({ baseUrl }, async ({ events, meters }) => {
    const reason = new Error("changed my mind")
    const abortedBy = async (what: string, promise: PromiseLike<unknown>) => {
      const { cause } = await rejects(what, promise, AbortError)
      holds(`${what}: the reason is the cause`, cause === reason)
    }

    await abortedBy("before", meters.list(undefined, { signal: AbortSignal.abort(reason) }))

    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 50)
    await abortedBy("during", meters.list(undefined, { signal: controller.signal, headers }))

    const timed = meters.list(undefined, { signal: AbortSignal.timeout(50), headers })
    const { cause } = await rejects("by a timer", timed, AbortError)
    equal("the cause of a timer", cause instanceof DOMException && cause.name, "TimeoutError")

    await events.ingest([1, 2, 3].map((id) => ({ id: `abort-${id}`, type: "abort", subject: "customer-1" })))
    const iteration = new AbortController()
    const iterate = async () => {
      const list = { filter: { type: { $eq: "abort" } }, limit: 1 }
      for await (const _ of events.listV2(list, { signal: iteration.signal })) iteration.abort(reason)
    }
    await abortedBy("between two items", iterate())
  })
