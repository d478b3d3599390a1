/**
 * The suite in a worker: runs for a request with a setting. At `/shared` a request makes its calls on the client that it
 * shares with all others.
 */
import { OpenMeter } from "@openmeter/sdk"
import { parts } from "../suite/index.ts"
import { run, type Setting, type WatchRejections } from "../suite/Suite.ts"

const watchRejections: WatchRejections = (report) =>
  addEventListener("unhandledrejection", ({ reason }) => report(reason))

let shared: OpenMeter | undefined

const callShared = async ({ baseUrl }: Setting): Promise<Response> => {
  shared ??= new OpenMeter({ baseUrl })
  await shared.events.ingest({ type: "prompt", subject: "customer-1" })
  return Response.json(await shared.customers.hasAccess("nobody", "nothing"))
}

export default {
  fetch: async (request: Request): Promise<Response> => {
    const setting = (await request.json()) as Setting
    if (new URL(request.url).pathname === "/shared") return callShared(setting)
    return Response.json(await run(parts, setting, watchRejections))
  }
}
