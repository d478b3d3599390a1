/**
 * How answers are read: what a newer server adds must not break a program that is already running.
 *
 * @since 2.0.0
 */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { absent, plainly } from "./Reader.ts"

/**
 * A member of an answer that the server leaves out or sends as `null` when it has no value: absent in both cases.
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
 * Declares a member of an answer that the server leaves out or sends as `null` when it has no value.
 *
 * @since 2.0.0
 * @category constructors
 */
export const nullish = <S extends Schema.Constraint>(schema: S): nullish<S> =>
  Schema.optionalKey(Schema.NullOr(schema)).pipe(
    Schema.decodeTo(Schema.optionalKey(Schema.toType(schema)), {
      // It takes values of any type, and gives them as they are.
      decode: absentIfNull as SchemaGetter.Getter<S["Type"], S["Type"] | null>,
      encode: SchemaGetter.passthrough<S["Type"]>()
    })
  )

/**
 * A list of an answer that the server sends as `null` when it is empty: an empty array then.
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
 * Declares a list of an answer that the server sends as `null` when it is empty.
 *
 * @since 2.0.0
 * @category constructors
 */
export const nullableArray = <S extends Schema.Constraint>(item: S): nullableArray<S> =>
  Schema.NullOr(Schema.Array(item)).pipe(
    Schema.decodeTo(Schema.Array(Schema.toType(item)), {
      // As above.
      decode: emptyIfNull as SchemaGetter.Getter<ReadonlyArray<S["Type"]>, ReadonlyArray<S["Type"]> | null>,
      encode: SchemaGetter.transform((items: ReadonlyArray<S["Type"]>): ReadonlyArray<S["Type"]> | null => items)
    })
  )

/**
 * One of the literals `L`, or a text that a newer server knows.
 *
 * @since 2.0.0
 * @category models
 */
export type Open<L extends string> = L | (string & {})

/**
 * Declares an enumeration of an answer: the known literals are offered by the editor, any other text is read as it is.
 *
 * @since 2.0.0
 * @category constructors
 */
export const OpenEnum = <const L extends string>(closed: {
  readonly literals: ReadonlyArray<L>
}): Schema.Codec<Open<L>, string> =>
  Schema.String.annotate({ knownLiterals: closed.literals }) as Schema.Codec<Open<L>, string>

/**
 * The `type` of a member of a union that a newer server knows: any text that is none of the known types.
 *
 * Declared as an enum, though none exists at run time, because TypeScript tells a union apart by types of one value
 * only: with a `string` in its place, `type === "metered"` would not leave the unknown members out.
 *
 * @since 2.0.0
 * @category models
 */
export declare enum UnknownType {
  Text = ""
}

/**
 * A member of a union that a newer server knows: its raw members with the `type` that tells it apart.
 *
 * @since 2.0.0
 * @category models
 */
export interface UnknownMember {
  /** What the server calls its kind. */
  readonly type: UnknownType
  readonly [member: string]: unknown
}

/**
 * The last resort of a union that is told apart by `type`: any object whose `type` is none of the known ones, with the
 * members that it shares with the known ones, and its other members raw.
 *
 * A malformed value of a known type stays an error, so that the fault is reported where it is.
 *
 * @param known - the types of the other members of the union
 * @param shared - the members that every member of the union has
 * @since 2.0.0
 * @category constructors
 */
export const UnknownMember = <const Fields extends Schema.Struct.Fields = {}>(
  known: ReadonlyArray<string>,
  shared: Fields = {} as Fields
) => {
  const type = Schema.String.check(
    Schema.makeFilter((text) => !known.includes(text), { expected: `a type other than ${known.join(", ")}` })
    // The declared enum is the type of no value that TypeScript could name.
  ) as unknown as Schema.Codec<UnknownType, string>
  const fields = { ...shared, type: type.annotateKey({ description: "Type of the value, as the server names it." }) }
  return Schema.StructWithRest(Schema.Struct(fields), [Schema.Record(Schema.String, Schema.Unknown)])
}
