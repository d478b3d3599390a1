/**
 * Fast decoding of responses, with plain functions derived from their schemas.
 *
 * Effect's schema interpreter takes several times as long, and accounts for most of the cost of a list operation.
 * Effect's own compilers fall back to the interpreter for what responses are full of, a `null` that means absent and
 * dates, and the one that works at run time needs `eval`, which workers do not have.
 *
 * @since 2.0.0
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"

/** Decodes an input as the schema would, or returns {@link unread} to leave the decision to the schema. */
type Read = (input: unknown) => unknown

/** Marks an input that the function cannot decode. The schema then decodes it or reports what is wrong. */
const unread = Symbol("unread")

/**
 * Returned by a plain function for a value that means absent: the field is omitted.
 *
 * @internal
 */
export const absent = Symbol("absent")

/**
 * Caches the last date, because adjacent rows share their times: one window ends where the next one starts, and all
 * rows of a window have the same times.
 */
let lastText = ""
let lastTime = Number.NaN

const date: Read = (text) => {
  if (text !== lastText) {
    lastText = text as string
    lastTime = Date.parse(lastText)
  }
  return Number.isNaN(lastTime) ? unread : new Date(lastTime)
}

/** Plain functions of the transformations, for values that are present. */
const known = new WeakMap<object, Read>([[SchemaTransformation.dateFromString.decode, date]])

/**
 * Registers a plain function that does what a transformation does to a value that is present.
 *
 * @internal
 */
export const plainly = <Getter extends object>(getter: Getter, read: Read): Getter => {
  known.set(getter, read)
  return getter
}

const text: Read = (input) => (typeof input === "string" ? input : unread)
const number: Read = (input) => (Number.isFinite(input) ? input : unread)
const boolean: Read = (input) => (typeof input === "boolean" ? input : unread)
const nothing: Read = (input) => (input === null ? input : unread)
const anything: Read = (input) => input

/** Falls back to the schema interpreter. */
const interpreted = (ast: SchemaAST.AST): Read => {
  const parse = SchemaParser.decodeUnknownExit(Schema.make<Schema.Decoder<unknown>>(ast))
  return (input) => Exit.match(parse(input), { onSuccess: (value) => value, onFailure: () => unread })
}

const list = (item: Read): Read => {
  return (input) => {
    if (!Array.isArray(input)) return unread
    const items: Array<unknown> = []
    for (const member of input) {
      const value = item(member)
      if (value === unread) return unread
      items.push(value)
    }
    return items
  }
}

const record = (value: Read): Read => {
  return (input) => {
    if (!Predicate.isObject(input)) return unread
    const members: Record<string, unknown> = {}
    for (const name of Object.keys(input)) {
      const read = value(input[name])
      // Assigning a field of this name would set the prototype.
      if (read === unread || name === "__proto__") return unread
      members[name] = read
    }
    return members
  }
}

interface Member {
  readonly name: string
  readonly read: Read
  readonly isOptional: boolean
}

const struct = (members: ReadonlyArray<Member>): Read => {
  return (input) => {
    if (!Predicate.isObject(input)) return unread
    const result: Record<string, unknown> = {}
    for (const { isOptional, name, read } of members) {
      const member = input[name]
      if (member === undefined) {
        if (isOptional) continue
        return unread
      }
      const value = read(member)
      if (value === unread) return unread
      if (value !== absent) result[name] = value
    }
    return result
  }
}

const union = (members: ReadonlyArray<Read>): Read => {
  return (input) => {
    for (const read of members) {
      const value = read(input)
      if (value !== unread) return value
    }
    return unread
  }
}

const structOf = ({ propertySignatures }: SchemaAST.Objects): Read | undefined => {
  const members: Array<Member> = []
  for (const { name, type } of propertySignatures) {
    const isOptional = SchemaAST.isOptional(SchemaAST.toEncoded(type))
    const read = readOf(type)
    // Only the transformation knows the result for an absent field, such as a default.
    if (typeof name !== "string" || name === "__proto__" || (read === undefined && isOptional)) return undefined
    members.push({ name, read: read ?? interpreted(type), isOptional })
  }
  return struct(members)
}

/** Returns the function for the type side of an AST, regardless of its encoding. */
const ofType = (ast: SchemaAST.AST): Read | undefined => {
  switch (ast._tag) {
    case "String":
      return text
    case "Number":
      return number
    case "Boolean":
      return boolean
    case "Null":
      return nothing
    case "Unknown":
      return anything
    case "Literal":
      return (input) => (input === ast.literal ? input : unread)
    case "Arrays": {
      const [item, ...others] = ast.rest
      if (item === undefined || others.length > 0 || ast.elements.length > 0) return undefined
      return list(readOf(item) ?? interpreted(item))
    }
    case "Objects": {
      if (ast.indexSignatures.length === 0) return structOf(ast)
      const [index, ...others] = ast.indexSignatures
      if (others.length > 0 || ast.propertySignatures.length > 0 || index!.parameter._tag !== "String") return undefined
      return record(readOf(index!.type) ?? interpreted(index!.type))
    }
    case "Union":
      if (ast.options?.mode === "oneOf") return undefined
      return union(ast.types.map((type) => readOf(type) ?? interpreted(type)))
    default:
      return undefined
  }
}

const transformationOf = (schema: Schema.Top): unknown => schema.ast.encoding?.[0].transformation

/** JSON encodings of non-finite numbers and of undefined, which never occur in parsed JSON. */
const ofJson = new Set([
  transformationOf(Schema.toCodecJson(Schema.Number)),
  transformationOf(Schema.toCodecJson(Schema.Unknown))
])

const hasChecks = (ast: SchemaAST.AST): boolean =>
  ast.checks !== undefined || ("encodingChecks" in ast && ast.encodingChecks !== undefined)

const readOf = (ast: SchemaAST.AST): Read | undefined => {
  if (hasChecks(ast)) return undefined
  if (ast.encoding === undefined) return ofType(ast)
  const [{ to, transformation }, ...others] = ast.encoding
  if (others.length > 0) return undefined
  if (ofJson.has(transformation)) return ofType(ast)
  const encoded = readOf(to)
  const then = known.get(transformation.decode)
  if (encoded === undefined || then === undefined) return undefined
  return (input) => {
    const value = encoded(input)
    return value === unread ? unread : then(value)
  }
}

/**
 * Creates a function that decodes a JSON string like the schema does.
 *
 * Its results and failures are those of the schema: whatever the plain functions cannot decode is left to the schema.
 *
 * @param schema - schema of the JSON value: the codec that `Schema.toCodecJson` derives from another one
 * @since 2.0.0
 * @category constructors
 */
export const jsonReader = <A>(schema: Schema.Decoder<A>): ((json: string) => Effect.Effect<A, Schema.SchemaError>) => {
  const read = readOf(schema.ast) ?? interpreted(schema.ast)
  const bySchema = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  return (json) =>
    Effect.suspend(() => {
      try {
        const value = read(JSON.parse(json))
        // A decoded value has the schema's type.
        if (value !== unread) return Effect.succeed(value as A)
      } catch {
        // Not JSON: the schema reports it below.
      }
      return bySchema(json)
    })
}
