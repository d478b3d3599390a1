/**
 * Typed clients of the contract's groups.
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

/** Maps the declared problems of an endpoint to their errors. */
export type FromWire<P> = P extends Problem<infer S> ? FromStatus<S> : never

/**
 * Errors of an endpoint: those of its declared statuses, and those of every call.
 *
 * @since 2.0.0
 * @category models
 */
export type ErrorOf<E extends HttpApiEndpoint.ConstraintRequest> = FromWire<E["~Error"]["Type"]> | CommonError

/**
 * Typed client of a group, with one function per endpoint.
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
 * Creates the typed client of a group over the {@link Transport}.
 *
 * The contract determines what is sent and how a success is decoded. Any other response is mapped by its status alone,
 * so that a proxy's error page and a problem from the server give the same error.
 *
 * @param group - the group itself rather than its name, so that a program bundles only the groups it uses
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
        // Codecs are created on the first call of an endpoint, because a program uses only a few of them.
        result[endpoint.endpoint.identifier] = (request) => (call ??= makeCall(transport, endpoint))(request)
      }
    })
    // Built by name, which TypeScript cannot follow.
    return result as unknown as Client<G>
  })
