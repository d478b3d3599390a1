/**
 * The portal: tokens with which a subject may query its own usage, and the query that accepts them.
 */
import * as Result from "effect/Result"
import type { Call } from "../http/Handler.ts"
import { json } from "../http/Handler.ts"
import { bodyInstant, jsonBody, operation } from "../http/operation.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { formatInstant, unit } from "../instant.ts"
import * as Timestamp from "../metering/timestamp.ts"
import * as Jwt from "../portal/Jwt.ts"
import { sha256 } from "../portal/sha256.ts"
import { internalError, notImplemented, unauthorized, validationError } from "../Refusal.ts"
import * as Meter from "../store/Meter.ts"
import type { State } from "../store/State.ts"
import { nextUlid } from "../store/ulid.ts"
import { answerQuery, listed, portalParams } from "./meterQuery.ts"

const PortalToken = Wire.component(
  "PortalToken",
  Wire.struct({
    id: Wire.optional(Wire.ulid),
    subject: Wire.string(),
    expiresAt: Wire.optional(Wire.dateTime),
    expired: Wire.optional(Wire.boolean),
    createdAt: Wire.optional(Wire.dateTime),
    token: Wire.optional(Wire.string()),
    allowedMeterSlugs: Wire.optional(Wire.array(Wire.string()))
  })
)

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

// The ids of tokens are UUIDs, unlike all others.
const nextUuid = (state: State, now: number): string => {
  const digits = hex(sha256(new TextEncoder().encode(nextUlid(state, now))))
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32)
  ].join("-")
}

const refuseSlugs = (state: State, slugs: ReadonlyArray<string>): void => {
  if (slugs.length === 0) throw validationError("slug filter cannot be an empty array when provided")
  if (slugs.includes("")) {
    throw validationError("invalid key filter: validation error: filter is invalid: format mismatch")
  }
  for (const slug of slugs) Meter.getBySlug(state, slug)
}

const createPortalToken = operation({ body: jsonBody(PortalToken) }, ({ state, now, body }) => {
  const { allowedMeterSlugs, subject } = body
  const expiry = body.expiresAt === undefined ? now + unit.hour : bodyInstant(body.expiresAt)
  if (allowedMeterSlugs !== undefined) refuseSlugs(state, allowedMeterSlugs)
  if (subject === "" || expiry <= now) throw internalError()
  const claims: Jwt.Claims = {
    iss: "openmeter",
    sub: subject,
    iat: Math.floor(now / 1000),
    exp: Math.floor(expiry / 1000),
    Namespace: "default",
    Id: nextUuid(state, now),
    AllowedMeterSlugs: allowedMeterSlugs ?? []
  }
  return json(200, {
    id: claims.Id,
    subject,
    allowedMeterSlugs: claims.AllowedMeterSlugs,
    expiresAt: body.expiresAt === undefined ? formatInstant(expiry) : Timestamp.asSent(body.expiresAt),
    token: Jwt.sign(claims)
  })
})

const listPortalTokens = operation({ query: { limit: Param.integer({ minimum: 1, maximum: 100 }) } }, () => {
  throw notImplemented("listing tokens")
})

const text = Wire.optional(Wire.string())

const invalidatePortalTokens = operation({ body: jsonBody(Wire.struct({ id: text, subject: text })) }, () => {
  throw notImplemented("invalidate tokens")
})

const tokenOf = (call: Call): string => {
  const header = call.request.headers["authorization"]?.trim() ?? ""
  if (header === "") throw unauthorized("missing authorization header")
  const token = /^Bearer ([^ ]+)$/.exec(header)?.[1]
  if (token === undefined) throw unauthorized("invalid authorization header")
  return token
}

const authenticate = (call: Call): Jwt.Claims => {
  const claims = Result.getOrThrowWith(Jwt.verify(tokenOf(call), call.now), (fault) =>
    unauthorized(`invalid token: cannot parse claims: ${fault}`)
  )
  const slugs = claims.AllowedMeterSlugs
  if (slugs.length > 0 && !slugs.includes(call.request.params["meterSlug"] ?? "")) {
    throw unauthorized("meter slug not allowed")
  }
  return claims
}

const queryPortalMeter = operation({ path: { meterSlug: Wire.key }, query: portalParams, authenticate }, (call) => {
  const { query, request, state } = call
  const { from, groupBy, to, windowSize, windowTimeZone } = query
  const { sub } = authenticate(call)
  // Customers and advanced filters are validated, but ignored here.
  return answerQuery(
    state,
    Meter.getBySlug(state, call.path.meterSlug),
    { from, to, windowSize, windowTimeZone, groupBy, subject: [sub], filterGroupBy: listed(query.filterGroupBy) },
    request.headers["accept"]
  )
})

/** The handlers of the portal. */
export const portal = {
  createPortalToken,
  listPortalTokens,
  invalidatePortalTokens,
  queryPortalMeter
} satisfies Handlers
