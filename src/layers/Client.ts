/**
 * The typed client of a group of the contract.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as HttpClient from "effect/http/HttpClient"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiClient from "effect/http-api/HttpApiClient"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import type * as Schema from "effect/Schema"
import { Idempotency } from "../api/Idempotency.ts"
import type { Problem } from "../api/Problem.ts"
import type { CommonError, FromStatus, OpenMeterError, Operation } from "../errors.ts"
import { perform } from "./Perform.ts"
import type { NoAnswer } from "./Policy.ts"
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

/** What an endpoint of a raw client is, once it is asked for the response alone. */
type Send = (request: unknown) => Effect.Effect<HttpClientResponse.HttpClientResponse, NoAnswer | Schema.SchemaError>
type Decode = (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>

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
  Effect.gen(function* () {
    const { httpClient, observer } = yield* Transport
    // The types of a client are those of `Client<G>`; what follows is the one place that builds it by name.
    const api = HttpApi.make("openmeter")
      .add(group as unknown as HttpApiGroup.Top)
      .annotate(HttpApi.PayloadParseOptions, { onExcessProperty: "error" })
      .annotate(HttpApi.QueryParseOptions, { onExcessProperty: "error" })
    const target = { group: group.identifier, httpClient: httpClient as unknown as HttpClient.HttpClient }
    const raw = yield* HttpApiClient.group(api, target) as unknown as Effect.Effect<Record<string, Send>>
    const result: Record<string, (request: unknown) => Effect.Effect<unknown, OpenMeterError>> = {}
    HttpApi.reflect(api, {
      onGroup() {},
      onEndpoint({ endpoint, errors, successes }) {
        const name = endpoint.identifier
        const operation: Operation = {
          name,
          method: endpoint.method,
          path: endpoint.path,
          errors: new Set(errors.keys()),
          idempotency: Context.get(endpoint.annotations, Idempotency)
        }
        const decode = HttpApiClient.decodeResponse(api, {
          group: group.identifier,
          endpoint: name
        } as never) as unknown as Decode
        result[name] = (request) =>
          perform(
            observer,
            operation,
            raw[name]!({ ...(request as object), responseMode: "response-only" }),
            (response) => (successes.has(response.status) ? decode(response) : undefined)
          )
      }
    })
    return result as unknown as Client<G>
  })
