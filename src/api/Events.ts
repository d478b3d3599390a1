/**
 * Endpoints that list events.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Schema from "effect/Schema"
import { EventListParams, EventListV2Params, IngestedEvent, IngestedEventPage } from "../schemas/IngestedEvent.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

/**
 * Operations that list events.
 *
 * @since 2.0.0
 * @category contract
 */
export class EventsApi extends HttpApiGroup.make("events").add(
  HttpApiEndpoint.get("listEvents", "/api/v1/events", {
    query: EventListParams,
    success: Schema.Array(IngestedEvent),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listEventsV2", "/api/v2/events", {
    query: EventListV2Params,
    success: IngestedEventPage,
    error: problems()
  }).annotate(Idempotency, "idempotent")
) {}
