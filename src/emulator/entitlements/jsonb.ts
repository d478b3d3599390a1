/**
 * JSON as PostgreSQL stores and prints it (`jsonb`): this is how the config of a static entitlement is answered.
 */

// Enough for a text that is known to be JSON.
const tokens = /[{}[\],:]|"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g

/** Digits before the decimal point that PostgreSQL can store. */
const maximalDigits = 131_072

class Unstorable extends Error {}

// jsonb holds numbers as decimals: an exponent is written out, trailing zeros stay, zero has no sign.
const printNumber = (token: string): string => {
  const [mantissa = "", exponent = "0"] = token.toLowerCase().split("e")
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".")
  const shift = Number(exponent)
  if (Math.abs(shift) > maximalDigits) throw new Unstorable()
  const digits = (whole + fraction).padEnd(whole.length + Math.max(shift, 0), "0")
  const point = whole.length + shift
  const padded = point > 0 ? digits : "0".repeat(1 - point) + digits
  const split = Math.max(point, 1)
  const integral = padded.slice(0, split).replace(/^0+(?=\d)/, "")
  const decimals = padded.slice(split)
  const sign = mantissa.startsWith("-") && /[1-9]/.test(digits) ? "-" : ""
  return sign + integral + (decimals === "" ? "" : `.${decimals}`)
}

// Escapes become characters where they can; what JSON.stringify escapes beyond that, it escapes as PostgreSQL does.
const readString = (token: string): string => {
  const text: string = JSON.parse(token)
  if (text.includes("\u0000") || !text.isWellFormed()) throw new Unstorable()
  return text
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

// Shorter keys come first, then the order of the bytes decides.
const compareKeys = (self: string, that: string): number => {
  const [a, b] = [bytesOf(self), bytesOf(that)]
  if (a.length !== b.length) return a.length - b.length
  const i = a.findIndex((byte, i) => byte !== b[i])
  return i < 0 ? 0 : (a[i] ?? 0) - (b[i] ?? 0)
}

const print = (words: ReadonlyArray<string>): string => {
  let position = 0
  const next = (): string => {
    const word = words[position] ?? ""
    position += 1
    return word
  }
  const skip = (word: string): boolean => {
    if (words[position] !== word) return false
    position += 1
    return true
  }

  const printObject = (): string => {
    const members = new Map<string, string>()
    while (!skip("}")) {
      const key = readString(next())
      skip(":")
      members.set(key, printValue())
      skip(",")
    }
    const sorted = [...members].sort(([a], [b]) => compareKeys(a, b))
    return `{${sorted.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(", ")}}`
  }

  const printArray = (): string => {
    const items: Array<string> = []
    while (!skip("]")) {
      items.push(printValue())
      skip(",")
    }
    return `[${items.join(", ")}]`
  }

  const printValue = (): string => {
    const word = next()
    if (word === "{") return printObject()
    if (word === "[") return printArray()
    if (word.startsWith(`"`)) return JSON.stringify(readString(word))
    return /^[-\d]/.test(word) ? printNumber(word) : word
  }

  return printValue()
}

/** Whether a text is JSON. */
export const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A JSON text as jsonb prints it; `undefined` for one that PostgreSQL cannot store, as it holds `\u0000`. */
export const rewrite = (json: string): string | undefined => {
  try {
    return print(json.match(tokens) ?? [])
  } catch (error) {
    if (error instanceof Unstorable) return undefined
    throw error
  }
}
