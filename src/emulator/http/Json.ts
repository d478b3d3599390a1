/**
 * JSON the way the server reads it: the first value counts, whatever follows, and errors are in its words.
 */

/** What became of a text: its first value, or what is wrong with it. */
export type Decoded = { readonly value: unknown } | { readonly error: string }

class Fault extends Error {}

const quote = (character: string): string => {
  if (character === "'") return `'\\''`
  if (character === `"`) return `'"'`
  return `'${JSON.stringify(character).slice(1, -1)}'`
}

const spaces = /[ \t\r\n]*/y
const minus = /-?/y
const zero = /0?/y
const someDigits = /\d*/y
const point = /\.?/y
const exponent = /(?:[eE][+-]?)?/y
const numberStart = /[-0-9]/
const plain = /[^"\\\u0000-\u001f]*/y
const words: Readonly<Record<string, unknown>> = { true: true, false: false, null: null }

// A parser of its own: JSON.parse neither stops after the first value nor has the server's error messages.
const read = (text: string): { readonly value: unknown; readonly rest: string } => {
  let position = 0

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = position
    const match = pattern.exec(text)?.[0] ?? ""
    position += match.length
    return match
  }
  const peek = (): string => {
    take(spaces)
    const character = text[position]
    if (character === undefined) throw new Fault("unexpected EOF")
    return character
  }
  const refuse = (where: string): never => {
    const character = text[position]
    throw new Fault(character === undefined ? "unexpected EOF" : `invalid character ${quote(character)} ${where}`)
  }

  const readString = (): string => {
    const start = position
    position += 1
    for (;;) {
      take(plain)
      const character = text[position]
      if (character === `"`) break
      if (character !== "\\") refuse("in string literal")
      position += 1
      const escaped = text[position]
      if (escaped === "u") {
        for (let i = 0; i < 4; i++) {
          position += 1
          if (!/[0-9a-fA-F]/.test(text[position] ?? "")) refuse("in \\u hexadecimal character escape")
        }
      } else if (escaped === undefined || !`"\\/bfnrt`.includes(escaped)) refuse("in string escape code")
      position += 1
    }
    position += 1
    return String(JSON.parse(text.slice(start, position)))
  }

  const digits = (where: string): void => {
    if (take(someDigits) === "") refuse(where)
  }

  const readNumber = (): number => {
    const start = position
    take(minus)
    if (take(zero) === "") digits("in numeric literal")
    if (take(point) !== "") digits("after decimal point in numeric literal")
    if (take(exponent) !== "") digits("in exponent of numeric literal")
    const literal = text.slice(start, position)
    const value = Number(literal)
    if (!Number.isFinite(value)) {
      throw new Fault(`json: cannot unmarshal number ${literal} into Go value of type float64`)
    }
    return value
  }

  const readWord = (): unknown => {
    const word = Object.keys(words).find((word) => word.startsWith(text[position] ?? ""))
    if (word === undefined) return refuse("looking for beginning of value")
    for (const expected of word) {
      if (text[position] !== expected) refuse(`in literal ${word} (expecting ${quote(expected)})`)
      position += 1
    }
    return words[word]
  }

  const readArray = (): ReadonlyArray<unknown> => {
    position += 1
    const items: Array<unknown> = []
    if (peek() === "]") {
      position += 1
      return items
    }
    for (;;) {
      items.push(readValue())
      const next = peek()
      if (next !== "," && next !== "]") refuse("after array element")
      position += 1
      if (next === "]") return items
    }
  }

  const readObject = (): Readonly<Record<string, unknown>> => {
    position += 1
    const members: Array<readonly [string, unknown]> = []
    if (peek() === "}") {
      position += 1
      return {}
    }
    for (;;) {
      if (peek() !== `"`) refuse("looking for beginning of object key string")
      const name = readString()
      if (peek() !== ":") refuse("after object key")
      position += 1
      members.push([name, readValue()])
      const next = peek()
      if (next !== "," && next !== "}") refuse("after object key:value pair")
      position += 1
      if (next === "}") return Object.fromEntries(members)
    }
  }

  const readValue = (): unknown => {
    const character = peek()
    if (character === "{") return readObject()
    if (character === "[") return readArray()
    if (character === `"`) return readString()
    return numberStart.test(character) ? readNumber() : readWord()
  }

  take(spaces)
  if (position === text.length) throw new Fault("EOF")
  const value = readValue()
  return { value, rest: text.slice(position).trimStart() }
}

// Beyond the range of a double, which JSON.parse silently turns into Infinity.
const mayOverflow = /\d[eE]\+?\d{3}|\d{309}/

const attempt = (text: string, read: (text: string) => unknown): Decoded => {
  if (!mayOverflow.test(text)) {
    try {
      return { value: JSON.parse(text) }
    } catch {
      // Read again below, for the first value or the server's words.
    }
  }
  try {
    return { value: read(text) }
  } catch (error) {
    if (error instanceof Fault) return { error: error.message }
    throw error
  }
}

/** Reads the first JSON value of a text. */
export const decode = (text: string): Decoded => attempt(text, (text) => read(text).value)

/** Reads a text that must hold one JSON value and nothing else. */
export const decodeWhole = (text: string): Decoded =>
  attempt(text, (text) => {
    const { rest, value } = read(text)
    if (rest !== "") throw new Fault(`invalid character ${quote(rest.charAt(0))} after top-level value`)
    return value
  })
