/**
 * Answers as comma-separated values instead of JSON.
 *
 * @since 2.0.0
 */
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"

/**
 * A table as text: a header line, then one line a row (RFC 4180).
 *
 * @since 2.0.0
 * @category schemas
 */
export const Csv = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" }))

/**
 * The header that asks for comma-separated values: the server sends JSON to everyone who does not.
 *
 * @since 2.0.0
 * @category schemas
 */
export const AcceptCsv = { accept: Schema.tag("text/csv") }
