/**
 * Endpoints with information about the server.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { PathParam } from "../schemas/Identifier.ts"
import { Currency, Progress } from "../schemas/Info.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

/**
 * Operations that return information about the server.
 *
 * @since 2.0.0
 * @category contract
 */
export class InfoApi extends HttpApiGroup.make("info").add(
  HttpApiEndpoint.get("listCurrencies", "/api/v1/info/currencies", {
    success: Schema.Array(Currency),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("getProgress", "/api/v1/info/progress/:id", {
    params: { id: PathParam },
    success: Progress,
    error: problems(404)
  }).annotate(Idempotency, "idempotent")
) {}
