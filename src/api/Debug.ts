/**
 * How the server's own metrics travel.
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
 * The operations for whoever runs the server.
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
