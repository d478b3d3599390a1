/**
 * What arrived at the servers of a run: the headers that a runtime should send, and those that it should not.
 */
import type { EmulatorRequest } from "@openmeter/sdk/testing"
import type { Outcome } from "../suite/Suite.ts"
import type { Servers } from "./servers.ts"

/** A browser would ask the server for leave to send them, and be refused. */
const traceHeaders = ["traceparent", "tracestate", "b3"]

const refusal = (request: EmulatorRequest, isBrowser: boolean): string | undefined => {
  const { headers, method, url } = request
  const trace = traceHeaders.find((name) => headers[name] !== undefined)
  if (trace !== undefined) return `${method} ${url} has the header ${trace}`
  const userAgent = headers["user-agent"] ?? ""
  const isOurs = userAgent.startsWith("openmeter-sdk/")
  return isOurs === isBrowser ? `${method} ${url} is from ${userAgent}` : undefined
}

const preflightRefusal = (requests: ReadonlyArray<EmulatorRequest>): string | undefined => {
  const preflights = requests.filter(({ method }) => method === "OPTIONS")
  if (preflights.length === 0) return "the browser has not asked for leave to query the portal"
  const asked = preflights.find(({ headers }) => headers["access-control-request-headers"] !== "authorization")
  return asked === undefined
    ? undefined
    : `the browser asks for leave to send ${asked.headers["access-control-request-headers"]}`
}

/** Checks what a runtime has sent. */
export const wire = async ({ emulator, portal }: Servers, isBrowser: boolean): Promise<Outcome> => {
  const atPortal = (await portal.requests()).filter(({ url }) => url.startsWith("/api/v1/portal/meters/"))
  const requests = [...(await emulator.requests()).filter(({ url }) => url.startsWith("/api/")), ...atPortal]
  const failures = [
    ...(requests.length === 0 ? ["nothing has arrived"] : []),
    ...requests.map((request) => refusal(request, isBrowser)),
    ...(isBrowser ? [preflightRefusal(atPortal)] : [])
  ]
  return { part: "wire", failure: failures.find((failure) => failure !== undefined) }
}
