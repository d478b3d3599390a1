/**
 * JSON in requests, checked before it is sent, with the location of invalid values.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { findJsonFault, isPlain } from "./jsonFault.ts"

/**
 * A plain object that can be expressed as JSON: its values are strings, finite numbers, booleans, `null`, arrays, plain
 * objects, and values with a `toJSON` (a `Date`, a decimal). Fields that are `undefined` are omitted, as in
 * `JSON.stringify`.
 *
 * @since 2.0.0
 * @category models
 */
export interface JsonObjectInput {
  // With `unknown`, interfaces would not be assignable: only type aliases have an implicit index signature.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly [key: string]: any
}

/**
 * Schema of {@link JsonObjectInput}.
 *
 * @since 2.0.0
 * @category schemas
 */
export const JsonObjectInput: Schema.Codec<JsonObjectInput> = Schema.Record(Schema.String, Schema.Unknown).check(
  // Decoding copies the record field by field, which would break an instance of a class, even one with a `toJSON`.
  Schema.makeFilter((object) => (isPlain(object) ? findJsonFault(object) : "is not a plain object"), {
    expected: "a plain object that can be expressed as JSON"
  })
)

/**
 * An object that can be expressed as JSON and has no field that is `null`, which the server rejects. Nested values may
 * contain `null`.
 *
 * @since 2.0.0
 * @category schemas
 */
export const JsonObjectWithoutNulls: Schema.Codec<JsonObjectInput> = JsonObjectInput.check(
  Schema.makeFilter((object) =>
    Object.entries(object)
      .filter(([, value]) => value === null)
      .map(([name]) => ({ path: [name], issue: "must not be null: omit the member instead" }))
  )
)
