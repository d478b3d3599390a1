/**
 * Metadata of resources.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"

/**
 * User-defined metadata of a resource: strings by name.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Metadata = Schema.Record(Schema.String, Schema.String)

/**
 * User-defined metadata of a resource: strings by name.
 *
 * @since 2.0.0
 * @category models
 */
export type Metadata = typeof Metadata.Type

/**
 * Metadata that the server attaches to a resource, by name. Read-only for programs.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Annotations = Schema.Record(Schema.String, Schema.Unknown)

/**
 * Metadata that the server attaches to a resource, by name. Read-only for programs.
 *
 * @since 2.0.0
 * @category models
 */
export type Annotations = typeof Annotations.Type
