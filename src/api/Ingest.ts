/**
 * Endpoint that ingests events.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { SentEvent } from "../schemas/Event.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

/**
 * The ingest operation.
 *
 * To keep bundles small, `services/Ingest.ts` sends it without this contract; a test keeps the two consistent.
 *
 * @since 2.0.0
 * @category contract
 */
export class IngestApi extends HttpApiGroup.make("ingest").add(
  HttpApiEndpoint.post("ingestEvents", "/api/v1/events", {
    payload: [
      SentEvent.pipe(HttpApiSchema.asJson({ contentType: "application/cloudevents+json" })),
      Schema.Array(SentEvent).pipe(HttpApiSchema.asJson({ contentType: "application/cloudevents-batch+json" }))
    ],
    success: HttpApiSchema.NoContent,
    error: problems(413)
  }).annotate(Idempotency, "deduplicated")
) {}
