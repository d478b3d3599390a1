/**
 * A JSON schema as a flat table: what stands at each place of a body, whatever names and nestings the schema uses.
 */
import * as Predicate from "effect/Predicate"

/** A JSON schema, as it stands in an API document. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Finds the schema that a reference names. */
export type Resolve = (reference: string) => JsonSchema

/** Which way a body travels: requests hold nothing that is read-only, answers nothing that is write-only. */
export type Direction = "request" | "answer"

/** What stands at one place. */
export interface Field {
  /** The JSON types that may stand here, `null` left out. None: anything. */
  readonly kinds: ReadonlySet<string>
  readonly nullable: boolean
  readonly required: boolean
  /** The texts that are named, of an enumeration. */
  readonly values: ReadonlySet<string>
}

/** What stands at each place: `""` is the body, `.name` a member, `[]` an item, `{}` a value by free name. */
export type Fields = ReadonlyMap<string, Field>

/** One of the forms that a schema allows, with its references and combinations resolved. */
interface Form {
  readonly kind: string | undefined
  readonly members: ReadonlyMap<string, Member>
  readonly rest: Node | undefined
  readonly items: Node | undefined
  readonly values: ReadonlyArray<string>
}

interface Member {
  readonly node: Node
  readonly required: boolean
}

/** A schema, and the references that led to it: one that comes again is a recursion. */
interface Node {
  readonly schema: JsonSchema
  readonly trail: ReadonlyArray<string>
}

const anything: Form = { kind: undefined, members: new Map(), rest: undefined, items: undefined, values: [] }

const isSchema = (value: unknown): value is JsonSchema => Predicate.isObject(value)
const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])
const schemas = (value: unknown): ReadonlyArray<JsonSchema> => list(value).filter(isSchema)
const texts = (value: unknown): ReadonlyArray<string> => list(value).filter(Predicate.isString)

/** An integer is a number: JSON knows no other. */
const kindOf = (type: string): string => (type === "integer" ? "number" : type)

const isNull = (form: Form) => form.kind === "null"

/** The form of a value that follows two schemas at once. */
const both = (left: Form, right: Form): Form => {
  const members = new Map(left.members)
  for (const [name, member] of right.members) {
    members.set(name, { node: member.node, required: member.required || (members.get(name)?.required ?? false) })
  }
  return {
    kind: right.kind ?? left.kind,
    members,
    rest: right.rest ?? left.rest,
    items: right.items ?? left.items,
    values: right.values.length > 0 ? right.values : left.values
  }
}

/** The forms of a value that follows two schemas at once, of which each allows several. */
const bothOf = (left: ReadonlyArray<Form>, right: ReadonlyArray<Form>): ReadonlyArray<Form> => [
  ...left
    .filter((form) => !isNull(form))
    .flatMap((form) => right.filter((other) => !isNull(other)).map((other) => both(form, other))),
  ...[...left, ...right].filter(isNull).slice(0, 1)
]

const membersOf = ({ schema, trail }: Node): ReadonlyMap<string, Member> => {
  const required = new Set(texts(schema["required"]))
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {}
  return new Map(
    Object.entries(properties).flatMap(([name, member]) =>
      isSchema(member) ? [[name, { node: { schema: member, trail }, required: required.has(name) }] as const] : []
    )
  )
}

/** The forms that the words of a schema itself allow, without those that it refers to. */
const ownForms = (node: Node): ReadonlyArray<Form> => {
  const { schema, trail } = node
  const enumeration = "const" in schema ? [schema["const"]] : list(schema["enum"])
  const values = [...texts(enumeration), ...texts(schema["knownLiterals"])]
  const child = (key: string): Node | undefined => {
    const value = schema[key]
    return isSchema(value) && Object.keys(value).length > 0 ? { schema: value, trail } : undefined
  }
  const form = (kind: string): Form => ({
    kind,
    members: kind === "object" ? membersOf(node) : anything.members,
    rest: kind === "object" ? child("additionalProperties") : undefined,
    items: kind === "array" ? child("items") : undefined,
    values: kind === "string" ? values : []
  })
  const types = Predicate.isString(schema["type"]) ? [schema["type"]] : texts(schema["type"])
  const implied =
    "properties" in schema || "additionalProperties" in schema ? "object" : values.length > 0 ? "string" : ""
  const kinds = types.length > 0 || implied === "" ? types.map(kindOf) : [implied]
  return [
    ...(kinds.length === 0 ? [anything] : kinds.map(form)),
    ...(schema["nullable"] === true || enumeration.includes(null) ? [form("null")] : [])
  ]
}

