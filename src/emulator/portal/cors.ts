/**
 * CORS of the portal: browsers may query meters, and nothing else.
 */
import type { WireResponse } from "../http/Handler.ts"
import type { Middleware, RawRequest } from "../http/router.ts"

const isPortal = (request: RawRequest): boolean => request.url.startsWith("/api/v1/portal/meters/")

const allowedHeaders = new Map(["Accept", "Authorization", "Content-Type"].map((name) => [name.toLowerCase(), name]))

const isPreflight = (request: RawRequest): boolean =>
  request.method === "OPTIONS" && (request.headers["access-control-request-method"] ?? "") !== ""

const vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"

const allowOrigin = (origin: string) => ({
  "access-control-allow-origin": origin,
  "access-control-allow-credentials": "true"
})

// A preflight is always answered 200; a refused one merely lacks the headers that grant access.
const preflight = (request: RawRequest): WireResponse => {
  const { headers } = request
  const origin = headers["origin"] ?? ""
  const asked = (headers["access-control-request-headers"] ?? "").split(",").map((name) => name.trim().toLowerCase())
  const names = asked.filter((name) => name !== "")
  const refused =
    origin === "" ||
    headers["access-control-request-method"]?.toUpperCase() !== "GET" ||
    names.some((name) => !allowedHeaders.has(name))
  if (refused) return { status: 200, headers: { vary }, body: undefined }
  const allowed = names.map((name) => allowedHeaders.get(name)).join(", ")
  return {
    status: 200,
    headers: {
      vary,
      ...allowOrigin(origin),
      "access-control-allow-methods": "GET",
      "access-control-max-age": "1728000",
      ...(allowed === "" ? {} : { "access-control-allow-headers": allowed })
    },
    body: undefined
  }
}

/** Answers the preflights of the portal, and lets browsers read its answers. */
export const cors: Middleware = {
  before: (request) => (isPortal(request) && isPreflight(request) ? preflight(request) : undefined),
  after: (request, response) => {
    const origin = request.headers["origin"] ?? ""
    if (!isPortal(request) || origin === "" || request.method !== "GET") return response
    return { ...response, headers: { ...response.headers, ...allowOrigin(origin), vary: "Origin" } }
  }
}
