/**
 * Calls endpoints of the contract.
 *
 * Works like `HttpApiClient`, with two differences: it leaves out what the contract does not use (streams, forms,
 * upgrades, multiple content types), which every program would otherwise bundle, and it determines errors by status
 * alone.
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
 * Parts of a request, as declared by the endpoint.
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

/** The part of `HttpApi.reflect`'s result used here: the endpoint, and the schemas of its responses by status. */
interface Endpoint {
  readonly endpoint: HttpApiEndpoint.Top
  readonly successes: ReadonlyMap<number, readonly [Schema.Top, ...Array<Schema.Top>]>
  readonly errors: ReadonlyMap<number, unknown>
}

/**
 * Creates the encoder of a part of a request, if the endpoint has that part. Throws a `SchemaError` if a value is
 * invalid.
 */
const encoder = <A>(
  schema: Schema.Top | undefined,
  options?: SchemaAST.ParseOptions
): ((part: unknown) => A) | undefined =>
  schema === undefined
    ? undefined
    : // The contract's codecs need no services, and encode to what HTTP accepts.
      (Schema.encodeUnknownSync(schema as Schema.Encoder<unknown>, options) as (part: unknown) => A)

const strict = { onExcessProperty: "error" } as const

/** Creates the function that builds an endpoint's requests. Throws a `SchemaError` if a part is invalid. */
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
 * Creates the decoder of an endpoint's success, which fails with a `SchemaError` if the body does not match.
 *
 * @internal
 */
export const makeRead = (
  schema: Schema.Top
): ((response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>) => {
  if (isNoContent(schema.ast)) return () => Effect.void
  // No operation returns a string as JSON: strings are sent as plain text.
  const isText = SchemaAST.isString(SchemaAST.toEncoded(schema.ast))
  // The contract's codecs need no services.
  const decoder = schema as Schema.Decoder<unknown>
  const read = isText ? Schema.decodeUnknownEffect(decoder) : jsonReader(decoder)
  return (response) => Effect.flatMap(response.text, read)
}

/**
 * Creates the function that calls an endpoint.
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
              : refused(operation, "request", "cannot be expressed as JSON")
        }),
        httpClient.execute
      ),
      (response) =>
        response.status === status
          ? Effect.mapError(read(response), (error) => invalidResponse(operation, response, error))
          : undefined
    )
}
