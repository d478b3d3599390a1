/**
 * JSON that a program gives to a request: checked before it is sent, with the place of what does not fit.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { findJsonFault, isPlain } from "./jsonFault.ts"

/**
 * A plain object that JSON can express: its members are texts, finite numbers, booleans, `null`, arrays, plain objects,
 * and values with a `toJSON` (a `Date`, a decimal). Members that are `undefined` are left out, as `JSON.stringify` does.
 *
 * @since 2.0.0
 * @category models
 */
export interface JsonObjectInput {
  // With `unknown`, an interface of the program's would not fit: only type aliases have an implicit index signature.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [key: string]: any
}

/**
 * The schema of {@link JsonObjectInput}.
 *
 * @since 2.0.0
 * @category schemas
 */
export const JsonObjectInput: Schema.Codec<JsonObjectInput> = Schema.Record(Schema.String, Schema.Unknown).check(
  // The record is copied member by member, which an instance of a class does not survive, whatever its `toJSON` says.
  Schema.makeFilter((object) => (isPlain(object) ? findJsonFault(object) : "is not a plain object"), {
    expected: "a plain object that JSON can express"
  })
)

/**
 * An object that JSON can express, without a member that is `null`: the server refuses one. Deeper inside, `null` may
 * be.
 *
 * @since 2.0.0
 * @category schemas
 */
export const JsonObjectWithoutNulls: Schema.Codec<JsonObjectInput> = JsonObjectInput.check(
  Schema.makeFilter((object) =>
    Object.entries(object)
      .filter(([, value]) => value === null)
      .map(([name]) => ({ path: [name], issue: "null is not taken here: leave the member out" }))
  )
)
