/** The suite in a worker: runs for each request with a setting. */
import { parts } from "../suite/index.ts"
import { run, type Setting, type WatchRejections } from "../suite/Suite.ts"

const watchRejections: WatchRejections = (report) =>
  addEventListener("unhandledrejection", ({ reason }) => report(reason))

export default {
  fetch: async (request: Request): Promise<Response> =>
    Response.json(await run(parts, (await request.json()) as Setting, watchRejections))
}
