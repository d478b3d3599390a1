/**
 * What the emulator answers to a request that it has nothing for, so that its sender learns why.
 */
import { notFoundText, Refusal } from "../Refusal.ts"
import { routes } from "./routes.ts"

/**
 * `/api/v1/meters` for the path of any operation on meters; `undefined` for a path that is not of the API, as one that
 * has its prefix twice because the base URL already ends in it.
 */
const resourceOf = (path: string): string | undefined => /^\/api\/v[12]\/(?!api\/)[^/]+/.exec(path)?.[0]

const covered = new Set(Object.values(routes).map(([, path]) => resourceOf(path)))

const names = [...new Set([...covered].map((resource) => resource?.split("/").at(-1)))].join(", ")

/** Paths of resources that the emulator covers, which lead on to some that it does not. */
const uncovered = /^\/api\/v1\/customers\/[^/]+\/(?:apps|stripe|subscriptions)(?:\/|$)/

/**
 * The refusal of a request outside what the emulator covers. What is merely wrong with a covered resource (a slash at the
 * end, say) is left to the router, which answers as the server does.
 */
export const outside = (method: string, path: string): Refusal | undefined => {
  const resource = resourceOf(path)
  if (resource === undefined) {
    return notFoundText(
      `${method} ${path} is not part of the OpenMeter API, whose paths begin with /api/v1/ and /api/v2/; check the base URL`
    )
  }
  return covered.has(resource) && !uncovered.test(path)
    ? undefined
    : new Refusal(501, { detail: `the emulator does not implement ${method} ${path}; it covers ${names}` })
}
