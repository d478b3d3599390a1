/**
 * Makes an answer comparable with a recorded one: identifiers become names or numbers, instants are written in one
 * way, and what differs by nature (request ids, times of arrival) is masked.
 */

/** Values that later steps of a scenario refer to by name. */
export type Variables = Readonly<Record<string, unknown>>

const ulid = /\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
const requestId = /urn:request:.+$/

const utc = (text: string): string => {
  const fraction = /\.\d+/.exec(text)?.[0].replace(/\.?0+$/, "") ?? ""
  return `${new Date(text.replace(/\.\d+/, "")).toISOString().slice(0, 19)}${fraction}Z`
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A function that makes the answers of one scenario comparable; it is to see every answer, in order. */
export const normaliser = () => {
  const numbers = new Map<string, string>()

  const name = (text: string): string => {
    const known = numbers.get(text) ?? `$ulid:${numbers.size + 1}`
    numbers.set(text, known)
    return known
  }

  const string = (text: string, variables: Variables): string => {
    if (instant.test(text)) return utc(text)
    let named = text
    const captured = Object.entries(variables)
      .flatMap(([key, value]) => (typeof value === "string" && value.length > 3 ? [[key, value] as const] : []))
      .sort(([, a], [, b]) => b.length - a.length)
    for (const [key, value] of captured) named = named.replaceAll(value, `\${${key}}`)
    return named.replace(requestId, "urn:request:$requestId").replaceAll(ulid, name)
  }

  const normalise = (value: unknown, variables: Variables, member?: string): unknown => {
    if (member === "ingestedAt" || member === "storedAt") return "$time"
    if (typeof value === "string") return string(value, variables)
    if (Array.isArray(value)) return value.map((item) => normalise(item, variables))
    if (!isRecord(value)) return value
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [string(key, variables), normalise(value[key], variables, key)])
    )
  }
  return normalise
}

/** Puts the captured values into a recorded request. */
export const substitute = <A>(value: A, variables: Variables): A => {
  const put = (value: unknown): unknown => {
    if (typeof value === "string") {
      const whole = /^\$\{(\w+)\}$/.exec(value)?.[1]
      if (whole !== undefined && whole in variables) return variables[whole]
      return value.replaceAll(/\$\{(\w+)\}/g, (text, key: string) => (key in variables ? String(variables[key]) : text))
    }
    if (Array.isArray(value)) return value.map(put)
    if (!isRecord(value)) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [String(put(key)), put(item)]))
  }
  // Only texts are replaced, and recorded requests hold names for nothing but texts.
  return put(value) as A
}

/** The value that a JSON pointer names, or `undefined`. */
export const pointer = (value: unknown, path: string): unknown =>
  path
    .split("/")
    .slice(1)
    .reduce<unknown>((at, key) => (Array.isArray(at) || isRecord(at) ? Reflect.get(at, key) : undefined), value)
