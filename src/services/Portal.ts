/**
 * Portal tokens, which let a browser read the usage of one subject.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { PortalApi } from "../api/Portal.ts"
import type { CommonError, NotFoundError, NotImplementedError } from "../errors.ts"
import { withCallOptions } from "../layers/Call.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type { MeterQueryResult } from "../schemas/Meter.ts"
import type {
  PortalQueryParams,
  PortalToken,
  PortalTokenCreate,
  PortalTokenInvalidation,
  PortalTokenListParams
} from "../schemas/Portal.ts"

/**
 * Operations on portal tokens, and the queries that a portal token allows.
 *
 * `NotImplementedError` means that the portal is disabled on the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalService {
  /**
   * Creates a token that can query some or all meters of one subject, valid for an hour or until `expiresAt`.
   *
   * `POST /api/v1/portal/tokens`
   */
  readonly createToken: (
    token: PortalTokenCreate
  ) => Effect.Effect<PortalToken, NotFoundError | NotImplementedError | CommonError>
  /**
   * Lists tokens, without their secrets.
   *
   * `GET /api/v1/portal/tokens`
   */
  readonly listTokens: (
    params?: PortalTokenListParams
  ) => Effect.Effect<ReadonlyArray<PortalToken>, NotImplementedError | CommonError>
  /** Streams tokens: {@link PortalService.listTokens}. */
  readonly tokens: (params?: PortalTokenListParams) => Stream.Stream<PortalToken, NotImplementedError | CommonError>
  /**
   * Invalidates a token by id, all tokens of a subject, or all tokens.
   *
   * `POST /api/v1/portal/tokens/invalidate`
   */
  readonly invalidateTokens: (which?: PortalTokenInvalidation) => Effect.Effect<void, NotImplementedError | CommonError>
  /**
   * Aggregates the usage of the token's subject. Fails with `UnauthorizedError` if the token has expired or does not
   * allow the meter.
   *
   * `GET /api/v1/portal/meters/{meterSlug}/query`
   *
   * @param token - secret of a portal token. Defaults to the client's credentials
   */
  readonly query: (
    meterSlug: string,
    params?: PortalQueryParams,
    token?: Redacted.Redacted
  ) => Effect.Effect<MeterQueryResult, NotFoundError | CommonError>
  /**
   * Aggregates usage like {@link PortalService.query}, and returns it as CSV with a header line.
   *
   * `GET /api/v1/portal/meters/{meterSlug}/query` with `Accept: text/csv`
   *
   * @param token - secret of a portal token. Defaults to the client's credentials
   */
  readonly queryCsv: (
    meterSlug: string,
    params?: PortalQueryParams,
    token?: Redacted.Redacted
  ) => Effect.Effect<string, NotFoundError | CommonError>
}

const withToken = (token: Redacted.Redacted | undefined) =>
  withCallOptions({
    headers: { authorization: token && Redacted.make(`Bearer ${Redacted.value(token)}`, { label: "authorization" }) }
  })

const make = Effect.gen(function* () {
  const portal = yield* client(PortalApi)
  const listTokens = (query: PortalTokenListParams = {}) => portal.listPortalTokens({ query })
  return Portal.of({
    createToken: (payload) => portal.createPortalToken({ payload }),
    listTokens,
    tokens: (params) => Stream.fromIterableEffect(listTokens(params)),
    invalidateTokens: (payload = {}) => portal.invalidatePortalTokens({ payload }),
    query: (meterSlug, query = {}, token) =>
      withToken(token)(portal.queryPortalMeter({ params: { meterSlug }, query })),
    queryCsv: (meterSlug, query = {}, token) =>
      withToken(token)(portal.queryPortalMeterCsv({ params: { meterSlug }, query, headers: { accept: "text/csv" } }))
  })
})

/**
 * Service for portal tokens, which let a browser read the usage of one subject.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Portal } from "@openmeter/sdk/effect"
 *
 * const program = Effect.gen(function*() {
 *   const portal = yield* Portal
 *   const { token } = yield* portal.createToken({ subject: "customer-1", allowedMeterSlugs: ["tokens_total"] })
 *   return yield* portal.query("tokens_total", { windowSize: "DAY" }, token)
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Portal extends Context.Service<Portal, PortalService>()("@openmeter/sdk/Portal") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Portal, never, Transport> = Layer.effect(Portal, make)
}
