/**
 * How answers are read fast: by plain functions that are made of their schemas.
 *
 * effect's interpreter of schemas takes several times as long, and is most of what a call for a list costs. Its own
 * compilers leave to it what answers are full of, a `null` that means absent and a date, and the one that works at run
 * time needs `eval`, which workers do not have.
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

/** Gives what a schema would give for an input, or {@link unread} where that is for the schema to say. */
type Read = (input: unknown) => unknown

/** What cannot be read: the schema says what is wrong, if anything is. */
const unread = Symbol("unread")

/**
 * What a plain function gives for a value that means absent: its member is left out.
 *
 * @internal
 */
export const absent = Symbol("absent")

/** The window of one row ends where that of the next one begins, and the rows of a window have its times in common. */
let lastText = ""
let lastTime = Number.NaN

const date: Read = (text) => {
  if (text !== lastText) {
    lastText = text as string
    lastTime = Date.parse(lastText)
  }
  return Number.isNaN(lastTime) ? unread : new Date(lastTime)
}

/** What transformations do to a value that is there. */
const known = new WeakMap<object, Read>([[SchemaTransformation.dateFromString.decode, date]])

/**
 * Says what a transformation does to a value that is there, in a plain function.
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

/** Reads what no function here can, with the interpreter of schemas. */
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
      // Assigned, a member of this name would be the prototype.
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
    // What becomes of a member that is not there, a default say, is for its transformation to know.
    if (typeof name !== "string" || name === "__proto__" || (read === undefined && isOptional)) return undefined
    members.push({ name, read: read ?? interpreted(type), isOptional })
  }
  return struct(members)
}

/** What reads the type that an AST stands for, whatever it is encoded as. */
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

/** What JSON says of a number that is none, and of a value that it has no word for: neither concerns what came as JSON. */
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
 * Makes what reads a text of JSON as a schema.
 *
 * It gives what the schema gives, and fails as the schema fails: what its functions cannot read the schema reads.
 *
 * @param schema - of JSON: the codec that `Schema.toCodecJson` makes of another one
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
        // A value that is read is one of the schema's type.
        if (value !== unread) return Effect.succeed(value as A)
      } catch {
        // No JSON: the schema says so.
      }
      return bySchema(json)
    })
}
