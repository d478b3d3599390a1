/**
 * Features, with Promises.
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
 * The operations on features.
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
   * Lists features, one page of them with the count of all. Iterated, it follows the pages. Default order: by key.
   *
   * `GET /api/v1/features` with `page`
   */
  list(params: Paged<FeaturePageParams>, options?: RequestOptions): Listing<Page<Feature>, Feature>
  /**
   * Lists features by position. Default order: by key.
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
   * Creates a feature. `NotFoundError` when there is no such meter, `ConflictError` when a feature that is not archived
   * has the key.
   *
   * `POST /api/v1/features`
   */
  create(feature: FeatureCreate, options?: RequestOptions): Promise<Feature> {
    return this.#runner.run(Service, (features) => features.create(feature), options)
  }

  /**
   * Fetches a feature by key or id. An archived feature is not found.
   *
   * `GET /api/v1/features/{featureId}`
   */
  get(featureIdOrKey: string, options?: RequestOptions): Promise<Feature> {
    return this.#runner.run(Service, (features) => features.get(featureIdOrKey), options)
  }

  /**
   * Archives a feature by key or id: no new entitlement to it can be created, those that are active live on.
   *
   * `DELETE /api/v1/features/{featureId}`
   */
  delete(featureIdOrKey: string, options?: RequestOptions): Promise<void> {
    return this.#runner.run(Service, (features) => features.delete(featureIdOrKey), options)
  }
}
