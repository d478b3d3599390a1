/**
 * How an endpoint of the contract is called.
 *
 * As `HttpApiClient` does it, but for what the contract does not have (streams, forms, upgrades, several content types),
 * which every program would carry, and for the errors, which here come from the status alone.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as HttpClientResponse from "effect/http/HttpClientResponse"
import type * as UrlParams from "effect/http/UrlParams"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import { isNoContent } from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { Idempotency } from "../api/Idempotency.ts"
import { invalidRequest, invalidResponse, refused, type OpenMeterError, type Operation } from "../errors.ts"
import { jsonReader } from "../schemas/Reader.ts"
import { perform } from "./Perform.ts"
import type { TransportService } from "./Transport.ts"

/**
 * What an endpoint is called with: the parts that its contract has.
 *
 * @since 2.0.0
 * @category models
 */
export interface Request {
  readonly params?: unknown
  readonly query?: unknown
  readonly payload?: unknown
  readonly headers?: unknown
}

/**
 * Calls an endpoint.
 *
 * @since 2.0.0
 * @category models
 */
export type Call = (request: Request) => Effect.Effect<unknown, OpenMeterError>

/** What `HttpApi.reflect` tells of an endpoint: itself, and the schemas of its answers by status. */
interface Endpoint {
  readonly endpoint: HttpApiEndpoint.Top
  readonly successes: ReadonlyMap<number, readonly [Schema.Top, ...Array<Schema.Top>]>
  readonly errors: ReadonlyMap<number, unknown>
}

/** Encodes a part of requests, where there is one; throws the `SchemaError` of a value that does not fit. */
const encoder = <A>(
  schema: Schema.Top | undefined,
  options?: SchemaAST.ParseOptions
): ((part: unknown) => A) | undefined =>
  schema === undefined
    ? undefined
    : // The contract's codecs need no services, and what they encode to is what HTTP takes.
      (Schema.encodeUnknownSync(schema as Schema.Encoder<unknown>, options) as (part: unknown) => A)

const strict = { onExcessProperty: "error" } as const

/** Makes the requests of an endpoint; throws the `SchemaError` of a part that does not fit. */
const makeEncode = (endpoint: HttpApiEndpoint.Top): ((request: Request) => HttpClientRequest.HttpClientRequest) => {
  const make = HttpClientRequest.make(endpoint.method)
  const encodeParams = encoder<Readonly<Record<string, string>>>(endpoint.params)
  const encodeQuery = encoder<UrlParams.Input>(endpoint.query, strict)
  const encodeHeaders = encoder<Readonly<Record<string, string>>>(endpoint.headers)
  const [payload] = endpoint.payload.values()
  const encodePayload = encoder<unknown>(payload?.schemas[0], strict)
  return ({ headers, params, payload: body, query }) => {
    const values = encodeParams?.(params)
    return make(
      endpoint.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values![name]!)),
      {
        urlParams: encodeQuery?.(query),
        headers: encodeHeaders?.(headers),
        body: encodePayload && HttpBody.text(JSON.stringify(encodePayload(body)), payload!.encoding.contentType)
      }
    )
  }
}

/**
 * Makes what reads the success of an endpoint, and fails with a `SchemaError` where it is another one.
 *
 * @internal
 */
export const makeRead = (
  schema: Schema.Top
): ((response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>) => {
  if (isNoContent(schema.ast)) return () => Effect.void
  // No operation answers a text as JSON: one that answers a text sends it as it is.
  const isText = SchemaAST.isString(SchemaAST.toEncoded(schema.ast))
  // The contract's codecs need no services.
  const decoder = schema as Schema.Decoder<unknown>
  const read = isText ? Schema.decodeUnknownEffect(decoder) : jsonReader(decoder)
  return (response) => Effect.flatMap(response.text, read)
}

/**
 * Makes the call of an endpoint.
 *
 * @since 2.0.0
 * @category constructors
 */
export const makeCall = (
  { httpClient, observer }: TransportService,
  { endpoint, errors, successes }: Endpoint
): Call => {
  const operation: Operation = {
    name: endpoint.identifier,
    method: endpoint.method,
    path: endpoint.path,
    errors: new Set(errors.keys()),
    idempotency: Context.get(endpoint.annotations, Idempotency)
  }
  const encode = makeEncode(endpoint)
  const [success] = successes
  const [status, [schema]] = success!
  const read = makeRead(schema)
  return (request) =>
    perform(
      observer,
      operation,
      Effect.flatMap(
        Effect.try({
          try: () => encode(request),
          catch: (cause) =>
            Schema.isSchemaError(cause)
              ? invalidRequest(operation, cause)
              : refused(operation, "request", "is not what JSON can express")
        }),
        httpClient.execute
      ),
      (response) =>
        response.status === status
          ? Effect.mapError(read(response), (error) => invalidResponse(operation, response, error))
          : undefined
    )
}
