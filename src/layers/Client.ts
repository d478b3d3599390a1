/**
 * The typed client of a group of the contract.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type { Problem } from "../api/Problem.ts"
import type { CommonError, FromStatus } from "../errors.ts"
import { makeCall, type Call } from "./Endpoint.ts"
import { Transport } from "./Transport.ts"

/** The errors that the declared problems of an endpoint become. */
export type FromWire<P> = P extends Problem<infer S> ? FromStatus<S> : never

/**
 * What calling an endpoint can fail with: the errors of its declared statuses, and those of every call.
 *
 * @since 2.0.0
 * @category models
 */
export type ErrorOf<E extends HttpApiEndpoint.ConstraintRequest> = FromWire<E["~Error"]["Type"]> | CommonError

/**
 * The typed client of a group: one function an endpoint.
 *
 * @since 2.0.0
 * @category models
 */
export type Client<G extends HttpApiGroup.Constraint> = {
  readonly [
    E in Extract<HttpApiGroup.Endpoints<G>, HttpApiEndpoint.ConstraintRequest> as HttpApiEndpoint.Identifier<E>
  ]: (
    request: HttpApiEndpoint.ClientRequest<E["~Params"], E["~Query"], E["~Payload"], E["~Headers"], "decoded-only">
  ) => Effect.Effect<HttpApiClient.SuccessType<E["~Success"]>, ErrorOf<E>>
}

/**
 * Makes the typed client of a group over the {@link Transport}.
 *
 * The contract decides what is sent, and how a success is read. Every other answer is mapped from its status alone, so
 * that a page of a proxy and a problem of the server come out as the same error.
 *
 * @param group - the group itself, not its name: a program carries only the groups that it names
 * @since 2.0.0
 * @category constructors
 */
export const client = <G extends HttpApiGroup.Constraint>(group: G): Effect.Effect<Client<G>, never, Transport> =>
  Effect.map(Transport, (transport) => {
    const result: Record<string, Call> = {}
    HttpApi.reflect(HttpApi.make("openmeter").add(group as unknown as HttpApiGroup.Top), {
      onGroup() {},
      onEndpoint(endpoint) {
        let call: Call | undefined
        // A program makes a few of the calls that there are: the codecs of each are made when it is made first.
        result[endpoint.endpoint.identifier] = (request) => (call ??= makeCall(transport, endpoint))(request)
      }
    })
    // Built by name, which the types cannot follow.
    return result as unknown as Client<G>
  })
