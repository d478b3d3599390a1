/**
 * Policies, which stand between a call and its attempts.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { CircuitOpenError, InvalidRequestError, TimeoutError, TransportError } from "../errors.ts"

/**
 * Errors of a request without a response.
 *
 * @since 2.0.0
 * @category models
 */
export type NoAnswer = TransportError | TimeoutError | CircuitOpenError | InvalidRequestError

/**
 * Result of a request, for one attempt or all of them: a fully read response of any status, or a failure without one.
 *
 * @since 2.0.0
 * @category models
 */
export type Answer = Effect.Effect<HttpClientResponse.HttpClientResponse, NoAnswer>

/**
 * A client that fully reads every response, and fails with the SDK's own errors.
 *
 * @since 2.0.0
 * @category models
 */
export type Client = HttpClient.HttpClient.With<NoAnswer>

/**
 * Adds a policy to a client.
 *
 * @since 2.0.0
 * @category models
 */
export type Policy = (client: Client) => Client

/**
 * The policy that changes nothing.
 *
 * @since 2.0.0
 * @category constructors
 */
export const off: Policy = (client) => client

/**
 * Rate limit of the clients over a layer. Default: none.
 *
 * @since 2.0.0
 * @category references
 */
export const RateLimitPolicy: Context.Reference<Policy> = Context.Reference("@openmeter/sdk/RateLimit", {
  defaultValue: () => off
})

/**
 * Circuit breaker of the clients over a layer. Default: none.
 *
 * @since 2.0.0
 * @category references
 */
export const CircuitBreakerPolicy: Context.Reference<Policy> = Context.Reference("@openmeter/sdk/CircuitBreaker", {
  defaultValue: () => off
})
