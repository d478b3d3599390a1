/**
 * Responses as CSV instead of JSON.
 *
 * @since 2.0.0
 */
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"

/**
 * A table as CSV (RFC 4180): a header line, then one line per row.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Csv = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" }))

/**
 * Header that requests CSV. Without it, the server returns JSON.
 *
 * @since 2.0.0
 * @category schemas
 */
export const AcceptCsv = { accept: Schema.tag("text/csv") }
