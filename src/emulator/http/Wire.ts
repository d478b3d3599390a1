/**
 * Wire schemas: what the server's OpenAPI document requires of a value, checked in the server's order and refused in
 * its words, neither of which the schemas of the contract know. Unknown members are let through, as the server does.
 *
 * @example
 * const MeterUpdate = Wire.component("MeterUpdate", Wire.struct({
 *   name: Wire.optional(Wire.string({ minLength: 1, maxLength: 256 })),
 *   metadata: Wire.optional(Wire.nullable(Wire.record(Wire.string())))
 * }))
 * type MeterUpdate = Wire.Type<typeof MeterUpdate>
 */

/** Why a value is refused, and where: the names of the members and indexes on the way to it. */
export interface Issue {
  readonly path: ReadonlyArray<string>
  readonly reason: string
  /** The refusal inside a composition (`allOf`, `oneOf`), which the server reports one level deeper. */
  readonly origin?: Issue
}

/** A schema of values of type `A`. */
export interface Schema<out A> {
  /** Carries the type alone; never set. */
  readonly "~type"?: A
  /** The name of the component in the server's document, where it has one. */
  readonly component?: string
  readonly check: (value: unknown) => Issue | undefined
}

/** The type of the values of a schema. */
export type Type<S> = S extends Schema<infer A> ? A : never

const issue = (reason: string): Issue => ({ path: [], reason })
const notNullable = issue("Value is not nullable")
const typed =
  (type: string, is: (value: unknown) => boolean, check: (value: never) => Issue | undefined) =>
  (value: unknown): Issue | undefined => {
    if (value === null) return notNullable
    // `is` has just told the type that `check` takes.
    return is(value) ? check(value as never) : issue(`value must be ${type}`)
  }

const under = (key: string, found: Issue | undefined): Issue | undefined =>
  found === undefined ? undefined : { ...found, path: [key, ...found.path] }

/** The pattern that the server's request validation holds a `date-time` against. */
const dateTimePattern =
  "^[0-9]{4}-(0[1-9]|10|11|12)-(0[1-9]|[12][0-9]|3[01])T([0-1][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|(\\+|-)[0-9]{2}:[0-9]{2})$"

const dateTimeForm = new RegExp(dateTimePattern)

/** Constraints of a text. Lengths are counted in UTF-16 units. */
export interface StringOptions {
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: "date-time"
}

/** A text. */
export const string = (options: StringOptions = {}): Schema<string> => {
  const pattern = options.pattern === undefined ? undefined : new RegExp(options.pattern)
  return {
    check: typed(
      "a string",
      (value) => typeof value === "string",
      (value: string) => {
        if (value.length < (options.minLength ?? 0)) return issue(`minimum string length is ${options.minLength}`)
        if (value.length > (options.maxLength ?? Infinity))
          return issue(`maximum string length is ${options.maxLength}`)
        if (pattern?.test(value) === false) {
          return issue(`string doesn't match the regular expression "${options.pattern}"`)
        }
        if (options.format === "date-time" && !dateTimeForm.test(value)) {
          return issue(`string doesn't match the format "date-time": string doesn't match pattern "${dateTimePattern}"`)
        }
        return undefined
      }
    )
  }
}

/** A text that is an instant. */
export const dateTime: Schema<string> = string({ format: "date-time" })

/** The pattern of a ULID. */
export const ulidPattern = "^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$"

/** The pattern of slugs and feature keys. */
export const keyPattern = "^[a-z0-9]+(?:_[a-z0-9]+)*$"

/** A ULID. */
export const ulid: Schema<string> = string({ pattern: ulidPattern })

/** A slug or feature key. */
export const key: Schema<string> = string({ minLength: 1, maxLength: 64, pattern: keyPattern })

/** Constraints of a number; both bounds are inclusive. */
export interface NumberOptions {
  readonly minimum?: number
  readonly maximum?: number
}

const bounds =
  (options: NumberOptions) =>
  (value: number): Issue | undefined => {
    if (value < (options.minimum ?? -Infinity)) return issue(`number must be at least ${options.minimum}`)
    if (value > (options.maximum ?? Infinity)) return issue(`number must be at most ${options.maximum}`)
    return undefined
  }

/** A number. */
export const number = (options: NumberOptions = {}): Schema<number> => ({
  check: typed("a number", (value) => typeof value === "number", bounds(options))
})

/** A whole number. */
export const integer = (options: NumberOptions = {}): Schema<number> => ({
  check: typed("an integer", Number.isInteger, bounds(options))
})

/** A boolean. */
export const boolean: Schema<boolean> = {
  check: typed(
    "a boolean",
    (value) => typeof value === "boolean",
    () => undefined
  )
}

/** One of the given texts. */
export const literals = <const Values extends ReadonlyArray<string>>(...values: Values): Schema<Values[number]> => ({
  check: (value) => {
    if (value === null) return notNullable
    return values.some((allowed) => allowed === value)
      ? undefined
      : issue(`value is not one of the allowed values ${JSON.stringify(values)}`)
  }
})

/** Any JSON value but null. */
export const unknown: Schema<unknown> = { check: (value) => (value === null ? notNullable : undefined) }

/** The same, or null. */
export const nullable = <A>(schema: Schema<A>): Schema<A | null> => ({
  check: (value) => (value === null ? undefined : schema.check(value))
})

/** Constraints of a list. */
export interface ArrayOptions {
  readonly minItems?: number
  readonly maxItems?: number
}

