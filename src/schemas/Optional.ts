/**
 * Optional fields of requests.
 *
 * @since 2.0.0
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/**
 * A field of a request that may be omitted. `undefined` means the same.
 *
 * @since 2.0.0
 * @category constructors
 */
export interface optional<S extends Schema.Constraint> extends Schema.decodeTo<
  Schema.optional<Schema.toType<S>>,
  Schema.optionalKey<S>
> {}

/**
 * Declares a field of a request that may be omitted or `undefined`, in which case it is not sent.
 *
 * `Schema.optional` would encode `undefined` as `null`, which is a value to the server: it rejects it, or clears the
 * field.
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
