/**
 * Features, in the Promise API.
 *
 * @since 2.0.0
 */
import type { Feature, FeatureCreate, FeatureListParams, FeaturePageParams } from "../schemas/Feature.ts"
import type { Page } from "../schemas/Paging.ts"
import { Features as Service } from "../services/Features.ts"
import type { Listing } from "./Listing.ts"
import { isPaged, type Paged, type Unpaged } from "./Paging.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * Operations on features.
 *
 * @example
 * ```ts
 * await openmeter.features.create({ key: "ai_tokens", name: "AI tokens", meterSlug: "tokens_total" })
 * for await (const feature of openmeter.features.list()) console.log(feature.key)
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class Features {
  readonly #runner: Runner<Service>

  /** @internal */
  constructor(runner: Runner<Service>) {
    this.#runner = runner
  }

  /**
   * Lists features, one page per request, with the total count. Iterating follows the pages. Sorted by key by default.
   *
   * `GET /api/v1/features` with `page`
   */
  list(params: Paged<FeaturePageParams>, options?: RequestOptions): Listing<Page<Feature>, Feature>
  /**
   * Lists features by limit and offset. Sorted by key by default.
   *
   * `GET /api/v1/features`
   */
  list(params?: Unpaged<FeatureListParams>, options?: RequestOptions): Listing<ReadonlyArray<Feature>, Feature>
  list(
    params: FeatureListParams | FeaturePageParams = {},
    options?: RequestOptions
  ): Listing<Page<Feature> | ReadonlyArray<Feature>, Feature> {
    return isPaged<FeaturePageParams>(params)
      ? this.#runner.list(
          Service,
          (features) => features.listPage(params),
          (features) => features.items(params),
          options
        )
      : this.#runner.array(Service, (features) => features.list(params), options)
  }

  /**
   * Creates a feature. Rejects with `NotFoundError` if the meter does not exist, and with `ConflictError` if a feature
   * that is not archived already has the key.
   *
   * `POST /api/v1/features`
   */
  create(feature: FeatureCreate, options?: RequestOptions): Promise<Feature> {
    return this.#runner.run(Service, (features) => features.create(feature), options)
  }

  /**
   * Fetches a feature by key or id. Archived features are not found.
   *
   * `GET /api/v1/features/{featureId}`
   */
  get(featureIdOrKey: string, options?: RequestOptions): Promise<Feature> {
    return this.#runner.run(Service, (features) => features.get(featureIdOrKey), options)
  }

  /**
   * Archives a feature by key or id. No new entitlements to it can be created; active ones remain.
   *
   * `DELETE /api/v1/features/{featureId}`
   */
  delete(featureIdOrKey: string, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (features) => features.delete(featureIdOrKey), options)
  }
}
