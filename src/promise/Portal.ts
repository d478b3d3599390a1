/**
 * The portal, in the Promise API.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { MeterQueryResult } from "../schemas/Meter.ts"
import type * as Schemas from "../schemas/Portal.ts"
import { Portal as Service } from "../services/Portal.ts"
import type { Listing } from "./Listing.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * A portal token, with its secret as a string to pass to a browser.
 *
 * @since 2.0.0
 * @category models
 */
export interface PortalToken extends Omit<Schemas.PortalToken, "token"> {
  /** The secret. Returned only once, when the token is created. Grants read access to the subject's usage. */
  readonly token?: string
}

const reveal = ({ token, ...rest }: Schemas.PortalToken): PortalToken =>
  token === undefined ? rest : { ...rest, token: Redacted.value(token) }

/**
 * Operations on portal tokens, and the queries that a portal token allows.
 *
 * `NotImplementedError` means that the portal is disabled on the server.
 *
 * @example
 * ```ts
 * const { token } = await openmeter.portal.createToken({ subject: "customer-1" })
 * const browser = new OpenMeter({ baseUrl: "http://localhost:8888", token: token! })
 * const usage = await browser.portal.query("tokens_total", { windowSize: "DAY" })
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Portal {
  readonly #runner: Runner<Service>

  /** @internal */
  constructor(runner: Runner<Service>) {
    this.#runner = runner
  }

  /**
   * Creates a token that can query some or all meters of one subject, valid for an hour or until `expiresAt`.
   *
   * `POST /api/v1/portal/tokens`
   *
   * @example
   * ```ts
   * const { token } = await openmeter.portal.createToken({ subject: "customer-1" })
   * ```
   */
  createToken(token: Schemas.PortalTokenCreate, options?: RequestOptions): Promise<PortalToken> {
    return this.#runner.run(Service, (portal) => Effect.map(portal.createToken(token), reveal), options)
  }

  /**
   * Lists tokens, without their secrets.
   *
   * `GET /api/v1/portal/tokens`
   */
  listTokens(
    params?: Schemas.PortalTokenListParams,
    options?: RequestOptions
  ): Listing<ReadonlyArray<PortalToken>, PortalToken> {
    return this.#runner.list(
      Service,
      (portal) => Effect.map(portal.listTokens(params), (tokens) => tokens.map(reveal)),
      (portal) => Stream.map(portal.tokens(params), reveal),
      options
    )
  }

  /**
   * Invalidates a token by id, all tokens of a subject, or all tokens.
   *
   * `POST /api/v1/portal/tokens/invalidate`
   */
  invalidateTokens(which?: Schemas.PortalTokenInvalidation, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (portal) => portal.invalidateTokens(which), options)
  }

  /**
   * Aggregates the usage of the token's subject. Requires a client whose `token` is the secret of a portal token.
   * Rejects with `UnauthorizedError` if the token has expired or does not allow the meter.
   *
   * `GET /api/v1/portal/meters/{meterSlug}/query`
   */
  query(meterSlug: string, params?: Schemas.PortalQueryParams, options?: RequestOptions): Promise<MeterQueryResult> {
    return this.#runner.run(Service, (portal) => portal.query(meterSlug, params), options)
  }

  /**
   * Aggregates usage like {@link Portal.query}, and returns it as CSV with a header line.
   *
   * `GET /api/v1/portal/meters/{meterSlug}/query` with `Accept: text/csv`
   */
  queryCsv(meterSlug: string, params?: Schemas.PortalQueryParams, options?: RequestOptions): Promise<string> {
    return this.#runner.run(Service, (portal) => portal.queryCsv(meterSlug, params), options)
  }
}
