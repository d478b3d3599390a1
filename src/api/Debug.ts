/**
 * Endpoint of the server's metrics.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

/**
 * Operations that expose the server's metrics.
 *
 * @since 2.0.0
 * @category contract
 */
export class DebugApi extends HttpApiGroup.make("debug").add(
  HttpApiEndpoint.get("getDebugMetrics", "/api/v1/debug/metrics", {
    success: Schema.String.pipe(HttpApiSchema.asText()),
    error: problems()
  }).annotate(Idempotency, "idempotent")
) {}
