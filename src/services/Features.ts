/**
 * Features: created, listed, archived.
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
 * The operations on features.
 *
 * @since 2.0.0
 * @category models
 */
export interface FeaturesService {
  /**
   * Lists features by position. Default order: by key.
   *
   * `GET /api/v1/features`
   */
  readonly list: (params?: FeatureListParams) => Effect.Effect<ReadonlyArray<Feature>, CommonError>
  /**
   * Lists features, one page of them, with the count of all. Default order: by key.
   *
   * `GET /api/v1/features` with `page`
   */
  readonly listPage: (params?: FeaturePageParams) => Effect.Effect<Page<Feature>, CommonError>
  /**
   * Creates a feature. `NotFoundError` when there is no such meter, `ConflictError` when a feature that is not archived
   * has the key.
   *
   * `POST /api/v1/features`
   */
  readonly create: (feature: FeatureCreate) => Effect.Effect<Feature, NotFoundError | ConflictError | CommonError>
  /**
   * Fetches a feature by key or id. An archived feature is not found.
   *
   * `GET /api/v1/features/{featureId}`
   */
  readonly get: (featureIdOrKey: string) => Effect.Effect<Feature, NotFoundError | CommonError>
  /**
   * Archives a feature by key or id: no new entitlement to it can be created, those that are active live on.
   *
   * `DELETE /api/v1/features/{featureId}`
   */
  readonly delete: (featureIdOrKey: string) => Effect.Effect<void, NotFoundError | CommonError>
  /** All features, one by one: {@link FeaturesService.listPage} as a stream that asks for page after page, from `page` on. */
  readonly items: (params?: FeaturePageParams) => Stream.Stream<Feature, CommonError>
}

const make = Effect.gen(function* () {
  const features = yield* client(FeaturesApi)
  // Without a page the server answers an array.
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
 * Features: created, listed, archived.
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
  /** The operations on features, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Features, never, Transport> = Layer.effect(Features, make)
}
