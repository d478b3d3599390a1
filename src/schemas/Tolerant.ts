/**
 * Schemas that read responses tolerantly: additions of a newer server must not break a running program.
 *
 * @since 2.0.0
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { absent, plainly } from "./Reader.ts"

/**
 * A field of a response that the server omits or sends as `null` if it has no value. Absent in both cases.
 *
 * @since 2.0.0
 * @category constructors
 */
export interface nullish<S extends Schema.Constraint> extends Schema.decodeTo<
  Schema.optionalKey<Schema.toType<S>>,
  Schema.optionalKey<Schema.NullOr<S>>
> {}

const absentIfNull = plainly(
  SchemaGetter.transformOptional<unknown, unknown>(Option.filter(Predicate.isNotNull)),
  (value) => value ?? absent
)

/**
 * Declares a field of a response that the server omits or sends as `null` if it has no value.
 *
 * @since 2.0.0
 * @category constructors
 */
export const nullish = <S extends Schema.Constraint>(schema: S): nullish<S> =>
  Schema.optionalKey(Schema.NullOr(schema)).pipe(
    Schema.decodeTo(Schema.optionalKey(Schema.toType(schema)), {
      // Passes values of any type through unchanged.
      decode: absentIfNull as SchemaGetter.Getter<S["Type"], S["Type"] | null>,
      encode: SchemaGetter.passthrough<S["Type"]>()
    })
  )

/**
 * An array of a response that the server sends as `null` if it is empty. Decodes to an empty array.
 *
 * @since 2.0.0
 * @category constructors
 */
export interface nullableArray<S extends Schema.Constraint> extends Schema.decodeTo<
  Schema.$Array<Schema.toType<S>>,
  Schema.NullOr<Schema.$Array<S>>
> {}

const emptyIfNull = plainly(
  SchemaGetter.transform((items: ReadonlyArray<unknown> | null) => items ?? []),
  (items) => items ?? []
)

/**
 * Declares an array of a response that the server sends as `null` if it is empty.
 *
 * @since 2.0.0
 * @category constructors
 */
export const nullableArray = <S extends Schema.Constraint>(item: S): nullableArray<S> =>
  Schema.NullOr(Schema.Array(item)).pipe(
    Schema.decodeTo(Schema.Array(Schema.toType(item)), {
      // Passes arrays of any type through unchanged.
      decode: emptyIfNull as SchemaGetter.Getter<ReadonlyArray<S["Type"]>, ReadonlyArray<S["Type"]> | null>,
      encode: SchemaGetter.transform((items: ReadonlyArray<S["Type"]>): ReadonlyArray<S["Type"]> | null => items)
    })
  )

/**
 * One of the literals `L`, or a string added by a newer server.
 *
 * @since 2.0.0
 * @category models
 */
export type Open<L extends string> = L | (string & {})

/**
 * Declares an enumeration of a response: editors suggest the known literals, and any other string is accepted as is.
 *
 * @since 2.0.0
 * @category constructors
 */
export const OpenEnum = <const L extends string>(closed: {
  readonly literals: ReadonlyArray<L>
}): Schema.Codec<Open<L>, string> =>
  Schema.String.annotate({ knownLiterals: closed.literals }) as Schema.Codec<Open<L>, string>

/**
 * The `type` of a union member added by a newer server: any string other than the known types.
 *
 * Declared as an enum, which does not exist at run time, because TypeScript narrows a union only by literal types: with
 * `string` instead, `type === "metered"` would not exclude the unknown members.
 *
 * @since 2.0.0
 * @category models
 */
export declare enum UnknownType {
  Text = ""
}

/**
 * A union member added by a newer server: its raw fields, discriminated by `type`.
 *
 * @since 2.0.0
 * @category models
 */
export interface UnknownMember {
  /** Type of the value, as the server names it. */
  readonly type: UnknownType
  readonly [member: string]: unknown
}

/**
 * Declares the fallback member of a union that is discriminated by `type`: any object whose `type` is not a known one.
 * It has the shared fields of the union, and keeps its other fields raw.
 *
 * A malformed value of a known type remains an error, so that the fault is reported where it is.
 *
 * @param known - types of the other members of the union
 * @param shared - fields that all members of the union have
 * @since 2.0.0
 * @category constructors
 */
export const UnknownMember = <const Fields extends Schema.Struct.Fields = {}>(
  known: ReadonlyArray<string>,
  shared: Fields = {} as Fields
) => {
  const type = Schema.String.check(
    Schema.makeFilter((text) => !known.includes(text), { expected: `a type other than ${known.join(", ")}` })
    // TypeScript has no value of a declared enum.
  ) as unknown as Schema.Codec<UnknownType, string>
  const fields = { ...shared, type: type.annotateKey({ description: "Type of the value, as the server names it." }) }
  return Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])
}
