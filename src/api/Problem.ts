/**
 * Error responses of the server, as declared by the contract.
 *
 * @since 2.0.0
 */
import * as ProblemDetails from "effect/http/ProblemDetails"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * A problem document (RFC 9457) with the status `S`.
 *
 * Exists for the type of an endpoint's error channel: the status determines which of the SDK's errors the response
 * becomes.
 *
 * @since 2.0.0
 * @category models
 */
export class Problem<const S extends number> {
  readonly status: S
  readonly details: ProblemDetails.ProblemDetails
  constructor(status: S, details: ProblemDetails.ProblemDetails) {
    this.status = status
    this.details = details
  }
}

/**
 * Schema of the problem document of one status.
 *
 * @since 2.0.0
 * @category models
 */
export interface ProblemSchema<S extends number> extends Schema.Codec<
  Problem<S>,
  ProblemDetails.ProblemDetailsEncoded
> {}

const problem = <const S extends number>(status: S): ProblemSchema<S> =>
  ProblemDetails.Schema.pipe(
    Schema.decodeTo(
      Schema.declare((u): u is Problem<S> => u instanceof Problem && u.status === status),
      SchemaTransformation.transform({
        decode: (details: ProblemDetails.ProblemDetails) => new Problem(status, details),
        encode: (value: Problem<S>) => value.details
      })
    ),
    HttpApiSchema.asJson({ contentType: ProblemDetails.contentType }),
    HttpApiSchema.status(status)
  )

const common = [problem(400), problem(401), problem(403), problem(412), problem(500), problem(503)] as const

/**
 * Declares the problems that an endpoint can return: those of every endpoint, and those of the given statuses.
 *
 * @example
 * HttpApiEndpoint.get("getMeter", "/api/v1/meters/:meterIdOrSlug", { success: Meter, error: problems(404) })
 *
 * @since 2.0.0
 * @category constructors
 */
export const problems = <const S extends ReadonlyArray<404 | 409 | 413 | 501>>(
  ...statuses: S
): ReadonlyArray<(typeof common)[number] | ProblemSchema<S[number]>> => [...common, ...statuses.map(problem)]