const forms = (node: Node, resolve: Resolve): ReadonlyArray<Form> => {
  const { schema, trail } = node
  const reference = schema["$ref"]
  if (Predicate.isString(reference)) {
    return trail.includes(reference)
      ? [anything]
      : forms({ schema: resolve(reference), trail: [...trail, reference] }, resolve)
  }
  const formsOf = (part: JsonSchema) => forms({ schema: part, trail }, resolve)
  const choices = [...schemas(schema["anyOf"]), ...schemas(schema["oneOf"])]
  let allowed = ownForms(node)
  for (const part of schemas(schema["allOf"])) allowed = bothOf(allowed, formsOf(part))
  return choices.length === 0 ? allowed : bothOf(allowed, choices.flatMap(formsOf))
}

/** A number that JSON cannot express has a text instead, in schemas of effect. */
const isNotANumber = (form: Form, among: ReadonlyArray<Form>) =>
  form.values.includes("NaN") && among.some((other) => other.kind === "number")

/** The one value of its `type` that tells an object apart from the others of a union. */
const tagOf = (form: Form, resolve: Resolve): string | undefined => {
  const type = form.members.get("type")
  const values = type === undefined ? [] : forms(type.node, resolve).flatMap((own) => own.values)
  return values.length === 1 ? values[0] : undefined
}

/**
 * Flattens a schema.
 *
 * @param schema of a body, or of a parameter
 * @param resolve finds what references of the schema's document name
 * @param direction which way the body travels
 */
export const flatten = (schema: JsonSchema, resolve: Resolve, direction: Direction): Fields => {
  const hidden = direction === "request" ? "readOnly" : "writeOnly"
  const fields = new Map<string, Field>()

  const visit = (place: string, nodes: ReadonlyArray<Node>, required: boolean): void => {
    const all = nodes.flatMap((node) => forms(node, resolve))
    const known = all.filter((form) => form.kind !== undefined && !isNull(form) && !isNotANumber(form, all))
    fields.set(place, {
      kinds: new Set(known.flatMap((form) => form.kind ?? [])),
      nullable: all.some(isNull),
      required,
      values: new Set(known.flatMap((form) => form.values))
    })
    const items = known.flatMap((form) => form.items ?? [])
    if (items.length > 0) visit(`${place}[]`, items, true)
    const rest = known.flatMap((form) => form.rest ?? [])
    if (rest.length > 0) visit(`${place}{}`, rest, true)

    const objects = known.filter((form) => form.kind === "object")
    const byTag = Map.groupBy(objects, (form) => (objects.length > 1 ? tagOf(form, resolve) : undefined))
    // Beside tagged members, one without a tag is what the contract keeps for types that no document knows yet.
    const groups = byTag.size > 1 ? [...byTag].filter(([tag]) => tag !== undefined) : byTag
    for (const [tag, group] of groups) {
      const prefix = tag === undefined ? place : `${place}<${tag}>`
      for (const name of new Set(group.flatMap((form) => [...form.members.keys()]))) {
        const members = group.flatMap((form) => form.members.get(name) ?? [])
        const visible = members.filter(({ node }) => node.schema[hidden] !== true)
        if (visible.length === 0) continue
        const always = members.length === group.length && members.every((member) => member.required)
        visit(
          `${prefix}.${name}`,
          visible.map((member) => member.node),
          always
        )
      }
    }
  }

  visit("", [{ schema, trail: [] }], true)
  return fields
}

const union = <A>(left: ReadonlySet<A>, right: ReadonlySet<A>): ReadonlySet<A> => new Set([...left, ...right])

/** The place that a place is part of: a member of one form of a union is part of the union. */
export const parentOf = (place: string): string =>
  place.replace(/(?:\[\]|\{\}|\.[^.[\]{}<>]+)$/, "").replace(/<[^>]*>$/, "")

const isMember = (place: string): boolean => !place.endsWith("[]") && !place.endsWith("{}")

/** Joins the tables of two schemas of which a body follows one. */
export const either = (left: Fields, right: Fields): Fields => {
  const fields = new Map<string, Field>()
  for (const place of new Set([...left.keys(), ...right.keys()])) {
    const [one, other] = [left.get(place), right.get(place)]
    const found = one ?? other
    if (found === undefined) continue
    if (one !== undefined && other !== undefined) {
      fields.set(place, {
        kinds: union(one.kinds, other.kinds),
        nullable: one.nullable || other.nullable,
        required: one.required && other.required,
        values: union(one.values, other.values)
      })
    } else {
      // A member that one of two objects lacks may be left out; the items of an array are no such member.
      const other = (one === undefined ? left : right).get(parentOf(place))
      const isLeftOut = isMember(place) && other?.kinds.has("object") === true
      fields.set(place, { ...found, required: found.required && !isLeftOut })
    }
  }
  return fields
}
