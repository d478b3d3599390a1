import { UnauthorizedError } from "@openmeter/sdk"
import { connected } from "./client.ts"
import { equal, rejects } from "./expect.ts"
import type { Part } from "./Suite.ts"

/** A portal token's query, at another origin: a browser first asks that server which headers it may send. */
export const portal: Part = async ({ portal: { baseUrl, meterSlug, subject, token, value } }) => {
  await connected({ baseUrl, token }, async (openmeter) => {
    const { data } = await openmeter.portal.query(meterSlug, { windowSize: "DAY" })
    equal(
      "usage",
      data.map((row) => [row.subject, row.value]),
      [[subject, value]]
    )
    const csv = await openmeter.portal.queryCsv(meterSlug)
    equal("usage as CSV", csv.trimEnd().endsWith(`,${value}.000000`), true)
  })
  await connected({ baseUrl, token: "no-token" }, async (stranger) => {
    await rejects("another token", stranger.portal.query(meterSlug), UnauthorizedError)
  })
}
