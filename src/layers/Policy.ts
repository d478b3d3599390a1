/**
 * What a policy is: something that stands between a call and the attempts at it.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type { CircuitOpenError, InvalidRequestError, TimeoutError, TransportError } from "../errors.ts"

/**
 * What a request fails with when there is no answer.
 *
 * @since 2.0.0
 * @category models
 */
export type NoAnswer = TransportError | TimeoutError | CircuitOpenError | InvalidRequestError

/**
 * One attempt at a request, or all of them: an answer of whatever status, read whole, or none.
 *
 * @since 2.0.0
 * @category models
 */
export type Answer = Effect.Effect<HttpClientResponse.HttpClientResponse, NoAnswer>

/**
 * A client that reads every answer whole, and fails with the SDK's own errors.
 *
 * @since 2.0.0
 * @category models
 */
export type Client = HttpClient.HttpClient.With<NoAnswer>

/**
 * What a policy makes of the client under it.
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
 * The rate limit of the clients over a layer. Default: none.
 *
 * @since 2.0.0
 * @category references
 */
export const RateLimitPolicy: Context.Reference<Policy> = Context.Reference("@openmeter/sdk/RateLimit", {
  defaultValue: () => off
})

/**
 * The circuit breaker of the clients over a layer. Default: none.
 *
 * @since 2.0.0
 * @category references
 */
export const CircuitBreakerPolicy: Context.Reference<Policy> = Context.Reference("@openmeter/sdk/CircuitBreaker", {
  defaultValue: () => off
})
