/**
 * Features.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import { FeaturesApi } from "../api/Features.ts"
import type { CommonError, ConflictError, NotFoundError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type { Feature, FeatureCreate, FeatureListParams, FeaturePageParams } from "../schemas/Feature.ts"
import type { Page } from "../schemas/Paging.ts"
import { pages } from "./Paging.ts"

/**
 * Operations on features.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeaturesService {
  /**
   * Lists features by limit and offset. Sorted by key by default.
   *
   * `GET /api/v1/features`
   */
  readonly list: (params?: FeatureListParams) => Effect.Effect<ReadonlyArray<Feature>, CommonError>
  /**
   * Lists one page of features, with the total count. Sorted by key by default.
   *
   * `GET /api/v1/features` with `page`
   */
  readonly listPage: (params?: FeaturePageParams) => Effect.Effect<Page<Feature>, CommonError>
  /**
   * Creates a feature. Fails with `NotFoundError` if the meter does not exist, and with `ConflictError` if a feature
   * that is not archived already has the key.
   *
   * `POST /api/v1/features`
   */
  readonly create: (feature: FeatureCreate) => Effect.Effect<Feature, NotFoundError | ConflictError | CommonError>
  /**
   * Fetches a feature by key or id. Archived features are not found.
   *
   * `GET /api/v1/features/{featureId}`
   */
  readonly get: (featureIdOrKey: string) => Effect.Effect<Feature, NotFoundError | CommonError>
  /**
   * Archives a feature by key or id. No new entitlements to it can be created; active ones remain.
   *
   * `DELETE /api/v1/features/{featureId}`
   */
  readonly delete: (featureIdOrKey: string) => Effect.Effect<void, NotFoundError | CommonError>
  /** Streams all features: {@link FeaturesService.listPage}, following the pages from `page` on. */
  readonly items: (params?: FeaturePageParams) => Stream.Stream<Feature, CommonError>
}

const make = Effect.gen(function* () {
  const features = yield* client(FeaturesApi)
  // Without `page` the server returns an array.
  const listPage = (params: FeaturePageParams = {}) =>
    features.listFeaturesPage({ query: { ...params, page: params.page ?? 1 } })
  return Features.of({
    list: (query = {}) => features.listFeatures({ query }),
    listPage,
    create: (payload) => features.createFeature({ payload }),
    get: (featureId) => features.getFeature({ params: { featureId } }),
    delete: (featureId) => features.deleteFeature({ params: { featureId } }),
    items: (params) => pages((page) => listPage({ ...params, page }), params?.page)
  })
})

/**
 * Service for features.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Features } from "@openmeter/sdk/effect"
 *
 * const createTokens = Effect.gen(function*() {
 *   const features = yield* Features
 *   return yield* features.create({ key: "ai_tokens", name: "AI tokens", meterSlug: "tokens_total" })
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Features extends Context.Service<Features, FeaturesService>()("@openmeter/sdk/Features") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Features, never, Transport> = Layer.effect(Features, make)
}
