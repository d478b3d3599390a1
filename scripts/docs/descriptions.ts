/**
 * What schemas say of their members: the comments of the types that are made of them.
 */
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { pathToFileURL } from "node:url"

/** Descriptions by member. */
export type Descriptions = ReadonlyMap<string, string>

const structs = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.Objects> =>
  ast._tag === "Union" ? ast.types.flatMap(structs) : ast._tag === "Objects" ? [ast] : []

const describe = (schema: Schema.Top): Descriptions =>
  new Map(
    structs(Schema.toType(schema).ast)
      .flatMap(({ propertySignatures }) => propertySignatures)
      .flatMap(({ name, type }) => {
        const description = type.context?.annotations?.["description"]
        return typeof description === "string" ? [[String(name), description] as const] : []
      })
  )

/** Descriptions of the members of every schema that a module exports, by the schema's name. */
export const fromModule = async (file: string): Promise<ReadonlyMap<string, Descriptions>> => {
  const exports: Record<string, unknown> = await import(pathToFileURL(file).href)
  return new Map(
    Object.entries(exports).flatMap(([name, value]) =>
      Schema.isSchema(value) ? [[name, describe(value)] as const] : []
    )
  )
}
