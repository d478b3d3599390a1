/**
 * Schemas that are met ten thousand times in one answer, read by a function of their own.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaCompiler from "effect/schema/SchemaCompiler"

/**
 * Reads a schema by a function wherever that gives a value, and by the schema itself wherever it does not: what is wrong
 * with an input is for the schema to say.
 *
 * @param read - gives what the schema would, or nothing when it cannot tell; members that the schema does not know are
 *   to be left out
 * @since 2.0.0
 * @category combinators
 */
export const compiled = <S extends Schema.Top & { readonly DecodingServices: never }>(
  schema: S,
  read: (input: unknown) => S["Type"] | undefined
): S => {
  // Endpoints read the schema's codec of JSON, which is another schema.
  for (const codec of [schema, Schema.toCodecJson(schema)]) {
    // A schema without a reader, whose parser is not the one that is set below.
    const interpreted = SchemaParser.decodeUnknownEffect(codec.annotate({}))
    SchemaCompiler.set(codec.ast, {
      decode: (input, { onExcessProperty }) =>
        onExcessProperty === "error" ? SchemaCompiler.invalid : (read(input) ?? SchemaCompiler.invalid),
      decodeEffect: interpreted
    })
  }
  return schema
}
