/**
 * What programs and the server attach to resources.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"

/**
 * Texts that a program attaches to a resource, by name.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Metadata = Schema.Record(Schema.String, Schema.String)

/**
 * Texts that a program attaches to a resource, by name.
 *
 * @since 2.0.0
 * @category models
 */
export type Metadata = typeof Metadata.Type

/**
 * What the server attaches to a resource, by name. Programs cannot change it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Annotations = Schema.Record(Schema.String, Schema.Unknown)

/**
 * What the server attaches to a resource, by name. Programs cannot change it.
 *
 * @since 2.0.0
 * @category models
 */
export type Annotations = typeof Annotations.Type
