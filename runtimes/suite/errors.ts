import {
  BadRequestError,
  InvalidRequestError,
  InvalidResponseError,
  NotFoundError,
  NotImplementedError,
  RateLimitedError,
  TransportError,
  UnexpectedStatusError
} from "@openmeter/sdk"
import { connected } from "./client.ts"
import { equal, holds, rejects } from "./expect.ts"
import type { Part } from "./Suite.ts"

/** What goes wrong, each by its class: refusals of the server, broken answers, broken connections. */
export const errors: Part = async ({ baseUrl, refusedUrl }) => {
  await connected({ baseUrl, retry: { baseDelay: 1 } }, async ({ meters, portal }) => {
    const missing = await rejects("404", meters.get("missing"), NotFoundError)
    equal("404", [missing.status, missing.operation, missing.url], [404, "getMeter", "/api/v1/meters/missing"])
    holds("the server's words", missing.message.includes("meter not found: missing"))
    await meters.create({ slug: "errors", eventType: "errors", aggregation: "COUNT" })
    const bad = await rejects("400", meters.query("errors", { groupBy: ["nothing"] }), BadRequestError)
    equal("400", bad.status, 400)
    await rejects("501", portal.listTokens(), NotImplementedError)
    await rejects("a request that is not sent", meters.get(""), InvalidRequestError)

    const saved = await meters.list(undefined, { headers: { "x-fault": "unavailable errors" } })
    equal(
      "503, then an answer",
      saved.some(({ slug }) => slug === "errors"),
      true
    )
  })

  await connected({ baseUrl, retry: false }, async ({ meters }) => {
    const meeting = (fault: string) => meters.list(undefined, { headers: { "x-fault": fault } })

    const limited = await rejects("429", meeting("too-many"), RateLimitedError)
    equal("Retry-After", limited.retryAfter, 7_000)
    const redirect = await rejects("redirect", meeting("redirect"), UnexpectedStatusError)
    holds("302, or the 0 that browsers make of it", redirect.status === 302 || redirect.status === 0)
    await rejects("half a body", meeting("truncate"), InvalidResponseError)
    await rejects("a body that breaks off", meeting("reset-mid-body"), TransportError)
    const reset = await rejects("a connection that breaks off", meeting("reset"), TransportError)
    equal("a connection that breaks off", [reset.isRetryable, reset.operation], [true, "listMeters"])
  })

  await connected({ baseUrl: refusedUrl, retry: false }, async ({ meters }) => {
    await rejects("nobody there", meters.list(), TransportError)
  })
}
