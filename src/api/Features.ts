/**
 * Endpoints of features.
 *
 * @since 2.0.0
 */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Feature, FeatureCreate, FeatureListParams, FeaturePage, FeaturePageParams } from "../schemas/Feature.ts"
import { PathParam } from "../schemas/Identifier.ts"
import { Idempotency } from "./Idempotency.ts"
import { problems } from "./Problem.ts"

const feature = { featureId: PathParam }

/**
 * Operations on features.
 *
 * `listFeatures` and `listFeaturesPage` are one operation of the server, which returns an array or a page depending on
 * the query.
 *
 * @since 2.0.0
 * @category contract
 */
export class FeaturesApi extends HttpApiGroup.make("features").add(
  HttpApiEndpoint.get("listFeatures", "/api/v1/features", {
    query: FeatureListParams,
    success: Schema.Array(Feature),
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.get("listFeaturesPage", "/api/v1/features", {
    query: FeaturePageParams,
    success: FeaturePage,
    error: problems()
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.post("createFeature", "/api/v1/features", {
    payload: FeatureCreate,
    success: Feature.pipe(HttpApiSchema.status(201)),
    error: problems(404, 409)
  }),
  HttpApiEndpoint.get("getFeature", "/api/v1/features/:featureId", {
    params: feature,
    success: Feature,
    error: problems(404)
  }).annotate(Idempotency, "idempotent"),
  HttpApiEndpoint.delete("deleteFeature", "/api/v1/features/:featureId", {
    params: feature,
    success: HttpApiSchema.NoContent,
    error: problems(404)
  }).annotate(Idempotency, "idempotent")
) {}
