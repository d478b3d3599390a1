/**
 * Members of requests that may be left out.
 *
 * @since 2.0.0
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/**
 * A member of a request that may be left out, or be `undefined`, which is the same.
 *
 * @since 2.0.0
 * @category constructors
 */
export interface optional<S extends Schema.Constraint> extends Schema.decodeTo<
  Schema.optional<Schema.toType<S>>,
  Schema.optionalKey<S>
> {}

/**
 * Declares a member of a request that may be left out, or be `undefined`: it is not sent then.
 *
 * `Schema.optional` would send `null` for `undefined`, which to the server is a value: it refuses it, or clears what
 * was there.
 *
 * @since 2.0.0
 * @category constructors
 */
export const optional = <S extends Schema.Constraint>(schema: S): optional<S> =>
  Schema.optionalKey(schema).pipe(
    Schema.decodeTo(Schema.optional(Schema.toType(schema)), {
      decode: SchemaGetter.passthroughSubtype<S["Type"] | undefined, S["Type"]>(),
      encode: SchemaGetter.transformOptional<S["Type"], S["Type"] | undefined>(Option.filter(Predicate.isNotUndefined))
    })
  )
