/**
 * Which requests the emulator covers, and what it says to the others.
 */
import { notFoundText, Refusal } from "../Refusal.ts"
import { routes } from "./routes.ts"

/**
 * `/api/v1/meters` for the path of any operation on meters; `undefined` for a path outside the API, such as one with
 * the prefix twice because the base URL already ends with it.
 */
const resourceOf = (path: string): string | undefined => /^\/api\/v[12]\/(?!api\/)[^/]+/.exec(path)?.[0]

const covered = new Set(Object.values(routes).map(([, path]) => resourceOf(path)))

const names = [...new Set([...covered].map((resource) => resource?.split("/").at(-1)))].join(", ")

/** Paths below a covered resource that are not covered. */
const uncovered = /^\/api\/v1\/customers\/[^/]+\/(?:apps|stripe|subscriptions)(?:\/|$)/

/**
 * The refusal of a request that the emulator does not cover. A wrong path below a covered resource (with a trailing
 * slash, say) is left to the router, which answers like the server.
 */
export const outside = (method: string, path: string): Refusal | undefined => {
  const resource = resourceOf(path)
  if (resource === undefined) {
    return notFoundText(
      `${method} ${path} is not in the OpenMeter API, whose paths begin with /api/v1/ or /api/v2/; check the base URL`
    )
  }
  return covered.has(resource) && !uncovered.test(path)
    ? undefined
    : new Refusal(501, { detail: `the emulator does not implement ${method} ${path}; it covers ${names}` })
}