/** A list. */
export const array = <A>(item: Schema<A>, options: ArrayOptions = {}): Schema<ReadonlyArray<A>> => ({
  check: typed("an array", Array.isArray, (value: ReadonlyArray<unknown>) => {
    if (value.length < (options.minItems ?? 0)) return issue(`minimum number of items is ${options.minItems}`)
    if (value.length > (options.maxItems ?? Infinity)) return issue(`maximum number of items is ${options.maxItems}`)
    for (const [i, entry] of value.entries()) {
      const found = under(String(i), item.check(entry))
      if (found !== undefined) return found
    }
    return undefined
  })
})

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value)

// Members are checked in the order of their names, whatever the order they came in.
const members = (value: object): ReadonlyArray<readonly [string, unknown]> =>
  Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))

/** An object of any members, all of one kind. */
export const record = <A>(member: Schema<A>): Schema<Readonly<Record<string, A>>> => ({
  check: typed("an object", isObject, (value: object) => {
    for (const [name, entry] of members(value)) {
      const found = under(name, member.check(entry))
      if (found !== undefined) return found
    }
    return undefined
  })
})

/** A member that may be absent. */
export interface Optional<A> {
  readonly optional: Schema<A>
}

/** Marks a member of a struct that may be absent. */
export const optional = <A>(schema: Schema<A>): Optional<A> => ({ optional: schema })

type Fields = Readonly<Record<string, Schema<unknown> | Optional<unknown>>>
type RequiredKeys<F extends Fields> = { [K in keyof F]: F[K] extends Optional<unknown> ? never : K }[keyof F]
type OptionalKeys<F extends Fields> = Exclude<keyof F, RequiredKeys<F>>

/** The type of a struct's values. */
export type StructType<F extends Fields> = { readonly [K in RequiredKeys<F>]: Type<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: F[K] extends Optional<infer A> ? A : never
}

/** Options of a struct. */
export interface StructOptions {
  /** What every member must be that is not named. */
  readonly rest?: Schema<unknown>
}

/** An object with the given members; others are let through. */
export const struct = <const F extends Fields>(fields: F, options: StructOptions = {}): Schema<StructType<F>> => {
  const required = Object.keys(fields).filter((name) => !("optional" in (fields[name] ?? {})))
  const schemaOf = (name: string): Schema<unknown> | undefined => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    return field === undefined ? options.rest : "optional" in field ? field.optional : field
  }
  return {
    check: typed("an object", isObject, (value: object) => {
      for (const [name, entry] of members(value)) {
        const found = under(name, schemaOf(name)?.check(entry))
        if (found !== undefined) return found
      }
      const missing = required.find((name) => !Object.hasOwn(value, name))
      return missing === undefined ? undefined : under(missing, issue(`property "${missing}" is missing`))
    })
  }
}

/** A reference inside an `allOf`: the same values, but errors are reported one level deeper. */
export const allOf = <A>(schema: Schema<A>): Schema<A> => ({
  check: (value) => {
    const origin = schema.check(value)
    return origin === undefined ? undefined : { ...issue('doesn\'t match all schemas from "allOf"'), origin }
  }
})

/** A value of at least one of the schemas. */
export const anyOf = <Schemas extends ReadonlyArray<Schema<unknown>>>(
  ...schemas: Schemas
): Schema<Type<Schemas[number]>> => ({
  check: (value) =>
    schemas.some((schema) => schema.check(value) === undefined)
      ? undefined
      : issue(`doesn't match any schema from "anyOf"`)
})

/** An object whose member of the given name determines the schema. */
export const discriminated = <Schemas extends Readonly<Record<string, Schema<unknown>>>>(
  discriminator: string,
  schemas: Schemas
): Schema<Type<Schemas[keyof Schemas]>> => ({
  check: typed("an object", isObject, (value: object) => {
    const tag: unknown = Reflect.get(value, discriminator)
    if (tag === undefined) {
      return issue(`input does not contain the discriminator property "${discriminator}"`)
    }
    const schema = typeof tag === "string" && Object.hasOwn(schemas, tag) ? schemas[tag] : undefined
    if (schema === undefined) return issue(`discriminator property "${discriminator}" has invalid value`)
    const origin = schema.check(value)
    return origin === undefined ? undefined : { ...issue("doesn't match schema"), origin }
  })
})

/** A schema that refers to itself, by way of a function that gives it. */
export const suspend = <A>(schema: () => Schema<A>): Schema<A> => ({ check: (value) => schema().check(value) })

/** Names a schema as the component of the server's document that it stands for. */
export const component = <A>(name: string, schema: Schema<A>): Schema<A> => ({ ...schema, component: name })

const at = (path: ReadonlyArray<string>): string => (path.length === 0 ? "" : `Error at "/${path.join("/")}": `)

const nested = (found: Issue): string =>
  at(found.path) + (found.origin === undefined ? found.reason : `doesn't match schema due to: ${nested(found.origin)}`)

/**
 * The text of an issue. One inside a composition loses the words in front of it (the request, the parameter) and is
 * told with its path joined to that of the composition; deeper ones follow as they are.
 */
export const format = (found: Issue, prefix: string): string =>
  found.origin === undefined
    ? prefix + nested(found)
    : nested({ ...found.origin, path: [...found.path, ...found.origin.path] })

/** A ULID, or a key of any characters. */
export const ulidOrExternalKey: Schema<string> = anyOf(ulid, string({ minLength: 1, maxLength: 256 }))

/** Named texts, as `Metadata` in the server's document. */
export const metadata: Schema<Readonly<Record<string, string>>> = record(string())
